//! A store that lasts as long as the program.

use std::collections::BTreeMap;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Chunk, ChunkId, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode};
use crate::platform::MaybeSend;

/// Keeps everything in memory and says so: its mode is [`StorageMode::Memory`]. Clones share one store.
#[derive(Debug, Clone, Default)]
pub struct MemoryStorage {
    reason: Arc<str>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    last_id: u64,
    documents: BTreeMap<String, Vec<Chunk>>,
    records: BTreeMap<String, Vec<u8>>,
}

impl MemoryStorage {
    /// An empty store; `reason` tells the user why nothing better is used.
    pub fn new(reason: &str) -> Self {
        Self { reason: reason.into(), inner: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn append(&mut self, document: &str, update: Vec<u8>) -> ChunkId {
        self.last_id += 1;
        let id = ChunkId(self.last_id);
        self.documents.entry(document.to_owned()).or_default().push(Chunk { id, update });
        id
    }
}

impl Storage for MemoryStorage {
    fn load(
        &self,
        document: &str,
        after: Option<ChunkId>,
    ) -> impl Future<Output = Result<Vec<Chunk>, StorageError>> + MaybeSend {
        let inner = self.lock();
        let chunks = inner.documents.get(document).into_iter().flatten();
        ready(Ok(chunks.filter(|chunk| after.is_none_or(|after| chunk.id > after)).cloned().collect()))
    }

    fn append(
        &self,
        document: &str,
        update: Vec<u8>,
    ) -> impl Future<Output = Result<ChunkId, StorageError>> + MaybeSend {
        ready(Ok(self.lock().append(document, update)))
    }

    fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> impl Future<Output = Result<ChunkId, StorageError>> + MaybeSend {
        let mut inner = self.lock();
        if let Some(chunks) = inner.documents.get_mut(document) {
            chunks.retain(|chunk| !read.contains(&chunk.id));
        }
        ready(Ok(inner.append(document, snapshot)))
    }

    fn delete(&self, document: &str) -> impl Future<Output = Result<(), StorageError>> + MaybeSend {
        self.lock().documents.remove(document);
        ready(Ok(()))
    }

    fn documents(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + MaybeSend {
        ready(Ok(self.lock().documents.keys().cloned().collect()))
    }

    fn record(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, StorageError>> + MaybeSend {
        ready(Ok(self.lock().records.get(key).cloned()))
    }

    fn set_record(
        &self,
        key: &str,
        value: Vec<u8>,
    ) -> impl Future<Output = Result<(), StorageError>> + MaybeSend {
        self.lock().records.insert(key.to_owned(), value);
        ready(Ok(()))
    }

    fn lease(&self) -> impl Future<Output = Option<ReplicaLease>> + MaybeSend {
        // Nothing is remembered from one session to the next, so there is no id to use again.
        ready(None)
    }

    fn mode(&self) -> StorageMode {
        StorageMode::Memory { reason: self.reason.to_string() }
    }

    fn events(&self) -> impl Stream<Item = StorageEvent> + MaybeSend + Unpin + 'static {
        Silence
    }
}

/// Nobody else uses this store.
struct Silence;

impl Stream for Silence {
    type Item = StorageEvent;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<StorageEvent>> {
        Poll::Pending
    }
}
