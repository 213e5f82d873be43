//! One document at the server.

mod fingerprint;
mod limits;
mod subscriber;
mod write;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use self::fingerprint::Fingerprints;
pub use self::limits::RoomLimits;
use self::subscriber::{Phase, Subscriber};
use crate::document::{DocumentState, Origin};
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Message, NackCode, PeerId, Update};

/// Names a connection at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// Names what a [`Room`] wants to be stored. Tokens of a room ascend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitToken(pub u64);

/// What a [`Room`] wants to be done.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RoomEffect {
    /// Read the document's log from the store and answer with [`Room::loaded`] or [`Room::load_failed`]. Comes once; not
    /// again before the answer. To be done after every `Persist` that came before it has succeeded or failed.
    Load,
    /// Append to the document's log, in the order of the tokens, and answer with [`Room::committed`] once it is durable
    /// or with [`Room::commit_failed`]. Several can share one transaction; then the answer for the last one is enough.
    Persist {
        /// What to answer with.
        token: CommitToken,
        /// What to append.
        update: Arc<Update>,
    },
    /// Put a message into the queues of these sessions. It is the same for all of them: encode it once.
    Send {
        /// The receivers, at least one.
        to: Vec<SessionId>,
        /// What they receive.
        message: Message,
    },
    /// Call [`Room::drained`] as soon as nothing waits in the queue of this session any more.
    AwaitDrain {
        /// The session with the queue.
        session: SessionId,
    },
}

enum Load {
    /// Not loaded, or the last attempt failed: the next subscriber asks for it.
    Absent,
    Loading,
    Ready,
}

/// What was given to the store and is not known to be durable.
struct InFlight {
    token: CommitToken,
    origin: SessionId,
    update: Arc<Update>,
    bytes: usize,
}

/// One document at the server: its subscribers, what is being stored and what may be acknowledged.
///
/// # How a server uses it
///
/// Keep one `Room` per document id behind a lock or in a task of its own. After every call take the effects with
/// [`poll_effect`](Self::poll_effect) until there are none and carry them out *in order*:
///
/// - `Subscribe` from a socket -> [`subscribe`](Self::subscribe), `Changes` -> [`changes`](Self::changes), `Presence` ->
///   [`presence`](Self::presence), `Unsubscribe` or the end of the socket -> [`leave`](Self::leave). Whether the session
///   may do that is decided before (permissions are not known here).
/// - [`RoomEffect::Load`]: read the log, then [`loaded`](Self::loaded) or [`load_failed`](Self::load_failed).
/// - [`RoomEffect::Persist`]: store it, then [`committed`](Self::committed) or [`commit_failed`](Self::commit_failed).
/// - [`RoomEffect::Send`]: put the frame into the sessions' queues. When a queue goes over its bound in bytes, throw away
///   everything queued for that session and call [`overflowed`](Self::overflowed) on every room it is in; the client
///   will catch up from the version it really has.
/// - [`RoomEffect::AwaitDrain`]: call [`drained`](Self::drained) when the session's queue is empty (at once if it is).
/// - When [`is_idle`](Self::is_idle) holds, the room may be dropped. Ask and drop under the same lock under which
///   sessions find their rooms, or a session could subscribe to a room that is on its way out.
///
/// Nothing is acknowledged, sent to others or served to new subscribers before it is durable.
///
/// ```
/// use synckit::sync::{Room, RoomEffect, RoomLimits, SessionId};
/// use synckit::version::VersionVector;
/// use synckit::wire::{Message, PeerId};
///
/// let mut room = Room::new("todo/1".into(), RoomLimits::default());
/// room.subscribe(SessionId(1), PeerId(11), VersionVector::new());
/// assert_eq!(room.poll_effect(), Some(RoomEffect::Load));
///
/// room.loaded(Vec::new());
/// let version = VersionVector::new();
/// let message = Message::CaughtUp { document: "todo/1".into(), version };
/// assert_eq!(room.poll_effect(), Some(RoomEffect::Send { to: vec![SessionId(1)], message }));
/// assert_eq!(room.poll_effect(), None);
/// ```
pub struct Room {
    document: Arc<str>,
    limits: RoomLimits,
    load: Load,
    /// Durable changes and, at its end, those in flight.
    state: DocumentState,
    /// Bytes of the state, counted too high between two measurements.
    size: usize,
    durable: VersionVector,
    fingerprints: Fingerprints,
    subscribers: BTreeMap<SessionId, Subscriber>,
    in_flight: VecDeque<InFlight>,
    in_flight_bytes: usize,
    last_token: CommitToken,
    effects: VecDeque<RoomEffect>,
}

impl Room {
    /// The room of a document; nothing is loaded before somebody subscribes.
    pub fn new(document: Arc<str>, limits: RoomLimits) -> Self {
        Self {
            document,
            limits,
            load: Load::Absent,
            state: DocumentState::default(),
            size: 0,
            durable: VersionVector::new(),
            fingerprints: Fingerprints::default(),
            subscribers: BTreeMap::new(),
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            last_token: CommitToken(0),
            effects: VecDeque::new(),
        }
    }

    /// The document's id.
    pub fn document(&self) -> &Arc<str> {
        &self.document
    }

    /// What to do next; `None` when there is nothing.
    pub fn poll_effect(&mut self) -> Option<RoomEffect> {
        self.effects.pop_front()
    }

    /// Whether the room can be dropped: nobody is in it and nothing is being loaded or stored.
    pub fn is_idle(&self) -> bool {
        self.subscribers.is_empty()
            && self.in_flight.is_empty()
            && self.effects.is_empty()
            && !matches!(self.load, Load::Loading)
    }

    /// What is durable. Empty before the document is loaded.
    pub fn version(&self) -> &VersionVector {
        &self.durable
    }

    /// How many sessions are subscribed.
    pub fn subscribers(&self) -> usize {
        self.subscribers.len()
    }

    /// Bytes of what was given to the store and is not known to be durable.
    pub fn in_flight_bytes(&self) -> usize {
        self.in_flight_bytes
    }

    /// The whole document as one update, to replace the log that it was loaded from and everything that was persisted
    /// since. `None` while something is in flight: a snapshot holds only what is durable. O(document).
    pub fn snapshot(&self) -> Option<Update> {
        let settled = matches!(self.load, Load::Ready) && self.in_flight.is_empty();
        settled.then(|| self.state.since(&VersionVector::new()))
    }

    /// A session wants the document from `version` on. Subscribing again starts over from that version.
    pub fn subscribe(&mut self, session: SessionId, peer: PeerId, version: VersionVector) {
        let known = self.subscribers.contains_key(&session);
        if !known && self.subscribers.len() >= self.limits.subscribers {
            return self.refuse(session, NackCode::Storage, "too many subscribers of this document", 30_000);
        }
        let phase = Phase::Waiting { version };
        match self.subscribers.get_mut(&session) {
            Some(subscriber) => subscriber.restart(phase),
            None => drop(self.subscribers.insert(session, Subscriber::new(peer, phase))),
        }
        match self.load {
            Load::Absent => self.reload(),
            Load::Loading => {}
            Load::Ready => self.begin_catch_up(session),
        }
    }

    /// A session unsubscribed or its connection ended.
    pub fn leave(&mut self, session: SessionId) {
        let Some(subscriber) = self.subscribers.remove(&session) else { return };
        if !subscriber.presence.is_empty() {
            self.tell_presence(session, subscriber.peer, Vec::new());
        }
    }

    /// The log was read: everything that was ever persisted and not replaced by a snapshot, in that order. Does nothing
    /// when no [`RoomEffect::Load`] is open.
    pub fn loaded(&mut self, log: Vec<Update>) {
        if !matches!(self.load, Load::Loading) {
            return;
        }
        self.state = DocumentState::default();
        self.fingerprints = Fingerprints::default();
        for update in log {
            match self.state.apply(&update, Origin::Load) {
                Ok(applied) => self.fingerprints.note(&applied.changes),
                Err(error) => return self.load_failed(&format!("the log is damaged: {error}")),
            }
        }
        if self.state.is_parked() {
            return self.load_failed("the log is damaged: a change is missing");
        }
        self.durable = self.state.version().clone();
        self.state.acknowledge(&self.durable);
        self.size = self.state.byte_size();
        self.load = Load::Ready;
        let waiting: Vec<_> = self.subscribers.keys().copied().collect();
        waiting.into_iter().for_each(|session| self.begin_catch_up(session));
    }

    /// The log could not be read. Everybody who waits is told to come back; nothing is stored before a later load
    /// succeeds. Does nothing when no [`RoomEffect::Load`] is open.
    pub fn load_failed(&mut self, reason: &str) {
        if !matches!(self.load, Load::Loading) {
            return;
        }
        self.load = Load::Absent;
        self.state = DocumentState::default();
        self.fingerprints = Fingerprints::default();
        self.durable = VersionVector::new();
        let sessions: Vec<_> = std::mem::take(&mut self.subscribers).into_keys().collect();
        if !sessions.is_empty() {
            let message = self.nack(None, NackCode::Storage, reason, self.limits.retry_after);
            self.effects.push_back(RoomEffect::Send { to: sessions, message });
        }
    }

    /// What a session shows of itself to the others; empty: it has left. Dropped when it is not subscribed.
    pub fn presence(&mut self, session: SessionId, state: Vec<u8>) {
        let Some(subscriber) = self.subscribers.get_mut(&session) else { return };
        if subscriber.presence.is_empty() && state.is_empty() {
            return;
        }
        subscriber.presence.clone_from(&state);
        let peer = subscriber.peer;
        self.tell_presence(session, peer, state);
    }

    fn reload(&mut self) {
        self.load = Load::Loading;
        self.effects.push_back(RoomEffect::Load);
    }

    fn tell_presence(&mut self, origin: SessionId, peer: PeerId, state: Vec<u8>) {
        let to = self.live_except(origin);
        if !to.is_empty() {
            let message = Message::Presence { document: self.document.clone(), peer, state };
            self.effects.push_back(RoomEffect::Send { to, message });
        }
    }

    fn live_except(&self, origin: SessionId) -> Vec<SessionId> {
        let live = |(&session, subscriber): (&SessionId, &Subscriber)| {
            (session != origin && matches!(subscriber.phase, Phase::Live)).then_some(session)
        };
        self.subscribers.iter().filter_map(live).collect()
    }

    fn send(&mut self, session: SessionId, message: Message) {
        self.effects.push_back(RoomEffect::Send { to: vec![session], message });
    }

    fn refuse(&mut self, session: SessionId, code: NackCode, reason: &str, retry_after: u64) {
        let message = self.nack(None, code, reason, retry_after);
        self.send(session, message);
    }

    fn nack(
        &self,
        change: Option<(ReplicaId, u64)>,
        code: NackCode,
        reason: &str,
        retry_after: u64,
    ) -> Message {
        Message::Nack { document: self.document.clone(), change, code, message: reason.into(), retry_after }
    }
}

#[cfg(test)]
mod tests;
