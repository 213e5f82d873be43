//! The store of a page: one of the backends, with its tabs and leases.

use std::cell::RefCell;
use std::rc::Rc;

use futures_core::Stream;
use synckit::storage::{Chunk, ChunkId, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode};
use wasm_bindgen::JsValue;

use crate::backend::{self, Backend, Operation};
use crate::builder::WebStorageBuilder;
use crate::lease;
use crate::page::Callback;
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
    pub(crate) backend: Backend,
    /// What the backend calls when it was found empty.
    pub(crate) _emptied: Callback,
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
    pub(crate) fn ask(&self, operation: Operation) -> Slot<Result<JsValue, StorageError>> {
        let inner = self.inner.clone();
        detached(async move {
            operation.check()?;
            let answer = operation.perform(&inner.backend).await?;
            if let Some(tabs) = &inner.tabs {
                tabs.tell(&operation);
            }
            Ok(answer)
        })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.backend.closed();
    }
}

impl Storage for WebStorage {
    async fn load(&self, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
        let number = after.map_or(0, |after| after.0);
        let chunks = self.ask(Operation { number, ..Operation::new("load", document) }).await?;
        backend::chunks(&chunks)
    }

    async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        let id = self.ask(Operation { bytes: update, ..Operation::new("append", document) }).await?;
        backend::id(&id)
    }

    async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> Result<ChunkId, StorageError> {
        let ids = read.iter().map(|id| id.0 as f64).collect();
        let id = self.ask(Operation { bytes: snapshot, ids, ..Operation::new("compact", document) }).await?;
        backend::id(&id)
    }

    async fn delete(&self, document: &str) -> Result<(), StorageError> {
        self.ask(Operation::new("delete", document)).await.map(drop)
    }

    async fn documents(&self) -> Result<Vec<String>, StorageError> {
        Ok(backend::names(&self.ask(Operation::new("documents", "")).await?))
    }

    async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        backend::record(&self.ask(Operation::new("record", key)).await?)
    }

    async fn set_record(&self, key: &str, value: Vec<u8>) -> Result<(), StorageError> {
        self.ask(Operation { bytes: value, ..Operation::new("set_record", key) }).await.map(drop)
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
