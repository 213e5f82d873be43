//! What the store is asked to do: one future for everything, as each kind of future is compiled by itself.

use std::sync::Arc;

use super::Driver;
use super::events::boxed;
use crate::platform::Platform;
use crate::storage::{Chunk, ChunkId, ReplicaLease, Storage, StorageError};
use crate::version::VersionVector;
use crate::wire::Update;

/// What is to be done, and then to be remembered.
pub(super) enum Task {
    /// Reads the chunks after one; `first` says that it is the document's first reading.
    Load { after: Option<ChunkId>, first: bool },
    /// Appends an update.
    Append(Update),
    /// Replaces the chunks in `read` by a snapshot of this version.
    Compact { read: Vec<ChunkId>, version: VersionVector },
    /// Records what the server has.
    Record,
    /// Reads what another tab has recorded.
    Acknowledged,
    /// Marks a replica id as used elsewhere too; it is given back only then.
    Mark(ReplicaLease),
}

/// Something for the store, in this order: a record to be set, what the task says, a record to be read.
pub(super) struct Work {
    pub(super) id: Arc<str>,
    pub(super) set: Option<(String, Vec<u8>)>,
    pub(super) task: Task,
    /// What is appended or replaces chunks.
    pub(super) bytes: Vec<u8>,
    /// The key of the record.
    pub(super) read: Option<String>,
}

impl Work {
    pub(super) fn new(id: &Arc<str>, task: Task) -> Self {
        Self { id: id.clone(), set: None, task, bytes: Vec::new(), read: None }
    }
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) chunks: Vec<Chunk>,
    pub(super) stored: Option<ChunkId>,
    pub(super) record: Option<Vec<u8>>,
}

/// What the store has finished.
pub(super) struct Done {
    pub(super) id: Arc<str>,
    pub(super) task: Task,
    /// Bytes that were stored.
    pub(super) size: usize,
    pub(super) result: Result<Outcome, StorageError>,
}

impl<P: Platform, S: Storage> Driver<P, S> {
    /// Has the store do something when its turn comes.
    pub(super) fn ask(&mut self, work: Work) {
        let storage = self.storage.clone();
        self.waiting.push_back(boxed(async move {
            let Work { id, set, task, bytes, read } = work;
            let size = bytes.len();
            if let Some((key, value)) = set {
                // A record that is missing costs a repeated message, not a change: it is not tried again.
                let _ = storage.set_record(&key, value).await;
            }
            let mut outcome = Outcome::default();
            let result = match &task {
                Task::Load { after, .. } => {
                    storage.load(&id, *after).await.map(|chunks| outcome.chunks = chunks)
                }
                Task::Append(_) => storage.append(&id, bytes).await.map(|id| outcome.stored = Some(id)),
                Task::Compact { read, .. } => {
                    storage.compact(&id, read, bytes).await.map(|id| outcome.stored = Some(id))
                }
                Task::Record | Task::Acknowledged | Task::Mark(_) => Ok(()),
            };
            let result = match (result, read) {
                (Ok(()), Some(key)) => storage.record(&key).await.map(|record| outcome.record = record),
                (result, _) => result,
            };
            Done { id, task, size, result: result.map(|()| outcome) }
        }));
    }
}
