//! What is written to the store.

use std::sync::Arc;

use super::Driver;
use super::work::{Done, Outcome, Task, Work};
use crate::client::status::LoadState;
use crate::platform::Platform;
use crate::storage::{ChunkId, Storage, StorageError};
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::{Update, decode_version, encode_version};

/// Milliseconds between two records of what the server has: being late costs a repeated message, not a change.
const RECORD_PAUSE: u64 = 250;
/// Milliseconds to wait after the first failure of the store; twice as long after every further one, up to the cap.
const RETRY: u64 = 250;
const RETRY_CAP: u64 = 30_000;

/// The record that holds what the server has of a document.
pub(super) const ACKNOWLEDGED: &str = "acknowledged/";
/// The record that says that a replica id is used elsewhere too.
const FORKED: &str = "forked/";

impl<P: Platform, S: Storage> Driver<P, S> {
    pub(super) fn done(&mut self, done: Done) {
        let Done { id, task, size, result } = done;
        match task {
            Task::Load { first: true, .. } => self.loaded(&id, result),
            Task::Load { first: false, .. } => self.found(&id, result),
            Task::Append(update) => self.appended(&id, update, size, result),
            Task::Compact { read, version } => self.compacted(&id, &read, size, version, result),
            Task::Record => {
                if let Some(document) = self.documents.get_mut(&id) {
                    document.recording = false;
                    self.record(&id);
                }
            }
            Task::Acknowledged => {
                let record = result.ok().and_then(|outcome| outcome.record);
                if let Some(version) = record.and_then(|record| decode_version(&record).ok()) {
                    self.session.acknowledged(&id, &version);
                    self.stale.insert(id, ());
                }
            }
            Task::Mark(lease) => drop(lease),
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
        let (update, stored) = document.take_unsaved();
        if !stored.is_empty() {
            self.session.stored(id, stored);
        }
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
        let set = acknowledged.map(|version| acknowledged_record(id, &version));
        let bytes = update.encode();
        self.ask(Work { set, bytes, ..Work::new(id, Task::Append(update)) });
    }

    fn appended(
        &mut self,
        id: &Arc<str>,
        update: Update,
        size: usize,
        result: Result<Outcome, StorageError>,
    ) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.writing = false;
        self.stale.insert(id.clone(), ());
        match result {
            Ok(outcome) => {
                document.failures = 0;
                outcome.stored.map(|chunk| document.chunks.insert(chunk, size));
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
        #[cfg(feature = "compression")]
        let bytes = snapshot.compress();
        #[cfg(not(feature = "compression"))]
        let bytes = snapshot.encode();
        self.ask(Work { bytes, ..Work::new(id, Task::Compact { read, version }) });
    }

    fn compacted(
        &mut self,
        id: &Arc<str>,
        read: &[ChunkId],
        size: usize,
        version: VersionVector,
        result: Result<Outcome, StorageError>,
    ) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.writing = false;
        self.stale.insert(id.clone(), ());
        let replaced = document.replace;
        match result {
            Ok(outcome) => {
                document.failures = 0;
                document.replace = false;
                document.chunks.retain(|chunk, _| !read.contains(chunk));
                outcome.stored.map(|chunk| document.chunks.insert(chunk, size));
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
            let set = Some((forked_key(lease.replica), vec![1]));
            self.ask(Work { set, ..Work::new(id, Task::Mark(lease)) });
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
        let set = Some(acknowledged_record(id, &version));
        self.ask(Work { set, ..Work::new(id, Task::Record) });
    }
}

fn acknowledged_record(id: &str, version: &VersionVector) -> (String, Vec<u8>) {
    (format!("{ACKNOWLEDGED}{id}"), encode_version(version))
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
