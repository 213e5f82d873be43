//! What is read from the store and written to it.

use std::sync::Arc;

use super::Driver;
use super::events::boxed;
use crate::client::status::LoadState;
use crate::document::Origin;
use crate::platform::Platform;
use crate::storage::{Chunk, ChunkId, Storage, StorageError, StorageEvent};
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::{Change, Update, decode_version, encode_version};

/// Milliseconds between two records of what the server has: being late costs a repeated message, not a change.
const RECORD_PAUSE: u64 = 250;
/// Milliseconds to wait after the first failure of the store; twice as long after every further one, up to the cap.
const RETRY: u64 = 250;
const RETRY_CAP: u64 = 30_000;

/// The record that holds what the server has of a document.
const ACKNOWLEDGED: &str = "acknowledged/";
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
    /// A replica id that was once found to be used by somebody else is not used again.
    pub(super) async fn check_lease(&mut self) {
        if let Some(lease) = &self.lease
            && !matches!(self.storage.record(&forked_key(lease.replica)).await, Ok(None))
        {
            self.lease = None;
        }
    }

    pub(super) fn load(&mut self, id: &Arc<str>) {
        let Some(document) = self.documents.get_mut(id) else { return };
        document.reading = true;
        let (storage, id) = (self.storage.clone(), id.clone());
        self.waiting.push_back(boxed(async move {
            let chunks = storage.load(&id, None).await;
            let result = match chunks {
                Ok(chunks) => {
                    storage.record(&format!("{ACKNOWLEDGED}{id}")).await.map(|record| (chunks, record))
                }
                Err(error) => Err(error),
            };
            Done::Loaded { id, result }
        }));
    }

    /// Tries again to load what could not be loaded.
    pub(super) fn load_again(&mut self, id: &Arc<str>) {
        let now = self.now();
        let failed = |document: &super::Document| {
            matches!(document.load, LoadState::Failed { .. })
                && document.loadable
                && !document.reading
                && document.retry_at <= now
        };
        if self.documents.get(id).is_some_and(failed) {
            self.load(id);
        }
    }

    pub(super) fn stored_elsewhere(&mut self, event: StorageEvent) {
        match event {
            StorageEvent::Appended { document } => self.read_new(&document),
            StorageEvent::Recorded { key } => {
                let Some(id) = key.strip_prefix(ACKNOWLEDGED) else { return };
                let Some((id, _)) = self.documents.get_key_value(id) else { return };
                let (storage, id) = (self.storage.clone(), id.clone());
                self.waiting.push_back(boxed(async move {
                    let record = storage.record(&key).await.ok().flatten();
                    match record.and_then(|record| decode_version(&record).ok()) {
                        Some(version) => Done::Acknowledged { id, version },
                        None => Done::Nothing,
                    }
                }));
            }
            StorageEvent::Emptied => self.store_everything(),
            // The mode is read when the status is published.
            StorageEvent::ModeChanged => {}
        }
    }

    /// Reads what others have written since the last time.
    fn read_new(&mut self, id: &str) {
        let Some((id, _)) = self.documents.get_key_value(id) else { return };
        let id = id.clone();
        let Some(document) = self.documents.get_mut(&id) else { return };
        if document.reading || !document.is_ready() {
            document.read_again = true;
            return;
        }
        document.reading = true;
        let (storage, after) = (self.storage.clone(), document.read_to);
        self.waiting.push_back(boxed(async move {
            let result = storage.load(&id, after).await;
            Done::Found { id, result }
        }));
    }

    /// The store was emptied under this client: what is open is stored again as a whole.
    fn store_everything(&mut self) {
        let ready = self.documents.iter_mut().filter(|(_, document)| document.is_ready());
        let ids: Vec<_> = ready
            .map(|(id, document)| {
                document.stored = VersionVector::new();
                document.chunks.clear();
                document.read_to = None;
                document.snapshot = 0;
                document.unsaved = document.cell.read(|state| state.since(&VersionVector::new())).changes;
                document.acknowledged = Some(self.session.confirmed(id));
                id.clone()
            })
            .collect();
        for id in ids {
            self.write(&id);
            self.record(&id);
            self.stale.insert(id);
        }
    }

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
                self.stale.insert(id);
            }
            Done::Nothing => {}
        }
    }

    fn loaded(&mut self, id: &Arc<str>, result: Result<(Vec<Chunk>, Option<Vec<u8>>), StorageError>) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.reading = false;
        self.stale.insert(id.clone());
        let again = document.load != LoadState::Loading;
        let result = result.and_then(|(chunks, record)| Ok((take_in(document, &chunks)?, record)));
        let acknowledged = match result {
            Ok((_, record)) => {
                document.load = LoadState::Ready;
                document.failures = 0;
                self.errors.remove(id);
                record.and_then(|record| decode_version(&record).ok()).unwrap_or_default()
            }
            Err(error) => {
                document.loadable = !matches!(error, StorageError::Corrupt(_) | StorageError::Limit(_));
                document.load = LoadState::Failed { reason: error.to_string() };
                let pause = pause_after(&mut document.failures);
                document.retry_at = now + pause;
                self.due.insert((document.retry_at, id.clone()));
                self.errors.insert(id.clone(), error.to_string());
                VersionVector::new()
            }
        };
        if let Some(lease) = self.lease.as_ref().filter(|_| document.is_ready() && !again) {
            document.cell.set_replica(lease.replica);
        }
        let lacking = document.cell.read(|state| state.since(&document.stored)).changes;
        if again {
            if document.is_ready() {
                // What was written while the store could not be read.
                document.unsaved = lacking;
                let found = document.cell.read(|state| state.since(&VersionVector::new())).changes;
                self.session.found(now, id, &found);
            }
        } else if !document.cell.local_only() {
            let own = document.cell.replica();
            let stored = document.stored.clone();
            document.cell.with_state(|state| state.acknowledge(&acknowledged));
            self.session.open(now, id.clone(), stored, acknowledged, own);
            self.session.written(id, &lacking);
            if let Some(state) = self.presence.get(id) {
                self.session.set_presence(id, state.clone());
            }
        }
        self.write(id);
        let again =
            self.documents.get_mut(id).is_some_and(|document| std::mem::take(&mut document.read_again));
        if again {
            self.read_new(id);
        }
    }

    fn found(&mut self, id: &Arc<str>, result: Result<Vec<Chunk>, StorageError>) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.reading = false;
        match result.and_then(|chunks| take_in(document, &chunks)) {
            Ok(changes) => self.session.found(now, id, &changes),
            Err(error) => drop(self.errors.insert(id.clone(), error.to_string())),
        }
        self.stale.insert(id.clone());
        if std::mem::take(&mut document.read_again) {
            self.read_new(id);
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
        let update = document.take_unsaved();
        if update.is_empty() {
            if document.wants_snapshot() {
                self.compact(id);
            }
            return;
        }
        document.writing = true;
        let (storage, id, bytes) = (self.storage.clone(), id.clone(), update.encode());
        self.waiting.push_back(boxed(async move {
            let size = bytes.len();
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
        self.stale.insert(id.clone());
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
                self.due.insert((document.retry_at, id.clone()));
                self.errors.insert(id.clone(), error.to_string());
            }
        }
        self.write(id);
    }

    /// Replaces the chunks whose content is in the document by a snapshot.
    fn compact(&mut self, id: &Arc<str>) {
        let Some(document) = self.documents.get_mut(id) else { return };
        document.writing = true;
        let (snapshot, version) =
            document.cell.read(|state| (state.since(&VersionVector::new()), state.version().clone()));
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
        self.stale.insert(id.clone());
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
                self.due.insert((document.retry_at, id.clone()));
                self.errors.insert(id.clone(), error.to_string());
            }
        }
        if replaced {
            let own = document.cell.replica();
            self.session.reissued(now, id, own, version);
        }
        self.write(id);
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
            self.due.insert((document.record_at, id.clone()));
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

/// Applies chunks to the document; all of them or none. Returns the changes that were new.
fn take_in(document: &mut super::Document, chunks: &[Chunk]) -> Result<Vec<Change>, StorageError> {
    let unreadable = |error: &dyn std::fmt::Display| StorageError::Corrupt(error.to_string());
    let mut all = Update::default();
    for chunk in chunks.iter().filter(|chunk| !document.chunks.contains_key(&chunk.id)) {
        all.changes.extend(Update::decode(&chunk.update).map_err(|error| unreadable(&error))?.changes);
    }
    let applied = document.cell.apply(&all, Origin::Load).map_err(|error| unreadable(&error))?;
    document.note_stored(&all.changes);
    for chunk in chunks {
        document.chunks.insert(chunk.id, chunk.update.len());
        document.read_to = document.read_to.max(Some(chunk.id));
    }
    Ok(applied.changes)
}

fn pause_after(failures: &mut u32) -> u64 {
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

fn forked_key(replica: ReplicaId) -> String {
    format!("{FORKED}{replica}")
}
