//! What is written to the store.

use std::sync::Arc;

use super::Driver;
use super::events::boxed;
use crate::client::status::LoadState;
use crate::platform::Platform;
use crate::storage::{Chunk, ChunkId, Storage, StorageError};
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::{Update, encode_version};

/// Milliseconds between two records of what the server has: being late costs a repeated message, not a change.
const RECORD_PAUSE: u64 = 250;
/// Milliseconds to wait after the first failure of the store; twice as long after every further one, up to the cap.
const RETRY: u64 = 250;
const RETRY_CAP: u64 = 30_000;

/// The record that holds what the server has of a document.
pub(super) const ACKNOWLEDGED: &str = "acknowledged/";
/// The record that says that a replica id is used elsewhere too.
const FORKED: &str = "forked/";

/// What the store has finished.
pub(super) enum Done {
    Loaded {
        id: Arc<str>,
        result: Result<(Vec<Chunk>, Option<Vec<u8>>), StorageError>,
    },
    /// Chunks that others have written.
    Found {
        id: Arc<str>,
        result: Result<Vec<Chunk>, StorageError>,
    },
    Appended {
        id: Arc<str>,
        update: Update,
        size: usize,
        result: Result<ChunkId, StorageError>,
    },
    Compacted {
        id: Arc<str>,
        read: Vec<ChunkId>,
        size: usize,
        version: VersionVector,
        result: Result<ChunkId, StorageError>,
    },
    Recorded {
        id: Arc<str>,
    },
    Acknowledged {
        id: Arc<str>,
        version: VersionVector,
    },
    Nothing,
}

impl<P: Platform, S: Storage> Driver<P, S> {
    pub(super) fn done(&mut self, done: Done) {
        match done {
            Done::Loaded { id, result } => self.loaded(&id, result),
            Done::Found { id, result } => self.found(&id, result),
            Done::Appended { id, update, size, result } => self.appended(&id, update, size, result),
            Done::Compacted { id, read, size, version, result } => {
                self.compacted(&id, &read, size, version, result)
            }
            Done::Recorded { id } => {
                if let Some(document) = self.documents.get_mut(&id) {
                    document.recording = false;
                    self.record(&id);
                }
            }
            Done::Acknowledged { id, version } => {
                self.session.acknowledged(&id, &version);
                self.stale.insert(id, ());
            }
            Done::Nothing => {}
        }
    }

    /// Does what the store owes a document: one write at a time.
    pub(super) fn write(&mut self, id: &Arc<str>) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        if matches!(document.load, LoadState::Failed { .. }) {
            // Nothing is written over what cannot be read; the server may have it.
            let changes = std::mem::take(&mut document.unsaved);
            self.session.stored(id, changes);
            if let Some(from) = document.reissue.take() {
                let fresh = self.shared.fresh_replica();
                document.cell.reissue(from, fresh);
                let version = document.cell.read(|state| state.version().clone());
                self.session.reissued(now, id, fresh, version);
            }
            return;
        }
        if !document.is_ready() || document.writing || document.retry_at > now {
            return;
        }
        if let Some(from) = document.reissue.take() {
            self.give_new_numbers(id, from);
            return self.compact(id);
        }
        if document.replace {
            return self.compact(id);
        }
        if document.write_at > now && self.farewell.is_none() {
            return;
        }
        let update = document.take_unsaved();
        if update.is_empty() {
            if document.wants_snapshot() {
                self.compact(id);
            }
            return;
        }
        document.writing = true;
        // First that the server has them, then the changes of others: the other way round they would look, for a moment
        // that a reload can fall into, as if they were waiting for the server.
        let others = update.changes.iter().any(|change| change.replica != document.cell.replica());
        let acknowledged = if others { document.acknowledged.take() } else { None };
        let (storage, id, bytes) = (self.storage.clone(), id.clone(), update.encode());
        self.waiting.push_back(boxed(async move {
            let size = bytes.len();
            if let Some(version) = acknowledged {
                let _ = storage.set_record(&format!("{ACKNOWLEDGED}{id}"), encode_version(&version)).await;
            }
            let result = storage.append(&id, bytes).await;
            Done::Appended { id, update, size, result }
        }));
    }

    fn appended(
        &mut self,
        id: &Arc<str>,
        update: Update,
        size: usize,
        result: Result<ChunkId, StorageError>,
    ) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.writing = false;
        self.stale.insert(id.clone(), ());
        match result {
            Ok(chunk) => {
                document.failures = 0;
                document.chunks.insert(chunk, size);
                document.note_stored(&update.changes);
                if document.cell.local_only() || !self.network.is_wanted() {
                    let stored = &document.stored;
                    document.cell.with_state(|state| state.acknowledge(stored));
                }
                self.errors.remove(id);
                self.session.stored(id, update.changes);
            }
            Err(error) => {
                let mut changes = update.changes;
                self.session.stored(id, changes.clone());
                changes.append(&mut document.unsaved);
                document.unsaved = changes;
                document.retry_at = now + pause_after(&mut document.failures);
                self.due.insert((document.retry_at, id.clone()), ());
                self.errors.insert(id.clone(), error.to_string());
            }
        }
        self.written(id);
    }

    /// Goes on after a write.
    fn written(&mut self, id: &Arc<str>) {
        let Some(document) = self.documents.get_mut(id) else { return };
        if std::mem::take(&mut document.emptied) { self.store_again(id) } else { self.write(id) }
    }

    /// Replaces the chunks whose content is in the document by a snapshot.
    fn compact(&mut self, id: &Arc<str>) {
        let Some(document) = self.documents.get_mut(id) else { return };
        document.writing = true;
        let (snapshot, version) = document.cell.read(|state| (state.snapshot(), state.version().clone()));
        let read: Vec<_> = document.chunks.keys().copied().collect();
        let (storage, id, bytes) = (self.storage.clone(), id.clone(), snapshot.encode());
        self.waiting.push_back(boxed(async move {
            let size = bytes.len();
            let result = storage.compact(&id, &read, bytes).await;
            Done::Compacted { id, read, size, version, result }
        }));
    }

    fn compacted(
        &mut self,
        id: &Arc<str>,
        read: &[ChunkId],
        size: usize,
        version: VersionVector,
        result: Result<ChunkId, StorageError>,
    ) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.writing = false;
        self.stale.insert(id.clone(), ());
        let replaced = document.replace;
        match result {
            Ok(chunk) => {
                document.failures = 0;
                document.replace = false;
                document.chunks.retain(|chunk, _| !read.contains(chunk));
                document.chunks.insert(chunk, size);
                document.snapshot = size;
                document.stored.merge(&version);
                self.errors.remove(id);
            }
            Err(error) => {
                document.retry_at = now + pause_after(&mut document.failures);
                self.due.insert((document.retry_at, id.clone()), ());
                self.errors.insert(id.clone(), error.to_string());
            }
        }
        if replaced {
            let own = document.cell.replica();
            self.session.reissued(now, id, own, version);
        }
        self.written(id);
    }

    /// This client's replica id is used by somebody else too.
    pub(super) fn reissue(&mut self, id: &Arc<str>, from: Dot) {
        if let Some(lease) = self.lease.take_if(|lease| lease.replica == from.replica) {
            let (storage, key) = (self.storage.clone(), forked_key(lease.replica));
            self.waiting.push_back(boxed(async move {
                // Given back only once it is marked.
                let _ = storage.set_record(&key, vec![1]).await;
                drop(lease);
                Done::Nothing
            }));
        }
        if let Some(document) = self.documents.get_mut(id) {
            document.reissue = Some(from);
            document.retry_at = 0;
            self.write(id);
        }
    }

    fn give_new_numbers(&mut self, id: &Arc<str>, from: Dot) {
        let fresh = self.shared.fresh_replica();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.cell.reissue(from, fresh);
        document.unsaved.clear();
        document.stored = without(&document.stored, from);
        document.replace = true;
    }

    /// Remembers what the server has, for the next time the document is opened; not more than four times a second.
    pub(super) fn record(&mut self, id: &Arc<str>) {
        let (now, leaving) = (self.now(), self.farewell.is_some());
        let Some(document) = self.documents.get_mut(id) else { return };
        if document.recording || document.acknowledged.is_none() || !document.is_ready() {
            return;
        }
        if document.record_at > now && !leaving {
            self.due.insert((document.record_at, id.clone()), ());
            return;
        }
        let Some(version) = document.acknowledged.take() else { return };
        document.recording = true;
        document.record_at = now + RECORD_PAUSE;
        let (storage, id) = (self.storage.clone(), id.clone());
        self.waiting.push_back(boxed(async move {
            // A record that is missing costs a repeated message, not a change: it is not tried again.
            let _ = storage.set_record(&format!("{ACKNOWLEDGED}{id}"), encode_version(&version)).await;
            Done::Recorded { id }
        }));
    }
}

pub(super) fn pause_after(failures: &mut u32) -> u64 {
    let pause = (RETRY << (*failures).min(16)).min(RETRY_CAP);
    *failures = failures.saturating_add(1);
    pause
}

fn without(version: &VersionVector, from: Dot) -> VersionVector {
    let cut = |(replica, seq): (ReplicaId, u64)| match replica == from.replica {
        true => (replica, seq.min(from.seq - 1)),
        false => (replica, seq),
    };
    version.iter().map(cut).collect()
}

pub(super) fn forked_key(replica: ReplicaId) -> String {
    format!("{FORKED}{replica}")
}
