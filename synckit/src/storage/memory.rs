//! A store that lasts as long as the program.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::{Chunk, ChunkId, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode};
use crate::platform::MaybeSend;
use crate::sorted::SortedSet;

/// Events that wait for a reader who does not come; beyond, the oldest is forgotten.
const MAX_EVENTS: usize = 1_024;

/// Documents in memory: for programs that keep nothing, and for tests.
///
/// Clones share what is stored and hear of each other's writes, like tabs of one browser. No replica id is leased:
/// every client writes under a fresh one.
///
/// ```
/// use synckit::storage::{MemoryStorage, Storage};
///
/// let storage = MemoryStorage::new("a test");
/// assert!(!storage.mode().is_persistent());
/// ```
pub struct MemoryStorage {
    content: Arc<Mutex<Content>>,
    /// Which of the clones this is.
    name: usize,
    reason: Arc<str>,
}

#[derive(Default)]
struct Content {
    chunks: BTreeMap<String, Vec<Chunk>>,
    records: BTreeMap<String, Vec<u8>>,
    last: u64,
    clones: usize,
    listeners: Vec<Arc<Mutex<Listener>>>,
}

struct Listener {
    /// Of which clone.
    name: usize,
    events: VecDeque<StorageEvent>,
    waker: Option<Waker>,
}

impl MemoryStorage {
    /// An empty store. `reason` says why nothing better could be had; it is shown to the user.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { content: Arc::default(), name: 0, reason: reason.into().into() }
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Deletes the chunks in `read` and appends.
    fn replace(&self, document: &str, read: &[ChunkId], update: Vec<u8>) -> ChunkId {
        let mut content = self.lock();
        content.last += 1;
        let id = ChunkId(content.last);
        let chunks = content.chunks.entry(document.to_owned()).or_default();
        let mut deleted = SortedSet::default();
        for id in read {
            deleted.insert(*id, ());
        }
        chunks.retain(|chunk| !deleted.contains(&chunk.id));
        chunks.push(Chunk { id, update });
        self.tell(content, &StorageEvent::Appended { document: document.to_owned() });
        id
    }

    /// Tells the other clones.
    fn tell(&self, content: MutexGuard<'_, Content>, event: &StorageEvent) {
        let mut wakers = Vec::new();
        for listener in &content.listeners {
            let mut listener = listener.lock().unwrap_or_else(PoisonError::into_inner);
            if listener.name == self.name || listener.events.contains(event) {
                continue;
            }
            if listener.events.len() >= MAX_EVENTS {
                listener.events.pop_front();
            }
            listener.events.push_back(event.clone());
            wakers.extend(listener.waker.take());
        }
        drop(content);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Clone for MemoryStorage {
    fn clone(&self) -> Self {
        let mut content = self.lock();
        content.clones += 1;
        Self { content: self.content.clone(), name: content.clones, reason: self.reason.clone() }
    }
}

impl Default for MemoryStorage {
    fn default() -> Self {
        Self::new("no other storage was chosen")
    }
}

impl fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStorage").field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl Storage for MemoryStorage {
    async fn load(&self, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
        let content = self.lock();
        let chunks = content.chunks.get(document).map(Vec::as_slice).unwrap_or_default();
        Ok(chunks.iter().filter(|chunk| after.is_none_or(|after| chunk.id > after)).cloned().collect())
    }

    async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        Ok(self.replace(document, &[], update))
    }

    async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> Result<ChunkId, StorageError> {
        Ok(self.replace(document, read, snapshot))
    }

    async fn delete(&self, document: &str) -> Result<(), StorageError> {
        self.lock().chunks.remove(document);
        Ok(())
    }

    async fn documents(&self) -> Result<Vec<String>, StorageError> {
        Ok(self.lock().chunks.keys().cloned().collect())
    }

    async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.lock().records.get(key).cloned())
    }

    async fn set_record(&self, key: &str, value: Vec<u8>) -> Result<(), StorageError> {
        let mut content = self.lock();
        content.records.insert(key.to_owned(), value);
        self.tell(content, &StorageEvent::Recorded { key: key.to_owned() });
        Ok(())
    }

    async fn lease(&self) -> Option<ReplicaLease> {
        None
    }

    fn mode(&self) -> StorageMode {
        StorageMode::Memory { reason: self.reason.to_string() }
    }

    fn events(&self) -> impl Stream<Item = StorageEvent> + MaybeSend + Unpin + 'static {
        let listener = Listener { name: self.name, events: VecDeque::new(), waker: None };
        let listener = Arc::new(Mutex::new(listener));
        let mut content = self.lock();
        // Whoever is held by nobody but this list does not listen any more.
        content.listeners.retain(|listener| Arc::strong_count(listener) > 1);
        content.listeners.push(listener.clone());
        Events(listener)
    }
}

struct Events(Arc<Mutex<Listener>>);

impl Stream for Events {
    type Item = StorageEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<StorageEvent>> {
        let mut listener = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let event = listener.events.pop_front();
        if event.is_none() {
            listener.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(event)
    }
}
