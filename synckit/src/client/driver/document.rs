//! What the loop knows about one open document.

use std::sync::Arc;

use super::status::Counted;
use crate::client::cell::DocumentCell;
use crate::client::status::LoadState;
use crate::sorted::SortedMap;
use crate::storage::ChunkId;
use crate::version::{Dot, VersionVector};
use crate::wire::{Change, Update};

/// Chunks after which they are replaced by a snapshot, if that saves something.
const CHUNKS: usize = 64;
/// Chunks after which they are replaced in any case.
const MANY_CHUNKS: usize = 1_024;
/// Bytes below which the size of chunks is no reason to replace them.
const SMALL: usize = 16 << 10;

pub(super) struct Document {
    pub(super) cell: Arc<DocumentCell>,
    pub(super) load: LoadState,
    /// Whether another attempt at loading may succeed.
    pub(super) loadable: bool,
    /// What the store has, as far as is known here.
    pub(super) stored: VersionVector,
    /// Changes that the store has not confirmed.
    pub(super) unsaved: Vec<Change>,
    /// When they are to be appended: at once if this device wrote some of them.
    pub(super) write_at: u64,
    /// The chunks whose content is in the document, with their sizes.
    pub(super) chunks: SortedMap<ChunkId, usize>,
    /// Chunks up to this one were read.
    pub(super) read_to: Option<ChunkId>,
    /// Bytes of the last snapshot.
    pub(super) snapshot: usize,
    /// The store is reading it; once more afterwards?
    pub(super) reading: bool,
    pub(super) read_again: bool,
    /// The store is appending or compacting.
    pub(super) writing: bool,
    /// The store was emptied meanwhile: everything is stored again afterwards.
    pub(super) emptied: bool,
    /// Failures of the store in a row, and when to try again.
    pub(super) failures: u32,
    pub(super) retry_at: u64,
    /// Own operations from here on need new numbers.
    pub(super) reissue: Option<Dot>,
    /// Those have their new numbers; what was stored under the old ones has to be replaced.
    pub(super) replace: bool,
    /// What the server has, if that is not recorded yet; and when to record it.
    pub(super) acknowledged: Option<VersionVector>,
    pub(super) record_at: u64,
    pub(super) recording: bool,
    /// How it is counted in the client's status.
    pub(super) counted: Counted,
}

impl Document {
    pub(super) fn new(cell: Arc<DocumentCell>) -> Self {
        Self {
            cell,
            load: LoadState::Loading,
            loadable: true,
            stored: VersionVector::new(),
            unsaved: Vec::new(),
            write_at: 0,
            chunks: SortedMap::default(),
            read_to: None,
            snapshot: 0,
            reading: false,
            read_again: false,
            writing: false,
            emptied: false,
            failures: 0,
            retry_at: 0,
            reissue: None,
            replace: false,
            acknowledged: None,
            record_at: 0,
            recording: false,
            counted: Counted::default(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.load == LoadState::Ready
    }

    /// Whether the store has everything and is not busy with it.
    pub(super) fn is_quiet(&self) -> bool {
        let idle = !self.reading && !self.writing && !self.recording;
        idle && self.load != LoadState::Loading && self.unsaved.is_empty() && self.acknowledged.is_none()
    }

    /// Changes are in the store.
    pub(super) fn note_stored(&mut self, changes: &[Change]) {
        for change in changes {
            self.stored.advance(change.replica, change.last_seq());
        }
    }

    /// Takes what is to be appended, and apart from it what the store has meanwhile: from somebody else, or in a snapshot
    /// that was made between a write and its coming here.
    pub(super) fn take_unsaved(&mut self) -> (Update, Vec<Change>) {
        let changes = std::mem::take(&mut self.unsaved).into_iter();
        let (stored, changes) =
            changes.partition(|change| self.stored.get(change.replica) >= change.last_seq());
        (Update { changes }, stored)
    }

    /// Whether a snapshot in place of the chunks is worth writing.
    pub(super) fn wants_snapshot(&self) -> bool {
        let total: usize = self.chunks.values().sum();
        let added = total.saturating_sub(self.snapshot);
        let many =
            self.chunks.len() > CHUNKS && (added > self.snapshot / 4 || self.chunks.len() > MANY_CHUNKS);
        many || added > 2 * self.snapshot.max(SMALL)
    }
}
