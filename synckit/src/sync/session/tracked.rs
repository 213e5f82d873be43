//! What the session knows about one open document.

use std::collections::VecDeque;

use super::presence::OwnPresence;
use super::{DocumentSync, Refused};
use crate::sorted::SortedSet;
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Change, PeerId, Update};

/// Milliseconds that changes of another writer found on the device have time to reach the server by that writer's own
/// connection.
const RELAY_DELAY: u64 = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was asked of the server.
    Detached,
    /// `Subscribe` is to be sent as soon as there is a connection and this time has come.
    ToSubscribe {
        at: u64,
    },
    /// `Subscribe` is sent, `CaughtUp` has not come.
    CatchingUp,
    Live,
    /// Its own changes are getting new sequence numbers.
    Reissuing,
}

pub(super) struct Tracked {
    pub(super) phase: Phase,
    /// The last time `Subscribe` was sent.
    pub(super) subscribed_at: Option<u64>,
    /// Caught up at least once.
    pub(super) synced: bool,
    /// Under which replica this device writes the document.
    pub(super) own: ReplicaId,
    /// Everything in memory.
    pub(super) state: VersionVector,
    /// What the device has stored.
    pub(super) stored: VersionVector,
    /// What the server has confirmed to be durable there; of the own replica only what was confirmed to this device.
    pub(super) server: VersionVector,
    /// What was sent or is in the outbox or known to be at the server.
    pub(super) cut: VersionVector,
    /// Parts ready to be sent as soon as the device has stored them. Bounded: it is cut again from the document.
    pub(super) outbox: VecDeque<Update>,
    /// The document has more than `cut`.
    pub(super) needs_cut: bool,
    /// When changes found on the device are sent although another writer should have done it.
    pub(super) relay_at: Option<u64>,
    pub(super) refused: Option<Refused>,
    pub(super) presence: OwnPresence,
    pub(super) peers: SortedSet<PeerId>,
}

impl Tracked {
    pub(super) fn new(state: VersionVector, server: VersionVector, own: ReplicaId) -> Self {
        Self {
            phase: Phase::Detached,
            subscribed_at: None,
            synced: false,
            own,
            stored: state.clone(),
            state,
            cut: server.clone(),
            server,
            outbox: VecDeque::new(),
            needs_cut: false,
            relay_at: None,
            refused: None,
            presence: OwnPresence::default(),
            peers: SortedSet::default(),
        }
    }

    pub(super) fn status(&self) -> DocumentSync {
        DocumentSync {
            synced: self.synced,
            settled: self.server.includes(&self.state),
            refused: self.refused.clone(),
        }
    }

    /// Forgets what was on its way: the connection is gone or the document is subscribed to again.
    pub(super) fn reset_outbox(&mut self) {
        self.outbox.clear();
        self.cut.clone_from(&self.server);
        self.needs_cut = false;
        self.relay_at = None;
    }

    /// The server has told everything that it has.
    pub(super) fn caught_up(&mut self, version: VersionVector) {
        // What the server has of this replica beyond what was acknowledged to this device may have been written by
        // another one under the same id (a copied store). It is sent once more: the server acknowledges it if it is the
        // same and refuses it if it is not.
        let confirmed = self.server.get(self.own).min(version.get(self.own));
        self.server = version.iter().filter(|entry| entry.0 != self.own).collect();
        self.server.advance(self.own, confirmed);
        self.reset_outbox();
        self.needs_cut = !self.cut.includes(&self.state);
        self.phase = Phase::Live;
        self.synced = true;
    }

    /// Whether the server speaks of changes under this device's own replica that this device never made.
    pub(super) fn is_forked_by(&self, version: impl IntoIterator<Item = (ReplicaId, u64)>) -> bool {
        version.into_iter().any(|(replica, seq)| replica == self.own && seq > self.state.get(self.own))
    }

    /// Changes from the server: durable there.
    pub(super) fn received(&mut self, changes: &[Change]) {
        for change in changes {
            if change.replica != self.own {
                self.server.advance(change.replica, change.last_seq());
                self.cut.advance(change.replica, change.last_seq());
            }
        }
    }

    /// The server has made what this device sent durable.
    pub(super) fn acknowledged(&mut self, version: &VersionVector) {
        self.server.merge(version);
        self.cut.merge(version);
    }

    /// The device has stored changes; those that follow what was sent go out as they are.
    pub(super) fn stored(&mut self, changes: Vec<Change>) {
        for change in &changes {
            self.state.advance(change.replica, change.last_seq());
            self.stored.advance(change.replica, change.last_seq());
        }
        if self.phase != Phase::Live || self.needs_cut {
            return;
        }
        let mut part = Update::default();
        for change in changes {
            let last = self.cut.get(change.replica);
            if change.last_seq() <= last {
                continue;
            }
            if change.first_seq != last + 1 || !self.cut.includes(&change.dependencies) {
                self.needs_cut = true;
                break;
            }
            self.cut.advance(change.replica, change.last_seq());
            part.changes.push(change);
        }
        if !part.is_empty() {
            self.outbox.push_back(part);
        }
    }

    /// Changes of other writers were found on the device.
    pub(super) fn found(&mut self, changes: &[Change], now: u64) {
        for change in changes {
            self.state.advance(change.replica, change.last_seq());
            self.stored.advance(change.replica, change.last_seq());
        }
        if self.phase == Phase::Live && !self.cut.includes(&self.state) {
            self.relay_at.get_or_insert(now + RELAY_DELAY);
        }
    }

    /// Whether what is in this part may leave the device.
    pub(super) fn may_send(&self, part: &Update) -> bool {
        part.changes.iter().all(|change| {
            let last = change.last_seq();
            self.stored.get(change.replica) >= last || self.server.get(change.replica) >= last
        })
    }

    /// When something is to be done, other than sending.
    pub(super) fn wake_at(&self) -> Option<u64> {
        let subscribe = match self.phase {
            Phase::ToSubscribe { at } => Some(at),
            _ => None,
        };
        let presence = if self.phase == Phase::Live { self.presence.due_at() } else { None };
        [subscribe, self.relay_at, presence].into_iter().flatten().min()
    }
}
