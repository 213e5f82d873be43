//! The store of a page: one of the backends, with its tabs and leases.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use futures_core::Stream;
use synckit::storage::{Chunk, ChunkId, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode};
use wasm_bindgen::JsValue;

use crate::backend::{self, Backend, settle};
use crate::builder::WebStorageBuilder;
use crate::page::Callback;
use crate::tabs::Events;
use crate::{lease, limits};

/// What comes of an operation.
type Answer = Pin<Box<dyn Future<Output = Result<JsValue, StorageError>>>>;

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
    pub(crate) backend: Backend,
    /// What the backend calls when something happens to the store.
    pub(crate) _heard: Callback,
    pub(crate) mode: Rc<RefCell<StorageMode>>,
    pub(crate) events: Rc<Events>,
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

    /// Does it, to the end, and tells the other tabs. Boxed: what waits for the answer is compiled once.
    fn ask(&self, name: &str, key: &str, number: u64, bytes: &[u8], ids: &[f64]) -> Answer {
        Box::pin(settle(self.inner.backend.perform(name, key, number as f64, bytes, ids)))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.backend.close();
    }
}

impl Storage for WebStorage {
    async fn load(&self, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
        limits::document(document)?;
        let after = after.map_or(0, |after| after.0);
        backend::chunks(&self.ask("load", document, after, &[], &[]).await?)
    }

    async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        limits::document(document)?;
        limits::update(update.len())?;
        backend::id(&self.ask("append", document, 0, &update, &[]).await?)
    }

    async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> Result<ChunkId, StorageError> {
        limits::document(document)?;
        limits::update(snapshot.len())?;
        let ids: Vec<f64> = read.iter().map(|id| id.0 as f64).collect();
        backend::id(&self.ask("compact", document, 0, &snapshot, &ids).await?)
    }

    async fn delete(&self, document: &str) -> Result<(), StorageError> {
        limits::document(document)?;
        self.ask("delete", document, 0, &[], &[]).await.map(drop)
    }

    async fn documents(&self) -> Result<Vec<String>, StorageError> {
        Ok(backend::names(&self.ask("documents", "", 0, &[], &[]).await?))
    }

    async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        limits::key(key)?;
        backend::record(&self.ask("record", key, 0, &[], &[]).await?)
    }

    async fn set_record(&self, key: &str, value: Vec<u8>) -> Result<(), StorageError> {
        limits::key(key)?;
        limits::record(value.len())?;
        self.ask("set_record", key, 0, &value, &[]).await.map(drop)
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
