//! A client's connection to a server and the documents it keeps in step with it.

mod effect;
mod link;
mod presence;
mod random;
mod receive;
mod time;
mod tracked;
mod transmit;

use std::collections::VecDeque;
use std::sync::Arc;

pub use self::effect::{DocumentSync, Effect, LinkStatus, Refused};
use self::link::{Due, Link, State};
use self::random::Random;
use self::time::Time;
use self::tracked::{Phase, Tracked};
pub use self::transmit::Source;
use crate::platform::Hint;
use crate::sorted::{SortedMap, SortedSet};
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Change, Limits, Message, PeerId};

/// A client's side of the protocol, for any number of documents over one connection.
///
/// Every call takes the wall clock's time in milliseconds since 1970. After every call: take all
/// [`poll_effect`](Self::poll_effect)s and carry them out in order, then take [`poll_frame`](Self::poll_frame)s for as
/// long as the transport has room, then sleep no longer than [`wake_in`](Self::wake_in) says and call
/// [`tick`](Self::tick).
///
/// There is no queue of changes to be sent: what the server lacks is cut from the document whenever there is room. A
/// change leaves the device only after [`stored`](Self::stored) was told of it.
///
/// # Waiting between attempts
/// Exponential from 250 ms with full jitter, at most 750 ms in the first minute of an outage, later at most a fortieth of
/// the time that the outage has lasted, never more than 30 s: waiting adds less than a second, or 2.5 %, to any outage.
/// An outage ends once a connection has lasted for 10 s. [`Hint::Online`] and [`Hint::Visible`] try at once; a server's
/// `retry_after` is obeyed.
///
/// ```
/// use synckit::sync::{Effect, LinkStatus, Session, Source};
/// use synckit::version::VersionVector;
/// use synckit::wire::{Limits, Message, Update};
///
/// struct NoDocuments;
/// impl Source for NoDocuments {
///     fn since(&mut self, _: &str, _: &VersionVector) -> Update {
///         Update::default()
///     }
/// }
///
/// let mut session = Session::new(String::new(), 42);
/// session.start(1_000);
/// assert_eq!(session.poll_effect(), Some(Effect::Link(LinkStatus::Connecting)));
/// assert_eq!(session.poll_effect(), Some(Effect::Connect));
///
/// session.connected(1_005);
/// let frame = session.poll_frame(1_005, &mut NoDocuments).unwrap();
/// assert!(matches!(Message::decode(&frame, &Limits::DEFAULT)?, Message::Hello { .. }));
///
/// let welcome =
///     Message::Welcome { session: 1, server_time: 1_010, epoch: 1, max_message: 1 << 20, heartbeat: 15_000 };
/// session.received(1_010, &welcome.encode());
/// assert_eq!(session.link(), &LinkStatus::Connected);
/// assert_eq!(session.wake_in(), Some(15_000));
/// # Ok::<(), synckit::wire::DecodeError>(())
/// ```
pub struct Session {
    token: String,
    limits: Limits,
    time: Time,
    random: Random,
    link: Link,
    status: LinkStatus,
    /// The connection's own peer id.
    peer: PeerId,
    /// Bytes of a message that the server reads.
    max_message: usize,
    documents: SortedMap<Arc<str>, Box<Tracked>>,
    /// Documents that may have something to send.
    ready: SortedSet<Arc<str>>,
    /// The document that sent last: the others come first.
    last: Option<Arc<str>>,
    /// Documents for which something has to be done at some time.
    timed: SortedSet<Arc<str>>,
    /// Documents whose status may have changed.
    changed: SortedSet<Arc<str>>,
    control: VecDeque<Message>,
    effects: VecDeque<Effect>,
}

impl Session {
    /// A session that does nothing before [`start`](Self::start). `seed` is 64 random bits; `token` proves the user's
    /// identity to the server and may be empty.
    pub fn new(token: String, seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self {
            token,
            limits: Limits::DEFAULT,
            time: Time::default(),
            peer: PeerId(random.next().max(1)),
            link: Link::new(Random::new(random.next())),
            random,
            status: LinkStatus::Connecting,
            max_message: Limits::DEFAULT.message,
            documents: SortedMap::default(),
            ready: SortedSet::default(),
            last: None,
            timed: SortedSet::default(),
            changed: SortedSet::default(),
            control: VecDeque::new(),
            effects: VecDeque::new(),
        }
    }

    /// Begins to connect, and to stay connected.
    pub fn start(&mut self, now: u64) {
        let now = self.time.at(now);
        if self.link.state == State::Stopped {
            self.link.connecting(now);
            self.effects.push_back(Effect::Link(self.status.clone()));
            self.effects.push_back(Effect::Connect);
        }
    }

    /// The connection is open.
    pub fn connected(&mut self, now: u64) {
        let now = self.time.at(now);
        if !matches!(self.link.state, State::Connecting { .. }) {
            return;
        }
        self.link.connected(now);
        self.peer = PeerId(self.random.next().max(1));
        let (protocol, token) = (crate::wire::PROTOCOL, self.token.clone());
        self.control.push_back(Message::Hello { protocol, peer: self.peer, token });
    }

    /// The connection ended or could not be opened.
    pub fn disconnected(&mut self, now: u64) {
        let now = self.time.at(now);
        if self.link.is_busy() {
            self.lost(now, 0, None);
        }
    }

    /// The platform noticed something about network or window.
    pub fn hint(&mut self, now: u64, hint: Hint) {
        let now = self.time.at(now);
        match hint {
            Hint::Online | Hint::Visible => {
                self.link.hurry(now);
                if self.link.check(now) {
                    self.ping();
                }
            }
            Hint::Offline if self.link.is_open() => self.give_up(now, 0, None),
            Hint::Offline => {}
        }
        self.run(now);
    }

    /// Time has passed.
    pub fn tick(&mut self, now: u64) {
        let now = self.time.at(now);
        self.run(now);
    }

    /// Milliseconds until [`tick`](Self::tick) has to be called; `None`: not before something else happens.
    pub fn wake_in(&self) -> Option<u64> {
        let now = self.time.now();
        let documents = self.timed.keys().filter_map(|id| self.documents.get(id)?.wake_at());
        let at = self.link.wake_at().into_iter().chain(documents).min()?;
        Some(at.saturating_sub(now))
    }

    /// A document is loaded and to be kept in step. `version` is what it has; `acknowledged` is the version of the last
    /// [`Effect::Acknowledged`], or empty; `own` is the replica that this device writes it under.
    pub fn open(
        &mut self,
        now: u64,
        document: Arc<str>,
        version: VersionVector,
        acknowledged: VersionVector,
        own: ReplicaId,
    ) {
        let now = self.time.at(now);
        let mut tracked = Tracked::new(version, acknowledged, own);
        tracked.phase = Phase::ToSubscribe { at: now };
        self.documents.insert(document.clone(), Box::new(tracked));
        self.touch(&document);
    }

    /// A document is not used any more.
    pub fn close(&mut self, document: &str) {
        let Some(document) = self.documents.key(document).cloned() else { return };
        let Some(tracked) = self.documents.remove(&document) else { return };
        self.ready.remove(&document);
        self.timed.remove(&document);
        self.changed.remove(&document);
        if self.link.is_open() && tracked.subscribed_at.is_some() {
            self.control.push_back(Message::Unsubscribe { document });
        }
    }

    /// This device wrote changes that are not stored yet.
    pub fn written(&mut self, document: &str, changes: &[Change]) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        for change in changes {
            tracked.state.advance(change.replica, change.last_seq());
        }
        self.touch(document);
    }

    /// Changes are stored on this device, whoever made them; those that the server lacks may be sent now.
    pub fn stored(&mut self, document: &str, changes: Vec<Change>) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        tracked.stored(changes);
        self.touch(document);
    }

    /// Changes of other writers on this device were found in the store and are applied.
    pub fn found(&mut self, now: u64, document: &str, changes: &[Change]) {
        let now = self.time.at(now);
        let Some(tracked) = self.documents.get_mut(document) else { return };
        tracked.found(changes, now);
        self.touch(document);
    }

    /// Another program that uses the same store recorded what the server has.
    pub fn acknowledged(&mut self, document: &str, version: &VersionVector) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        if tracked.phase != Phase::Live {
            tracked.server.merge(version);
            tracked.cut.merge(version);
            self.touch(document);
        }
    }

    /// Changes from the server are applied, or could not be. `gap`: something before them is missing.
    pub fn applied(&mut self, now: u64, document: &str, changes: &[Change], gap: bool) {
        let now = self.time.at(now);
        let Some(tracked) = self.documents.get_mut(document) else { return };
        for change in changes {
            tracked.state.advance(change.replica, change.last_seq());
        }
        if gap {
            self.subscribe_again(now, document, 0);
        }
        self.touch(document);
    }

    /// The document's own changes have new numbers under `own`, `version` is what the document has now, and that is
    /// stored.
    pub fn reissued(&mut self, now: u64, document: &str, own: ReplicaId, version: VersionVector) {
        let now = self.time.at(now);
        let Some(tracked) = self.documents.get_mut(document) else { return };
        if tracked.phase != Phase::Reissuing {
            return;
        }
        tracked.own = own;
        tracked.stored.clone_from(&version);
        tracked.state = version;
        tracked.reset_outbox();
        tracked.phase = Phase::ToSubscribe { at: now };
        self.touch(document);
    }

    /// Tries again to send what the server has refused.
    pub fn retry(&mut self, now: u64, document: &str) {
        let now = self.time.at(now);
        let Some(tracked) = self.documents.get_mut(document) else { return };
        if tracked.refused.take().is_some() {
            tracked.phase = Phase::ToSubscribe { at: now };
            tracked.reset_outbox();
        }
        self.touch(document);
    }

    /// Sets what this device shows of itself to the others who have the document open. Empty: nothing.
    pub fn set_presence(&mut self, document: &str, state: Vec<u8>) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        tracked.presence.set(state);
        self.touch(document);
    }

    /// How a document stands; `None` when it is not open here.
    pub fn document(&self, document: &str) -> Option<DocumentSync> {
        self.documents.get(document).map(|tracked| tracked.status())
    }

    /// What the server has confirmed of a document. Empty when the document is not open here.
    pub fn confirmed(&self, document: &str) -> VersionVector {
        self.documents.get(document).map(|tracked| tracked.server.clone()).unwrap_or_default()
    }

    /// How the connection is doing.
    pub fn link(&self) -> &LinkStatus {
        &self.status
    }

    /// What to do next; `None` when there is nothing.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front().or_else(|| self.changed.pop_last().map(Effect::Document))
    }

    /// Whether [`poll_effect`](Self::poll_effect) has something.
    pub(crate) fn has_effects(&self) -> bool {
        !self.effects.is_empty() || !self.changed.is_empty()
    }

    /// Does what the time demands.
    fn run(&mut self, now: u64) {
        match self.link.due(now) {
            Due::Nothing => {}
            Due::Connect => {
                self.link.connecting(now);
                self.effects.push_back(Effect::Connect);
            }
            Due::Ping => self.ping(),
            Due::GiveUp => self.give_up(now, 0, None),
        }
        let (documents, ready) = (&self.documents, &mut self.ready);
        self.timed.retain(|id, ()| {
            let at = documents.get(id).and_then(|tracked| tracked.wake_at());
            if at.is_some_and(|at| at <= now) {
                ready.insert(id.clone(), ());
            }
            at.is_some_and(|at| at > now)
        });
    }

    fn ping(&mut self) {
        let nonce = self.random.next();
        self.control.push_back(Message::Ping { nonce });
    }

    /// Closes the connection.
    fn give_up(&mut self, now: u64, at_least: u64, status: Option<LinkStatus>) {
        self.effects.push_back(Effect::Disconnect);
        self.lost(now, at_least, status);
    }

    /// There is no connection any more. `status`: the server said why.
    fn lost(&mut self, now: u64, at_least: u64, status: Option<LinkStatus>) {
        self.link.lost(now, at_least);
        self.control.clear();
        self.ready.clear();
        self.timed.clear();
        for (document, tracked) in self.documents.iter_mut() {
            for peer in std::mem::take(&mut tracked.peers).into_keys() {
                let document = document.clone();
                self.effects.push_back(Effect::Peer { document, peer, state: None });
            }
            if tracked.phase == Phase::Detached {
                // It could not be had at all; that may be otherwise the next time.
                tracked.refused = None;
            }
            if tracked.phase != Phase::Reissuing {
                tracked.phase = Phase::ToSubscribe { at: now };
            }
            tracked.subscribed_at = None;
            tracked.presence.reset();
            tracked.reset_outbox();
            self.changed.insert(document.clone(), ());
        }
        let retry_at = self.time.wall(self.link.wake_at().unwrap_or(now));
        let since = match self.status {
            LinkStatus::Offline { since, .. } => since,
            _ => self.time.wall(now),
        };
        let lasting = matches!(self.status, LinkStatus::NeedsAuth { .. } | LinkStatus::Refused { .. });
        match status {
            Some(status) => self.set_status(status),
            // An attempt that fails for another reason says nothing new.
            None if lasting => {}
            None => self.set_status(LinkStatus::Offline { since, retry_at }),
        }
    }

    fn set_status(&mut self, status: LinkStatus) {
        if self.status != status {
            self.status = status.clone();
            self.effects.push_back(Effect::Link(status));
        }
    }

    /// Something about a document is new: its status, and maybe there is something to send.
    fn touch(&mut self, document: &str) {
        if let Some(id) = self.documents.key(document) {
            self.changed.insert(id.clone(), ());
            self.ready.insert(id.clone(), ());
        }
    }
}

#[cfg(test)]
mod tests;
