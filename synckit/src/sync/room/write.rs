//! Changes on their way in: checked, stored, then acknowledged and sent to the others.

use std::sync::Arc;

use super::fingerprint::Stamps;
use super::subscriber::Phase;
use super::{CommitToken, InFlight, Load, Room, RoomEffect, SessionId};
use crate::document::{DocumentState, Origin};
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Change, Message, NackCode, Update};

impl Room {
    /// A session sent changes. `now` is the server's clock in milliseconds since 1970.
    ///
    /// What is new is given to the store; what is known is acknowledged again; what cannot be taken is refused with a
    /// reason, together with everything of the same replica that follows before the session subscribes again.
    pub fn changes(&mut self, session: SessionId, update: &Update, now: u64) {
        let Some(subscriber) = self.subscribers.get(&session) else {
            return self.refuse(session, NackCode::Gap, "subscribe first", 0);
        };
        if matches!(subscriber.phase, Phase::Lagging) {
            return;
        }
        if !matches!(self.load, Load::Ready) {
            return self.refuse(
                session,
                NackCode::Storage,
                "the document is being read",
                self.limits.retry_after,
            );
        }
        let mut accepted = Vec::new();
        let mut seen = VersionVector::new();
        for change in &update.changes {
            match self.check(session, change, &seen, now) {
                Check::Skip => {}
                Check::Known => self.claim(session, change),
                Check::Refuse(code, reason) => self.refuse_change(session, change, code, reason),
                Check::Accept => {
                    seen.advance(change.replica, change.last_seq());
                    accepted.push(change.clone());
                }
            }
        }
        if !accepted.is_empty() {
            self.accept(session, accepted);
        }
        self.acknowledge(session);
    }

    /// Everything up to this token is durable: the sessions that sent it get their acknowledgements, the others the
    /// changes. An unknown token changes nothing.
    pub fn committed(&mut self, token: CommitToken) {
        while self.in_flight.front().is_some_and(|entry| entry.token <= token) {
            let Some(entry) = self.in_flight.pop_front() else { break };
            self.in_flight_bytes -= entry.bytes;
            for change in &entry.update.changes {
                self.durable.advance(change.replica, change.last_seq());
            }
            self.state.acknowledge(&self.durable);
            let to = self.live_except(entry.origin);
            if !to.is_empty() {
                let message = Message::Changes { document: self.document.clone(), update: entry.update };
                self.effects.push_back(RoomEffect::Send { to, message });
            }
            // One token at a time: whoever waited for this one goes live exactly here and misses nothing.
            let catching_up = self.sessions(|phase| matches!(phase, Phase::CatchingUp(_)));
            catching_up.into_iter().for_each(|session| self.continue_catch_up(session));
        }
        let sessions = self.sessions(|_| true);
        sessions.into_iter().for_each(|session| self.acknowledge(session));
    }

    /// The store failed. Everything in flight is refused, nothing of it is served, and the document is read again from
    /// the store, which alone knows what is durable. An unknown token changes nothing.
    pub fn commit_failed(&mut self, token: CommitToken, reason: &str) {
        if !self.in_flight.iter().any(|entry| entry.token == token) {
            return;
        }
        self.in_flight.clear();
        self.in_flight_bytes = 0;
        self.state = DocumentState::default();
        for session in self.sessions(|_| true) {
            let Some(subscriber) = self.subscribers.get_mut(&session) else { continue };
            let claims = std::mem::take(&mut subscriber.claims);
            for (replica, _) in claims.iter() {
                subscriber.refused.insert(replica);
            }
            if let Some(version) = subscriber.confirmed(&self.durable) {
                subscriber.phase = Phase::Waiting { version };
            }
            for (replica, _) in claims.iter() {
                let change = (replica, self.durable.get(replica) + 1);
                let message = self.nack(Some(change), NackCode::Storage, reason, self.limits.retry_after);
                self.send(session, message);
            }
        }
        self.reload();
    }

    fn check(&self, session: SessionId, change: &Change, seen: &VersionVector, now: u64) -> Check {
        let refused = self.subscribers.get(&session).is_some_and(|s| s.refused.contains(&change.replica));
        if refused {
            return Check::Skip;
        }
        let Ok(stamps) = Stamps::of(change) else {
            return Check::Refuse(NackCode::Invalid, "its operations cannot be read");
        };
        if stamps.latest().millis() > now.saturating_add(self.limits.clock_skew) {
            return Check::Refuse(NackCode::Clock, "its time is too far in the future: set the clock");
        }
        let version = self.state.version();
        let known = |replica: ReplicaId| version.get(replica).max(seen.get(replica));
        let last = known(change.replica);
        if change.first_seq <= last && self.fingerprints.contradict(change.replica, &stamps) {
            return Check::Refuse(NackCode::Forked, "another change has this sequence number");
        }
        if change.last_seq() <= last {
            return Check::Known;
        }
        let dependencies = change.dependencies.iter().all(|(replica, seq)| known(replica) >= seq);
        if change.first_seq > last + 1 || !dependencies {
            return Check::Refuse(NackCode::Gap, "a change before it is missing");
        }
        Check::Accept
    }

    fn accept(&mut self, session: SessionId, changes: Vec<Change>) {
        let update = Update { changes };
        let bytes = update.encoded_len();
        let limits = self.limits;
        if self.in_flight_bytes + bytes > limits.in_flight {
            return self.refuse_all(session, &update, NackCode::Storage, "too much waits for the store");
        }
        if self.size + bytes > limits.document {
            // Much of what was counted may have been overwritten or deleted since.
            self.size = self.state.byte_size();
        }
        if self.size + bytes > limits.document {
            return self.refuse_all(session, &update, NackCode::TooLarge, "the document would be too large");
        }
        match self.state.apply(&update, Origin::Remote) {
            Ok(applied) => {
                self.size += bytes;
                self.persist(session, &update, applied.changes);
            }
            Err(error) => self.refuse_all(session, &update, NackCode::Invalid, &error.to_string()),
        }
    }

    fn persist(&mut self, session: SessionId, update: &Update, fresh: Vec<Change>) {
        update.changes.iter().for_each(|change| self.claim(session, change));
        if fresh.is_empty() {
            return;
        }
        self.fingerprints.note(&fresh);
        let update = Arc::new(Update { changes: fresh });
        self.last_token = CommitToken(self.last_token.0 + 1);
        let token = self.last_token;
        let bytes = update.encoded_len();
        self.effects.push_back(RoomEffect::Persist { token, update: update.clone() });
        self.in_flight_bytes += bytes;
        self.in_flight.push_back(InFlight { token, origin: session, update, bytes });
    }

    fn claim(&mut self, session: SessionId, change: &Change) {
        if let Some(subscriber) = self.subscribers.get_mut(&session) {
            subscriber.claims.advance(change.replica, change.last_seq());
        }
    }

    /// Acknowledges what a session sent and is durable by now.
    fn acknowledge(&mut self, session: SessionId) {
        let Some(subscriber) = self.subscribers.get_mut(&session) else { return };
        if subscriber.claims.is_empty() {
            return;
        }
        let durable = |&(replica, seq): &(ReplicaId, u64)| self.durable.get(replica) >= seq;
        let (done, open): (Vec<_>, Vec<_>) = subscriber.claims.iter().partition(durable);
        if !done.is_empty() {
            subscriber.claims = open.into_iter().collect();
            let version = done.into_iter().collect();
            let message = Message::Ack { document: self.document.clone(), version };
            self.send(session, message);
        }
    }

    fn refuse_all(&mut self, session: SessionId, update: &Update, code: NackCode, reason: &str) {
        for change in &update.changes {
            let known = self.subscribers.get(&session).is_some_and(|s| s.refused.contains(&change.replica));
            if !known {
                self.refuse_change(session, change, code, reason);
            }
        }
    }

    fn refuse_change(&mut self, session: SessionId, change: &Change, code: NackCode, reason: &str) {
        if let Some(subscriber) = self.subscribers.get_mut(&session) {
            subscriber.refused.insert(change.replica);
        }
        let retry_after = if code == NackCode::Storage { self.limits.retry_after } else { 0 };
        let message = self.nack(Some((change.replica, change.first_seq)), code, reason, retry_after);
        self.send(session, message);
    }

    fn sessions(&self, which: impl Fn(&Phase) -> bool) -> Vec<SessionId> {
        let chosen = |(&session, subscriber): (&SessionId, &super::Subscriber)| {
            which(&subscriber.phase).then_some(session)
        };
        self.subscribers.iter().filter_map(chosen).collect()
    }
}

enum Check {
    Accept,
    /// Already there: a success, not a second effect.
    Known,
    Refuse(NackCode, &'static str),
    /// Follows a change that was refused.
    Skip,
}
