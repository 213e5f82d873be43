mod company;
mod connection;
mod documents;

use super::*;
use crate::document::DocumentState;
use crate::sync::testing::{Writer, update, version};
use crate::version::Dot;
use crate::wire::{FailureCode, NackCode, Update};

const START: u64 = 1_700_000_000_000;
const OWN: u64 = 1;

/// A session, its one document, and what came out of it.
struct Client {
    session: Session,
    writer: Writer,
    now: u64,
    effects: Vec<Effect>,
    sent: Vec<Message>,
}

struct One<'a>(&'a DocumentState);

impl Source for One<'_> {
    fn since(&mut self, _: &str, version: &VersionVector) -> Update {
        self.0.since(version)
    }
}

impl Client {
    fn new() -> Self {
        Self::seeded(7)
    }

    fn seeded(seed: u64) -> Self {
        let session = Session::new(String::new(), seed);
        let mut client =
            Self { session, writer: Writer::new(OWN), now: START, effects: Vec::new(), sent: Vec::new() };
        client.session.start(client.now);
        client.run();
        client
    }

    /// Connected and welcomed.
    fn online() -> Self {
        let mut client = Self::new();
        client.connect();
        client.clear();
        client
    }

    /// With the document open and everything exchanged; the server has what it says.
    fn live(server: VersionVector) -> Self {
        let mut client = Self::online();
        client.open(VersionVector::new());
        client.receive(Message::CaughtUp { document: "doc".into(), version: server });
        client.clear();
        client
    }

    fn connect(&mut self) {
        self.session.connected(self.now);
        self.run();
        let (max_message, heartbeat) = (1 << 20, 10_000);
        self.receive(Message::Welcome {
            session: 1,
            server_time: self.now,
            epoch: 1,
            max_message,
            heartbeat,
        });
    }

    fn open(&mut self, acknowledged: VersionVector) {
        let version = self.writer.state.version().clone();
        self.session.open(self.now, "doc".into(), version, acknowledged, ReplicaId::new(OWN));
        self.run();
    }

    fn receive(&mut self, message: Message) {
        self.session.received(self.now, &message.encode());
        self.run();
    }

    fn changes(&mut self, changes: &[Change]) {
        self.receive(Message::Changes { document: "doc".into(), update: Arc::new(update(changes)) });
    }

    fn nack(&mut self, code: NackCode, change: Option<(u64, u64)>, retry_after: u64) {
        let change = change.map(|(replica, seq)| (ReplicaId::new(replica), seq));
        let message = "because".to_owned();
        self.receive(Message::Nack { document: "doc".into(), change, code, message, retry_after });
    }

    fn write(&mut self, value: &str) -> Change {
        let change = self.writer.set("field", value);
        self.session.written("doc", std::slice::from_ref(&change));
        self.run();
        change
    }

    fn store(&mut self, change: &Change) {
        self.session.stored("doc", vec![change.clone()]);
        self.run();
    }

    /// Carries out effects and takes frames, as the loop does.
    fn run(&mut self) {
        loop {
            while let Some(effect) = self.session.poll_effect() {
                if let Effect::Apply { document, update } = &effect {
                    let applied = self.writer.state.apply(update, crate::document::Origin::Remote).unwrap();
                    self.session.applied(self.now, document, &applied.changes, applied.gap);
                    self.session.stored(document, applied.changes);
                }
                self.effects.push(effect);
            }
            let mut source = One(&self.writer.state);
            let Some(frame) = self.session.poll_frame(self.now, &mut source) else { break };
            self.sent.push(Message::decode(&frame, &Limits::DEFAULT).unwrap());
        }
    }

    /// Lets time pass, waking up when the session wants to.
    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(wake) = self.session.wake_in()
            && self.now + wake <= end
        {
            self.now += wake.max(1);
            self.session.tick(self.now);
            self.run();
        }
        self.now = end;
        self.session.tick(self.now);
        self.run();
    }

    fn clear(&mut self) {
        self.effects.clear();
        self.sent.clear();
    }

    fn did(&self, effect: &Effect) -> usize {
        self.effects.iter().filter(|done| *done == effect).count()
    }

    fn subscriptions(&self) -> Vec<VersionVector> {
        let version = |message: &Message| match message {
            Message::Subscribe { version, .. } => Some(version.clone()),
            _ => None,
        };
        self.sent.iter().filter_map(version).collect()
    }

    fn sent_changes(&self) -> Vec<(u64, u64, u64)> {
        let update = |message: &Message| match message {
            Message::Changes { update, .. } => Some(update.changes.clone()),
            _ => None,
        };
        let header = |change: Change| (change.replica.get(), change.first_seq, change.last_seq());
        self.sent.iter().filter_map(update).flatten().map(header).collect()
    }

    fn reissues(&self) -> Vec<Dot> {
        let from = |effect: &Effect| match effect {
            Effect::Reissue { from, .. } => Some(*from),
            _ => None,
        };
        self.effects.iter().filter_map(from).collect()
    }

    fn status(&self) -> DocumentSync {
        self.session.document("doc").unwrap()
    }
}
