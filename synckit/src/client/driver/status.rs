//! What the user is shown: where every write has got to.

use std::sync::Arc;

use super::Driver;
use super::document::Document;
use crate::client::status::{Connection, DocumentStatus, Refusal, RefusalCode, Status, Tier};
use crate::platform::Platform;
use crate::storage::Storage;
use crate::sync::{LinkStatus, Refused};
use crate::wire::NackCode;

/// How one document counts in the client's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counted {
    pending: usize,
    /// `None`: as far as it can get.
    saved: Option<Tier>,
}

/// Sums over all documents.
#[derive(Default)]
pub(super) struct Totals {
    pending: usize,
    /// How many documents have got to memory and to the device, and could get further.
    tiers: [usize; 2],
}

impl Totals {
    fn add(&mut self, counted: &Counted) {
        self.pending += counted.pending;
        if let Some(tier) = self.tier(counted) {
            *tier += 1;
        }
    }

    pub(super) fn remove(&mut self, counted: &Counted) {
        self.pending -= counted.pending;
        if let Some(tier) = self.tier(counted) {
            *tier -= 1;
        }
    }

    fn tier(&mut self, counted: &Counted) -> Option<&mut usize> {
        match counted.saved? {
            Tier::Memory => Some(&mut self.tiers[0]),
            Tier::Device => Some(&mut self.tiers[1]),
            Tier::Server => None,
        }
    }
}

impl<P: Platform, S: Storage> Driver<P, S> {
    /// Shows what is new.
    pub(super) fn publish(&mut self) {
        let persistent = self.storage.mode().is_persistent();
        let device = if persistent { Tier::Device } else { Tier::Memory };
        let mut statuses = Vec::new();
        for id in std::mem::take(&mut self.stale).into_keys() {
            let Some(document) = self.documents.get(&id) else { continue };
            let (status, best) = self.document_status(&id, document, device);
            let saved = (status.saved < best).then_some(status.saved);
            let counted = Counted { pending: status.pending, saved };
            let cell = document.cell.clone();
            self.totals.add(&counted);
            if let Some(document) = self.documents.get_mut(&id) {
                self.totals.remove(&std::mem::replace(&mut document.counted, counted));
            }
            statuses.push((cell, status));
        }
        let best = if self.network.is_wanted() { Tier::Server } else { device };
        let saved = match self.totals.tiers {
            [0, 0] => best,
            [0, _] => Tier::Device,
            _ => Tier::Memory,
        };
        self.shared.set_status(Status {
            connection: if self.network.is_wanted() {
                connection(self.session.link())
            } else {
                Connection::Disabled
            },
            storage: self.storage.mode(),
            pending: self.totals.pending,
            saved,
            error: self.errors.values().next().cloned(),
        });
        // Last: whoever waits for a document finds the client's status up to date.
        statuses.into_iter().for_each(|(cell, status)| cell.set_status(status));
    }

    /// Its status, and the tier that its writes can reach at best.
    fn document_status(&self, id: &Arc<str>, document: &Document, device: Tier) -> (DocumentStatus, Tier) {
        let stored = document.cell.read(|state| document.stored.includes(state.version()));
        let here = if stored { device } else { Tier::Memory };
        let load = document.load.clone();
        let sync = self.session.document(id).filter(|_| self.network.is_wanted());
        let Some(sync) = sync else {
            let waits = self.network.is_wanted() && !document.cell.local_only();
            let best = if waits { Tier::Server } else { device };
            let pending = if waits { document.unsaved.len() } else { 0 };
            return (DocumentStatus { load, synced: false, pending, saved: here, refused: None }, best);
        };
        let confirmed = self.session.confirmed(id);
        let pending = document.cell.read(|state| state.pending_changes(&confirmed));
        let saved = if sync.settled && pending == 0 { Tier::Server } else { here };
        let refused = sync.refused.map(refusal);
        (DocumentStatus { load, synced: sync.synced, pending, saved, refused }, Tier::Server)
    }
}

fn connection(link: &LinkStatus) -> Connection {
    match link {
        LinkStatus::Connecting => Connection::Connecting,
        LinkStatus::Connected => Connection::Connected,
        &LinkStatus::Offline { since, retry_at } => Connection::Offline { since, retry_at },
        LinkStatus::NeedsAuth { reason } => Connection::NeedsAuth { reason: reason.clone() },
        LinkStatus::Refused { reason } => Connection::Refused { reason: reason.clone() },
    }
}

fn refusal(refused: Refused) -> Refusal {
    let code = match refused.code {
        NackCode::Forbidden => RefusalCode::Forbidden,
        NackCode::TooLarge => RefusalCode::TooLarge,
        NackCode::Clock => RefusalCode::Clock,
        _ => RefusalCode::Invalid,
    };
    Refusal::new(code, refused.message)
}
