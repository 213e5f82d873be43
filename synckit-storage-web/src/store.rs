//! The store of a page: one of the backends, with its tabs and leases.

use std::cell::RefCell;
use std::rc::Rc;

use futures_core::Stream;
use synckit::storage::{Chunk, ChunkId, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode};

use crate::builder::WebStorageBuilder;
use crate::lease;
use crate::operation::{Answer, Log, Operation};
use crate::queue::Slot;
use crate::tabs::{Events, Tabs};
use crate::task::detached;

/// The store of a page, shared by all tabs of one origin that open it under the same name.
///
/// Cloning gives another handle to the same store. Operations whose future is dropped are finished all the same.
///
/// ```no_run
/// use synckit::storage::{Storage, StorageMode};
/// use synckit_storage_web::WebStorage;
///
/// # async fn open() {
/// let storage = WebStorage::open("todo").await;
/// if let StorageMode::Memory { reason } = storage.mode() {
///     // Say so: nothing survives the end of the page.
///     # let _ = reason;
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct WebStorage {
    pub(crate) inner: Rc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) log: Box<dyn Log>,
    pub(crate) mode: RefCell<StorageMode>,
    pub(crate) events: Rc<Events>,
    pub(crate) tabs: Option<Tabs>,
}

impl WebStorage {
    /// Opens the store of this name with the backend that suits this browser best.
    ///
    /// Never fails: when nothing persistent can be had, [`mode`](Storage::mode) is
    /// [`StorageMode::Memory`] with the reason. [`builder`](Self::builder) offers choices.
    pub async fn open(name: &str) -> Self {
        Self::builder(name).open().await
    }

    /// Choices before opening the store of this name (1 to 64 bytes).
    pub fn builder(name: &str) -> WebStorageBuilder {
        WebStorageBuilder::new(name)
    }

    /// Does it within the limits, to the end, and tells the other tabs.
    pub(crate) fn ask(&self, operation: Operation) -> Slot<Result<Answer, StorageError>> {
        let inner = self.inner.clone();
        detached(async move {
            operation.check()?;
            let answer = inner.log.perform(&operation).await?;
            if let Some(tabs) = &inner.tabs {
                tabs.tell(&operation);
            }
            Ok(answer)
        })
    }
}

/// No backend answers anything else than it was asked.
fn mismatch<T>() -> Result<T, StorageError> {
    Err(StorageError::Corrupt("another answer than was asked for".into()))
}

impl Storage for WebStorage {
    async fn load(&self, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
        match self.ask(Operation::Load { document: document.to_owned(), after }).await? {
            Answer::Chunks(chunks) => Ok(chunks),
            _ => mismatch(),
        }
    }

    async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        match self.ask(Operation::Append { document: document.to_owned(), update }).await? {
            Answer::Id(id) => Ok(id),
            _ => mismatch(),
        }
    }

    async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> Result<ChunkId, StorageError> {
        let (document, read) = (document.to_owned(), read.to_vec());
        match self.ask(Operation::Compact { document, read, snapshot }).await? {
            Answer::Id(id) => Ok(id),
            _ => mismatch(),
        }
    }

    async fn delete(&self, document: &str) -> Result<(), StorageError> {
        self.ask(Operation::Delete { document: document.to_owned() }).await.map(drop)
    }

    async fn documents(&self) -> Result<Vec<String>, StorageError> {
        match self.ask(Operation::Documents).await? {
            Answer::Names(documents) => Ok(documents),
            _ => mismatch(),
        }
    }

    async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        match self.ask(Operation::Record { key: key.to_owned() }).await? {
            Answer::Value(value) => Ok(value),
            _ => mismatch(),
        }
    }

    async fn set_record(&self, key: &str, value: Vec<u8>) -> Result<(), StorageError> {
        self.ask(Operation::SetRecord { key: key.to_owned(), value }).await.map(drop)
    }

    /// By Web Locks. `None` in memory mode, in an insecure context, and when 64 other tabs hold a lease.
    async fn lease(&self) -> Option<ReplicaLease> {
        lease::lease(self).await
    }

    fn mode(&self) -> StorageMode {
        self.inner.mode.borrow().clone()
    }

    fn events(&self) -> impl Stream<Item = StorageEvent> + Unpin + 'static {
        self.inner.events.subscribe()
    }
}
