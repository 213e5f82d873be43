//! Appending: what waits for the lock at the same time is written together.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use synckit::storage::{ChunkId, StorageError};

use super::Directory;
use super::files::Folder;
use super::log::open;
use super::segments::Segments;
use crate::queue::Slot;

/// Bytes from which a batch is written before more is added to it.
const BATCH_BYTES: usize = 4 << 20;

/// Appends that wait to be written.
#[derive(Default)]
pub(super) struct Appends {
    queue: RefCell<VecDeque<Append>>,
    /// Whether somebody is on the way to write them.
    taken_care_of: Cell<bool>,
}

struct Append {
    document: String,
    update: Vec<u8>,
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
    /// Appends an update.
    pub(crate) async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        let result = Slot::new();
        let append = Append { document: document.to_owned(), update, result: result.clone() };
        self.appends.queue.borrow_mut().push_back(append);
        if !self.appends.taken_care_of.replace(true) {
            self.write_appends().await;
        }
        result.await
    }

    /// Writes all that waits.
    async fn write_appends(&self) {
        let appends = &self.appends;
        let written = self
            .run(true, |folders| async move {
                loop {
                    let batch = appends.next_batch();
                    if batch.is_empty() {
                        // Under the same turn of the event loop: whoever comes now begins anew.
                        appends.taken_care_of.set(false);
                        return Ok(());
                    }
                    match self.write_batch(&folders.documents, &batch).await {
                        Err(StorageError::Closed(reason)) => {
                            appends.put_back(batch);
                            return Err(StorageError::Closed(reason));
                        }
                        Err(error) => batch.iter().for_each(|append| append.result.set(Err(error.clone()))),
                        Ok(first) => {
                            (first..).zip(&batch).for_each(|(id, append)| append.result.set(Ok(ChunkId(id))))
                        }
                    }
                }
            })
            .await;
        if let Err(error) = written {
            appends.taken_care_of.set(false);
            for append in appends.queue.take() {
                append.result.set(Err(error.clone()));
            }
        }
    }

    /// Writes appends of one document. Answers the id of the first.
    async fn write_batch(&self, documents: &Folder, batch: &[Append]) -> Result<u64, StorageError> {
        let Some(first) = batch.first() else { return Ok(0) };
        let segments = Segments::of(open(documents, &first.document).await?).await?;
        let tail = segments.tail(self.tail(&first.document)).await?;
        let updates: Vec<&[u8]> = batch.iter().map(|append| append.update.as_slice()).collect();
        let end = segments.append(tail, &updates).await?;
        self.remember(&first.document, end);
        Ok(tail.last + 1)
    }
}
