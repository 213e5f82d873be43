//! Appending: what waits for the lock at the same time is written together.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use synckit::storage::{ChunkId, StorageError};

use super::files::Folder;
use super::log::{self, Step};
use super::{DOCUMENTS, Directory, path};
use crate::operation::{Answer, Operation};
use crate::queue::Slot;

/// Most documents whose end of the log is remembered.
const MAX_TAILS: usize = 256;
/// Bytes from which a batch is written before more is added to it.
const BATCH_BYTES: usize = 4 << 20;

/// Appends that wait to be written.
#[derive(Default)]
pub(super) struct Appends {
    queue: RefCell<VecDeque<Append>>,
    /// Whether somebody is on the way to write them.
    taken_care_of: Cell<bool>,
}

pub(super) struct Append {
    document: String,
    pub(super) update: Vec<u8>,
    result: Slot<Result<ChunkId, StorageError>>,
}

impl Appends {
    /// The first that wait, all of one document. Empty when none waits.
    fn next_batch(&self) -> Vec<Append> {
        let mut queue = self.queue.borrow_mut();
        let mut batch: Vec<Append> = Vec::new();
        let mut bytes = 0;
        while let Some(next) = queue.front() {
            let same = batch.first().is_none_or(|first| first.document == next.document);
            if !same || bytes >= BATCH_BYTES {
                break;
            }
            bytes += next.update.len();
            batch.extend(queue.pop_front());
        }
        batch
    }

    fn put_back(&self, batch: Vec<Append>) {
        let mut queue = self.queue.borrow_mut();
        for append in batch.into_iter().rev() {
            queue.push_front(append);
        }
    }
}

impl Directory {
    /// Appends an update, which is what `operation` says.
    pub(super) async fn append(
        &self,
        operation: &Operation,
        document: &str,
        update: &[u8],
    ) -> Result<Answer, StorageError> {
        let result = Slot::new();
        let append =
            Append { document: document.to_owned(), update: update.to_vec(), result: result.clone() };
        self.appends.queue.borrow_mut().push_back(append);
        if !self.appends.taken_care_of.replace(true)
            && let Err(error) = self.run(operation).await
        {
            self.appends.taken_care_of.set(false);
            for append in self.appends.queue.take() {
                append.result.set(Err(error.clone()));
            }
        }
        result.await.map(Answer::Id)
    }

    /// Writes all that waits, under the lock.
    pub(super) async fn write_appends(&self, store: &Folder) -> Result<Answer, StorageError> {
        loop {
            let batch = self.appends.next_batch();
            if batch.is_empty() {
                // In the same turn of the event loop: whoever comes now begins anew.
                self.appends.taken_care_of.set(false);
                return Ok(Answer::Nothing);
            }
            match self.write_batch(store, &batch).await {
                Err(StorageError::Closed(reason)) => {
                    self.appends.put_back(batch);
                    return Err(StorageError::Closed(reason));
                }
                Err(error) => batch.iter().for_each(|append| append.result.set(Err(error.clone()))),
                Ok(first) => {
                    (first..).zip(&batch).for_each(|(id, append)| append.result.set(Ok(ChunkId(id))));
                }
            }
        }
    }

    /// Writes appends of one document. Answers the id of the first.
    async fn write_batch(&self, store: &Folder, batch: &[Append]) -> Result<u64, StorageError> {
        let Some(Append { document, .. }) = batch.first() else { return Ok(0) };
        let Some(folder) = store.walk(&path(DOCUMENTS, document), true).await? else { return Ok(0) };
        let known = self.tails.borrow().get(document).copied();
        let (Answer::Id(first), end) = log::perform(&folder, Step::Append(batch), known).await? else {
            return Ok(0);
        };
        let mut tails = self.tails.borrow_mut();
        if tails.len() >= MAX_TAILS {
            tails.clear();
        }
        tails.insert(document.clone(), end);
        Ok(first.0)
    }
}
