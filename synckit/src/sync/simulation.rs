//! Clients and a room in one thread, over a network that delays, cuts and repeats, from a seed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::session::Session;
use super::testing::{Writer, fields};
use super::{Effect, Room, RoomEffect, RoomLimits, SessionId, Source};
use crate::document::{DocumentState, Origin};
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Limits, Message, PeerId, Update};

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        // Xorshift (Marsaglia, 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

struct Client {
    session: Session,
    writer: Writer,
    /// Changes written and not stored yet.
    unsaved: Vec<crate::wire::Change>,
    wire: Option<SessionId>,
    connecting: bool,
}

struct Cut<'a>(&'a DocumentState);

impl Source for Cut<'_> {
    fn since(&mut self, _: &str, version: &VersionVector) -> Update {
        self.0.since(version)
    }
}

/// What a server still has to do with its disk.
enum Disk {
    Load,
    Persist(super::CommitToken, Arc<Update>),
}

struct World {
    dice: Dice,
    now: u64,
    clients: Vec<Client>,
    room: Room,
    log: Vec<Update>,
    disk: VecDeque<Disk>,
    next_session: u64,
    /// Frames on their way, by connection: to the server, to the client.
    up: BTreeMap<SessionId, VecDeque<Vec<u8>>>,
    down: BTreeMap<SessionId, VecDeque<Vec<u8>>>,
    draining: Vec<SessionId>,
    /// Connections that the client has given up and of which the server has not heard yet.
    zombies: Vec<SessionId>,
    peers: BTreeMap<SessionId, PeerId>,
}

impl World {
    fn new(seed: u64, clients: u64) -> Self {
        let now = 1_700_000_000_000;
        let client = |number: u64| {
            let mut session = Session::new(String::new(), seed ^ (number << 32));
            let mut writer = Writer::new(number);
            writer.now = now;
            session.start(now);
            session.open(
                now,
                "doc".into(),
                VersionVector::new(),
                VersionVector::new(),
                ReplicaId::new(number),
            );
            Client { session, writer, unsaved: Vec::new(), wire: None, connecting: false }
        };
        Self {
            dice: Dice(seed | 1),
            now,
            clients: (1..=clients).map(client).collect(),
            room: Self::room(),
            log: Vec::new(),
            disk: VecDeque::new(),
            next_session: 0,
            up: BTreeMap::new(),
            down: BTreeMap::new(),
            draining: Vec::new(),
            zombies: Vec::new(),
            peers: BTreeMap::new(),
        }
    }

    fn room() -> Room {
        let limits = RoomLimits { part: 200, window: 400, retry_after: 50, ..RoomLimits::default() };
        Room::new("doc".into(), limits)
    }

    /// One random thing. `calm`: nothing breaks any more.
    fn step(&mut self, calm: bool) {
        self.now += self.dice.below(40);
        let at = self.dice.below(self.clients.len() as u64) as usize;
        match self.dice.below(100) {
            0..20 if !calm => {
                let key = format!("key{}", self.dice.below(6));
                let value = format!("{}", self.dice.below(1_000_000));
                let client = &mut self.clients[at];
                client.writer.now = self.now;
                let change = client.writer.set(&key, value);
                client.session.written("doc", std::slice::from_ref(&change));
                client.unsaved.push(change);
            }
            20..22 if !calm => self.cut(at),
            22 if !calm => self.crash(),
            23 if !calm => self.repeat(),
            24 if !calm => self.overflow(at),
            25..30 if !self.zombies.is_empty() => self.haunt(),
            0..40 => {
                let client = &mut self.clients[at];
                client.session.stored("doc", std::mem::take(&mut client.unsaved));
            }
            40..60 => self.write(calm),
            60..75 => self.deliver_up(at),
            75..95 => self.deliver_down(at),
            _ => {
                if let Some(session) = self.draining.pop() {
                    self.room.drained(session);
                }
            }
        }
        self.settle();
    }

    /// The server's disk does something, or fails.
    fn write(&mut self, calm: bool) {
        let fails = !calm && self.dice.below(20) == 0;
        match self.disk.pop_front() {
            None => {}
            Some(Disk::Load) if fails => self.room.load_failed("disk error"),
            Some(Disk::Load) => self.room.loaded(self.log.clone()),
            Some(Disk::Persist(token, update)) if fails => {
                // Sometimes the write has happened all the same.
                if self.dice.below(2) == 0 {
                    self.log.push((*update).clone());
                }
                self.disk.retain(|work| matches!(work, Disk::Load));
                self.room.commit_failed(token, "disk full");
            }
            Some(Disk::Persist(token, update)) => {
                self.log.push((*update).clone());
                self.room.committed(token);
            }
        }
    }

    fn deliver_up(&mut self, at: usize) {
        if let Some(wire) = self.clients[at].wire {
            self.hear(wire);
        }
    }

    /// The server gets a frame.
    fn hear(&mut self, wire: SessionId) {
        let Some(frame) = self.up.get_mut(&wire).and_then(VecDeque::pop_front) else { return };
        let now = self.now;
        match Message::decode(&frame, &Limits::DEFAULT).unwrap() {
            Message::Hello { peer, .. } => {
                self.peers.insert(wire, peer);
                let (max_message, heartbeat) = (1 << 20, 60_000);
                let welcome =
                    Message::Welcome { session: wire.0, server_time: now, epoch: 1, max_message, heartbeat };
                self.down.entry(wire).or_default().push_back(welcome.encode());
            }
            Message::Subscribe { version, .. } => self.room.subscribe(wire, self.peers[&wire], version),
            Message::Changes { update, .. } => self.room.changes(wire, &update, now),
            Message::Ping { nonce } => {
                self.down.entry(wire).or_default().push_back(Message::Pong { nonce }.encode());
            }
            other => panic!("{other:?}"),
        }
    }

    fn deliver_down(&mut self, at: usize) {
        let Some(wire) = self.clients[at].wire else { return };
        if let Some(frame) = self.down.get_mut(&wire).and_then(VecDeque::pop_front) {
            self.clients[at].session.received(self.now, &frame);
        }
    }

    /// A connection breaks. What is on its way is gone, or arrives after what comes over the next one.
    fn cut(&mut self, at: usize) {
        if let Some(wire) = self.clients[at].wire.take() {
            self.down.remove(&wire);
            self.zombies.push(wire);
            if self.dice.below(2) == 0 {
                self.up.remove(&wire);
            }
            self.clients[at].session.disconnected(self.now);
        }
    }

    /// Something late arrives over a connection that has been given up, or the server notices that.
    fn haunt(&mut self) {
        let at = self.dice.below(self.zombies.len() as u64) as usize;
        let wire = self.zombies[at];
        self.hear(wire);
        if self.up.get(&wire).is_none_or(VecDeque::is_empty) {
            self.up.remove(&wire);
            self.zombies.swap_remove(at);
            self.room.leave(wire);
        }
    }

    /// The server dies with everything that is not on its disk.
    fn crash(&mut self) {
        (0..self.clients.len()).for_each(|at| self.cut(at));
        self.room = Self::room();
        self.disk.clear();
        self.draining.clear();
        self.zombies.clear();
        self.up.clear();
    }

    /// Something that was sent arrives once more.
    fn repeat(&mut self) {
        for queue in self.up.values_mut() {
            let changes = |frame: &&Vec<u8>| {
                matches!(Message::decode(frame, &Limits::DEFAULT), Ok(Message::Changes { .. }))
            };
            let again = queue.iter().find(changes).cloned();
            queue.extend(again);
        }
    }

    /// A client reads too slowly.
    fn overflow(&mut self, at: usize) {
        if let Some(wire) = self.clients[at].wire
            && self.peers.contains_key(&wire)
        {
            let queue = self.down.entry(wire).or_default();
            queue.retain(|frame| {
                matches!(Message::decode(frame, &Limits::DEFAULT), Ok(Message::Welcome { .. }))
            });
            self.room.overflowed(wire);
        }
    }

    /// Carries out what everybody wants to be done.
    fn settle(&mut self) {
        while let Some(effect) = self.room.poll_effect() {
            match effect {
                RoomEffect::Load => self.disk.push_back(Disk::Load),
                RoomEffect::Persist { token, update } => self.disk.push_back(Disk::Persist(token, update)),
                RoomEffect::Send { to, message } => {
                    for session in to {
                        if let Some(queue) = self.down.get_mut(&session) {
                            queue.push_back(message.encode());
                        }
                    }
                }
                RoomEffect::AwaitDrain { session } => self.draining.push(session),
            }
        }
        for client in &mut self.clients {
            client.session.tick(self.now);
            while let Some(effect) = client.session.poll_effect() {
                match effect {
                    Effect::Connect => client.connecting = true,
                    Effect::Disconnect => {
                        client.connecting = false;
                        if let Some(wire) = client.wire.take() {
                            self.up.remove(&wire);
                            self.down.remove(&wire);
                            self.room.leave(wire);
                        }
                    }
                    Effect::Apply { document, update } => {
                        let applied = client.writer.state.apply(&update, Origin::Remote).unwrap();
                        client.session.applied(self.now, &document, &applied.changes, applied.gap);
                        client.unsaved.extend(applied.changes);
                    }
                    Effect::Reissue { .. } => panic!("nobody shares a replica id here"),
                    _ => {}
                }
            }
            if std::mem::take(&mut client.connecting) {
                self.next_session += 1;
                let wire = SessionId(self.next_session);
                client.wire = Some(wire);
                self.up.insert(wire, VecDeque::new());
                self.down.insert(wire, VecDeque::new());
                client.session.connected(self.now);
            }
            if let Some(wire) = client.wire {
                let queue = self.up.entry(wire).or_default();
                let mut cut = Cut(&client.writer.state);
                while queue.len() < 4
                    && let Some(frame) = client.session.poll_frame(self.now, &mut cut)
                {
                    queue.push_back(frame);
                }
            }
        }
    }

    /// What was acknowledged as durable is on the disk, whatever happens.
    fn check(&self) {
        let mut durable = DocumentState::new();
        self.log.iter().for_each(|update| drop(durable.apply(update, Origin::Load).unwrap()));
        for client in &self.clients {
            let confirmed = client.session.confirmed("doc");
            assert!(durable.version().includes(&confirmed), "{confirmed:?} beyond {:?}", durable.version());
        }
    }

    fn is_settled(&self) -> bool {
        let settled = |client: &Client| {
            let status = client.session.document("doc").unwrap();
            status.settled && status.synced && client.unsaved.is_empty()
        };
        self.clients.iter().all(settled)
            && self
                .clients
                .windows(2)
                .all(|pair| pair[0].writer.state.version() == pair[1].writer.state.version())
    }
}

fn run(seed: u64) {
    let mut world = World::new(seed, 2 + seed % 3);
    for round in 0..4_000 {
        world.step(false);
        if round % 100 == 0 {
            world.check();
        }
    }
    let mut steps = 0;
    while !world.is_settled() {
        world.step(true);
        steps += 1;
        assert!(steps < 20_000, "seed {seed}: no agreement");
    }
    world.check();
    let first = fields(&world.clients[0].writer.state);
    assert!(!first.is_empty());
    for client in &world.clients {
        assert_eq!(fields(&client.writer.state), first, "seed {seed}");
    }
    let mut durable = Writer::new(99);
    world.log.iter().for_each(|update| drop(durable.apply(update)));
    assert_eq!(fields(&durable.state), first, "seed {seed}: the disk");
}

/// `SYNCKIT_SEEDS=1000..2000` tries others.
#[test]
fn clients_agree_whatever_the_network_and_the_disk_do() {
    let seeds = std::env::var("SYNCKIT_SEEDS").unwrap_or_else(|_| "1..16".to_owned());
    let (first, last) = seeds.split_once("..").unwrap();
    (first.parse().unwrap()..last.parse().unwrap()).for_each(run);
}
