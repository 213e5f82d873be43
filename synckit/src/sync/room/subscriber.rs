//! A subscriber's way from its first message to live changes, and back when it is too slow.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::{CommitToken, Room, RoomEffect, SessionId};
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Message, NackCode, PeerId, Update};

/// Bytes of a catch-up that are cut from the document at once and kept until they are sent.
const CUT: usize = 4 << 20;

pub(super) struct Subscriber {
    pub(super) peer: PeerId,
    pub(super) phase: Phase,
    pub(super) presence: Vec<u8>,
    /// The last sequence numbers of what it sent that was not acknowledged.
    pub(super) claims: VersionVector,
    /// Replicas of which a change was refused: later ones are not looked at before it subscribes again.
    pub(super) refused: BTreeSet<ReplicaId>,
}

pub(super) enum Phase {
    /// For the document to be loaded.
    Waiting {
        version: VersionVector,
    },
    CatchingUp(CatchUp),
    /// Has everything that is durable and gets what comes.
    Live,
    /// Its queue was thrown away: nothing is sent before it subscribes again.
    Lagging,
}

pub(super) struct CatchUp {
    parts: VecDeque<Arc<Update>>,
    /// What the session has once it got the parts that were sent.
    sent: VersionVector,
    /// What it has once it got all parts.
    reached: VersionVector,
    /// The parts may hold what was in flight when they were cut, up to this token: not sent before that is durable.
    until: CommitToken,
    paused: bool,
}

impl Subscriber {
    pub(super) fn new(peer: PeerId, phase: Phase) -> Self {
        let claims = VersionVector::new();
        Self { peer, phase, presence: Vec::new(), claims, refused: BTreeSet::new() }
    }

    pub(super) fn restart(&mut self, phase: Phase) {
        self.phase = phase;
        self.claims = VersionVector::new();
        self.refused.clear();
    }

    /// What it has for sure, given that live sessions have `durable`.
    pub(super) fn confirmed(&self, durable: &VersionVector) -> Option<VersionVector> {
        match &self.phase {
            Phase::Waiting { version } => Some(version.clone()),
            Phase::CatchingUp(catch_up) => Some(catch_up.sent.clone()),
            Phase::Live => Some(durable.clone()),
            Phase::Lagging => None,
        }
    }
}

impl Room {
    /// The queue of a session went over its bound and was thrown away, acknowledgements included: nothing more is sent
    /// to it until it is empty; then the client is asked to subscribe again from the version that it really has.
    pub fn overflowed(&mut self, session: SessionId) {
        let Some(subscriber) = self.subscribers.get_mut(&session) else { return };
        subscriber.restart(Phase::Lagging);
        self.effects.push_back(RoomEffect::AwaitDrain { session });
    }

    /// Nothing waits in the queue of this session any more. Answers [`RoomEffect::AwaitDrain`].
    pub fn drained(&mut self, session: SessionId) {
        let Some(subscriber) = self.subscribers.get_mut(&session) else { return };
        match &mut subscriber.phase {
            Phase::Waiting { .. } | Phase::Live => {}
            Phase::CatchingUp(catch_up) => {
                catch_up.paused = false;
                self.continue_catch_up(session);
            }
            Phase::Lagging => {
                self.refuse(session, NackCode::Gap, "reading too slowly: subscribe again", 0);
            }
        }
    }

    /// A session that waited for the document starts to get it.
    pub(super) fn begin_catch_up(&mut self, session: SessionId) {
        let Some(subscriber) = self.subscribers.get_mut(&session) else { return };
        let Phase::Waiting { version } = &mut subscriber.phase else { return };
        let version = std::mem::take(version);
        subscriber.phase = Phase::CatchingUp(CatchUp {
            parts: VecDeque::new(),
            sent: version.clone(),
            reached: version,
            until: CommitToken(0),
            paused: false,
        });
        self.continue_catch_up(session);
    }

    /// Sends parts until the window is full, something has to be durable first, or there is no more.
    pub(super) fn continue_catch_up(&mut self, session: SessionId) {
        let Some(subscriber) = self.subscribers.get_mut(&session) else { return };
        let Phase::CatchingUp(catch_up) = &mut subscriber.phase else { return };
        let mut window = 0;
        loop {
            let committed = self.in_flight.front().is_none_or(|first| first.token > catch_up.until);
            if catch_up.paused || !committed {
                return;
            }
            if window >= self.limits.window {
                catch_up.paused = true;
                return self.effects.push_back(RoomEffect::AwaitDrain { session });
            }
            if let Some(update) = catch_up.parts.pop_front() {
                window += update.encoded_len();
                for change in &update.changes {
                    catch_up.sent.advance(change.replica, change.last_seq());
                }
                let message = Message::Changes { document: self.document.clone(), update };
                self.effects.push_back(RoomEffect::Send { to: vec![session], message });
            } else if catch_up.reached.includes(&self.durable) {
                return self.go_live(session);
            } else {
                let mut size = 0;
                for part in self.state.since(&catch_up.reached).split(self.limits.part) {
                    size += part.encoded_len();
                    for change in &part.changes {
                        catch_up.reached.advance(change.replica, change.last_seq());
                    }
                    catch_up.parts.push_back(Arc::new(part));
                    if size >= CUT {
                        break;
                    }
                }
                if size < CUT {
                    catch_up.reached.merge(self.state.version());
                }
                catch_up.until = self.in_flight.back().map_or(CommitToken(0), |last| last.token);
            }
        }
    }

    fn go_live(&mut self, session: SessionId) {
        if let Some(subscriber) = self.subscribers.get_mut(&session) {
            subscriber.phase = Phase::Live;
        }
        let message = Message::CaughtUp { document: self.document.clone(), version: self.durable.clone() };
        self.send(session, message);
        let present = |(&other, subscriber): (&SessionId, &Subscriber)| {
            (other != session && !subscriber.presence.is_empty()).then(|| Message::Presence {
                document: self.document.clone(),
                peer: subscriber.peer,
                state: subscriber.presence.clone(),
            })
        };
        let peers: Vec<_> = self.subscribers.iter().filter_map(present).collect();
        peers.into_iter().for_each(|message| self.send(session, message));
    }
}
