//! What is read from the store.

use std::sync::Arc;

use super::Driver;
use super::document::Document;
use super::store::{ACKNOWLEDGED, forked_key, pause_after};
use super::work::{Outcome, Task, Work};
use crate::client::status::LoadState;
use crate::document::Origin;
use crate::platform::Platform;
use crate::storage::{Chunk, Storage, StorageError, StorageEvent};
use crate::version::VersionVector;
use crate::wire::{Change, Snapshot, Update, decode_version};

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
        let read = Some(format!("{ACKNOWLEDGED}{id}"));
        self.ask(Work { read, ..Work::new(id, Task::Load { after: None, first: true }) });
    }

    /// Tries again to load what could not be loaded.
    pub(super) fn load_again(&mut self, id: &Arc<str>) {
        let now = self.now();
        let Some(document) = self.documents.get(id) else { return };
        if matches!(document.load, LoadState::Failed { .. })
            && document.loadable
            && !document.reading
            && document.retry_at <= now
        {
            self.load(id);
        }
    }

    pub(super) fn stored_elsewhere(&mut self, event: StorageEvent) {
        match event {
            StorageEvent::Appended { document } => self.read_new(&document),
            StorageEvent::Recorded { key } => {
                let Some(id) = key.strip_prefix(ACKNOWLEDGED) else { return };
                let Some(id) = self.documents.key(id) else { return };
                let work = Work::new(id, Task::Acknowledged);
                self.ask(Work { read: Some(key), ..work });
            }
            StorageEvent::Emptied => self.store_everything(),
            // The mode is read when the status is published.
            StorageEvent::ModeChanged => {}
        }
    }

    /// Reads what others have written since the last time.
    fn read_new(&mut self, id: &str) {
        let Some(id) = self.documents.key(id) else { return };
        let id = id.clone();
        let Some(document) = self.documents.get_mut(&id) else { return };
        if document.reading || !document.is_ready() {
            document.read_again = true;
            return;
        }
        document.reading = true;
        let after = document.read_to;
        self.ask(Work::new(&id, Task::Load { after, first: false }));
    }

    /// The store was emptied under this client: what is open is stored again as a whole.
    fn store_everything(&mut self) {
        let ready = self.documents.iter_mut().filter(|(_, document)| document.is_ready());
        let ids: Vec<_> = ready
            .map(|(id, document)| {
                // What is being written now may get into the new store, without what came before it.
                document.emptied = document.writing;
                id.clone()
            })
            .collect();
        ids.iter().for_each(|id| self.store_again(id));
    }

    /// Stores a document as a whole.
    pub(super) fn store_again(&mut self, id: &Arc<str>) {
        let Some(document) = self.documents.get_mut(id) else { return };
        document.stored = VersionVector::new();
        document.chunks.clear();
        document.read_to = None;
        document.snapshot = 0;
        document.unsaved = document.cell.read(|state| state.since(&VersionVector::new())).changes;
        document.acknowledged = Some(self.session.confirmed(id));
        self.write(id);
        self.record(id);
        self.stale.insert(id.clone(), ());
    }

    pub(super) fn loaded(&mut self, id: &Arc<str>, result: Result<Outcome, StorageError>) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.reading = false;
        self.stale.insert(id.clone(), ());
        let again = document.load != LoadState::Loading;
        let result = result.and_then(|outcome| take_in(document, &outcome.chunks).map(|_| outcome.record));
        let acknowledged = match result {
            Ok(record) => {
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
                self.due.insert((document.retry_at, id.clone()), ());
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

    pub(super) fn found(&mut self, id: &Arc<str>, result: Result<Outcome, StorageError>) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        document.reading = false;
        match result.and_then(|outcome| take_in(document, &outcome.chunks)) {
            Ok(changes) => self.session.found(now, id, &changes),
            Err(error) => drop(self.errors.insert(id.clone(), error.to_string())),
        }
        self.stale.insert(id.clone(), ());
        if std::mem::take(&mut document.read_again) {
            self.read_new(id);
        }
    }
}

/// Applies chunks to the document; all of them or none. Returns the changes that were new.
fn take_in(document: &mut Document, chunks: &[Chunk]) -> Result<Vec<Change>, StorageError> {
    let unreadable = |error: &dyn std::fmt::Display| StorageError::Corrupt(error.to_string());
    let mut snapshots = Vec::new();
    let mut rest = Update::default();
    for chunk in chunks.iter().filter(|chunk| !document.chunks.contains(&chunk.id)) {
        let snapshot = Snapshot::decode(&chunk.update).map_err(|error| unreadable(&error))?;
        match snapshot.is_update() {
            true => rest.changes.extend(snapshot.update.changes),
            false => snapshots.push(snapshot),
        }
    }
    // Those with texts first: into an empty document they are loaded without being merged.
    let mut changes = Vec::new();
    snapshots.push(Snapshot { update: rest, ..Snapshot::default() });
    for snapshot in snapshots {
        let applied = document.cell.restore(&snapshot, Origin::Load).map_err(|error| unreadable(&error))?;
        document.note_stored(&snapshot.update.changes);
        let loaded = !snapshot.texts.is_empty() && applied.changes.is_empty();
        changes.extend(applied.changes);
        if loaded && document.is_ready() {
            // Another tab's snapshot into a document that was empty here: all of it is news.
            changes.extend(document.cell.read(|state| state.since(&VersionVector::new())).changes);
        }
    }
    for chunk in chunks {
        document.chunks.insert(chunk.id, chunk.update.len());
        // The largest one is the snapshot that was written last, or as good as one: it is not written again for its size.
        document.snapshot = document.snapshot.max(chunk.update.len());
        document.read_to = document.read_to.max(Some(chunk.id));
    }
    Ok(changes)
}
