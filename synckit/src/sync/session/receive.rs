//! What the server says.

use std::sync::Arc;

use super::link::REFUSED_PAUSE;
use super::tracked::Phase;
use super::{Effect, LinkStatus, Refused, Session, State};
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::{FailureCode, Message, NackCode, PeerId, Update};

/// Milliseconds between two subscriptions to the same document, so that a disagreement does not become a storm.
const SUBSCRIBE_PAUSE: u64 = 500;
/// Milliseconds before sending again what the server could not store, unless it says otherwise.
const STORAGE_PAUSE: u64 = 1_000;
/// Milliseconds between attempts after the server could not read what this client said.
const MALFORMED_PAUSE: u64 = 5_000;
/// Milliseconds that a server may make this client wait.
const MAX_PAUSE: u64 = 600_000;
/// Peers of one document that are shown.
const MAX_PEERS: usize = 1_024;

/// A refused change: whose, and its first sequence number.
type Change = Option<(ReplicaId, u64)>;

impl Session {
    /// A frame arrived.
    pub fn received(&mut self, now: u64, frame: &[u8]) {
        let now = self.time.at(now);
        if !matches!(self.link.state, State::Greeting { .. } | State::Open { .. }) {
            return;
        }
        match Message::decode(frame, &self.limits) {
            Ok(message) => {
                self.link.heard();
                self.message(now, message);
            }
            Err(_) => self.give_up(now, MALFORMED_PAUSE, None),
        }
        self.run(now);
    }

    fn message(&mut self, now: u64, message: Message) {
        match message {
            Message::Welcome { max_message, heartbeat, .. } => self.welcomed(now, max_message, heartbeat),
            Message::Failure { code, message, retry_after } => self.failed(now, code, message, retry_after),
            _ if !self.link.is_open() => self.give_up(now, MALFORMED_PAUSE, None),
            Message::Changes { document, update } => self.changes(&document, update),
            Message::CaughtUp { document, version } => self.caught_up(&document, version),
            Message::Ack { document, version } => self.ack(&document, &version),
            Message::Nack { document, change, code, message, retry_after } => {
                self.nack(now, &document, change, Refused { code, message }, retry_after);
            }
            Message::Presence { document, peer, state } => self.peer(document, peer, state),
            Message::Ping { nonce } => self.control.push_back(Message::Pong { nonce }),
            // A pong has been heard, that is all; the rest is for servers.
            _ => {}
        }
    }

    fn welcomed(&mut self, now: u64, max_message: u64, heartbeat: u64) {
        if self.link.is_open() {
            return;
        }
        self.link.welcomed(now, heartbeat);
        self.max_message =
            usize::try_from(max_message).unwrap_or(usize::MAX).clamp(1 << 10, self.limits.message);
        for document in self.documents.keys() {
            self.ready.insert(document.clone(), ());
        }
        self.set_status(LinkStatus::Connected);
    }

    fn failed(&mut self, now: u64, code: FailureCode, reason: String, retry_after: u64) {
        let retry_after = retry_after.min(MAX_PAUSE);
        let (pause, status) = match code {
            FailureCode::Unauthenticated => (REFUSED_PAUSE, Some(LinkStatus::NeedsAuth { reason })),
            FailureCode::Protocol => (REFUSED_PAUSE, Some(LinkStatus::Refused { reason })),
            FailureCode::Malformed => (MALFORMED_PAUSE, None),
            FailureCode::Limit | FailureCode::Unavailable => (0, None),
        };
        self.give_up(now, pause.max(retry_after), status);
    }

    fn changes(&mut self, document: &Arc<str>, update: Arc<Update>) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        if tracked.phase == Phase::Reissuing {
            return;
        }
        if tracked.is_forked_by(update.changes.iter().map(|change| (change.replica, change.last_seq()))) {
            return self.fork(document, 0);
        }
        tracked.received(&update.changes);
        self.effects.push_back(Effect::Apply { document: document.clone(), update });
        self.remember(document);
        self.touch(document);
    }

    fn caught_up(&mut self, document: &Arc<str>, version: VersionVector) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        if tracked.phase != Phase::CatchingUp {
            return;
        }
        if tracked.is_forked_by(version.iter()) {
            return self.fork(document, 0);
        }
        tracked.caught_up(version);
        self.remember(document);
        self.touch(document);
    }

    fn ack(&mut self, document: &Arc<str>, version: &VersionVector) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        tracked.acknowledged(version);
        self.remember(document);
        self.touch(document);
    }

    fn nack(&mut self, now: u64, document: &Arc<str>, change: Change, refused: Refused, retry_after: u64) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        if tracked.phase == Phase::Reissuing {
            return;
        }
        match (refused.code, change) {
            (NackCode::Storage, _) => {
                let pause = if retry_after == 0 { STORAGE_PAUSE } else { retry_after.min(MAX_PAUSE) };
                self.subscribe_again(now, document, pause);
            }
            (NackCode::Gap, _) => self.subscribe_again(now, document, 0),
            (NackCode::Forked, Some((replica, first_seq))) if replica == tracked.own => {
                self.fork(document, first_seq);
            }
            (_, change) => {
                tracked.refused = Some(refused);
                tracked.reset_outbox();
                if change.is_none() {
                    tracked.phase = Phase::Detached;
                }
                self.touch(document);
            }
        }
    }

    fn peer(&mut self, document: Arc<str>, peer: PeerId, state: Vec<u8>) {
        let Some(tracked) = self.documents.get_mut(&document) else { return };
        if peer == self.peer {
            return;
        }
        if state.is_empty() {
            if tracked.peers.remove(&peer).is_some() {
                self.effects.push_back(Effect::Peer { document, peer, state: None });
            }
        } else if tracked.peers.contains(&peer) || tracked.peers.len() < MAX_PEERS {
            tracked.peers.insert(peer, ());
            self.effects.push_back(Effect::Peer { document, peer, state: Some(state) });
        }
    }

    /// Starts over with a document: what was sent and not acknowledged is sent again.
    pub(super) fn subscribe_again(&mut self, now: u64, document: &str, pause: u64) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        if tracked.phase == Phase::Reissuing {
            return;
        }
        let earliest = tracked.subscribed_at.map_or(0, |at| at + SUBSCRIBE_PAUSE);
        let at = (now + pause).max(earliest);
        tracked.reset_outbox();
        if let Phase::ToSubscribe { at: planned } = tracked.phase
            && planned >= at
        {
            return;
        }
        tracked.phase = Phase::ToSubscribe { at };
        self.touch(document);
    }

    /// Somebody else writes under this device's replica id. `first_seq`: what the server named, 0 for nothing.
    fn fork(&mut self, document: &Arc<str>, first_seq: u64) {
        let Some(tracked) = self.documents.get_mut(document) else { return };
        let own = tracked.own;
        let from = Dot::new(own, first_seq.max(tracked.server.get(own) + 1));
        tracked.reset_outbox();
        tracked.phase = Phase::Reissuing;
        self.effects.push_back(Effect::Reissue { document: document.clone(), from });
        self.touch(document);
    }

    fn remember(&mut self, document: &Arc<str>) {
        if let Some(tracked) = self.documents.get(document) {
            let (document, version) = (document.clone(), tracked.server.clone());
            self.effects.push_back(Effect::Acknowledged { document, version });
        }
    }
}
