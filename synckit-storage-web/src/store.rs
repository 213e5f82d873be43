//! The store of a page: one of the backends, with its tabs and leases.

use std::cell::RefCell;
use std::rc::Rc;

use futures_core::Stream;
use synckit::storage::{
    Chunk, ChunkId, MemoryStorage, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode,
};

use crate::builder::WebStorageBuilder;
use crate::indexeddb::Database;
use crate::lease;
use crate::limits;
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
    pub(crate) backend: Opened,
    pub(crate) mode: RefCell<StorageMode>,
    pub(crate) events: Rc<Events>,
    pub(crate) tabs: Option<Tabs>,
}

/// A backend that could be opened.
pub(crate) enum Opened {
    IndexedDb(Database),
    #[cfg(feature = "opfs")]
    Opfs(crate::opfs::Directory),
    Memory(MemoryStorage),
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
}

impl Inner {
    fn appended(&self, document: &str) {
        if let Some(tabs) = &self.tabs {
            tabs.appended(document);
        }
    }
}

impl Storage for WebStorage {
    async fn load(&self, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
        limits::document(document)?;
        let (inner, document) = (self.inner.clone(), document.to_owned());
        detached(async move {
            match &inner.backend {
                Opened::IndexedDb(database) => database.load(&document, after).await,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => directory.load(&document, after).await,
                Opened::Memory(memory) => memory.load(&document, after).await,
            }
        })
        .await
    }

    async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        limits::document(document)?;
        limits::update(update.len())?;
        let (inner, document) = (self.inner.clone(), document.to_owned());
        detached(async move {
            let id = match &inner.backend {
                Opened::IndexedDb(database) => database.replace(&document, &[], &update).await?,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => directory.append(&document, update).await?,
                Opened::Memory(memory) => memory.append(&document, update).await?,
            };
            inner.appended(&document);
            Ok(id)
        })
        .await
    }

    async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> Result<ChunkId, StorageError> {
        limits::document(document)?;
        limits::update(snapshot.len())?;
        let (inner, document, read) = (self.inner.clone(), document.to_owned(), read.to_vec());
        detached(async move {
            let id = match &inner.backend {
                Opened::IndexedDb(database) => database.replace(&document, &read, &snapshot).await?,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => directory.compact(&document, &read, &snapshot).await?,
                Opened::Memory(memory) => memory.compact(&document, &read, snapshot).await?,
            };
            inner.appended(&document);
            Ok(id)
        })
        .await
    }

    async fn delete(&self, document: &str) -> Result<(), StorageError> {
        limits::document(document)?;
        let (inner, document) = (self.inner.clone(), document.to_owned());
        detached(async move {
            match &inner.backend {
                Opened::IndexedDb(database) => database.delete(&document).await?,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => directory.delete(&document).await?,
                Opened::Memory(memory) => memory.delete(&document).await?,
            }
            inner.appended(&document);
            Ok(())
        })
        .await
    }

    async fn documents(&self) -> Result<Vec<String>, StorageError> {
        let inner = self.inner.clone();
        detached(async move {
            match &inner.backend {
                Opened::IndexedDb(database) => database.documents().await,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => directory.documents().await,
                Opened::Memory(memory) => memory.documents().await,
            }
        })
        .await
    }

    async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        limits::key(key)?;
        let (inner, key) = (self.inner.clone(), key.to_owned());
        detached(async move {
            match &inner.backend {
                Opened::IndexedDb(database) => database.record(&key).await,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => directory.record(&key).await,
                Opened::Memory(memory) => memory.record(&key).await,
            }
        })
        .await
    }

    async fn set_record(&self, key: &str, value: Vec<u8>) -> Result<(), StorageError> {
        limits::key(key)?;
        limits::record(value.len())?;
        let (inner, key) = (self.inner.clone(), key.to_owned());
        detached(async move {
            match &inner.backend {
                Opened::IndexedDb(database) => database.set_record(&key, &value).await?,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => directory.set_record(&key, &value).await?,
                Opened::Memory(memory) => memory.set_record(&key, value).await?,
            }
            if let Some(tabs) = &inner.tabs {
                tabs.recorded(&key);
            }
            Ok(())
        })
        .await
    }

    /// By Web Locks. `None` in memory mode, in an insecure context, and when 64 other tabs hold a lease.
    async fn lease(&self) -> Option<ReplicaLease> {
        let inner = self.inner.clone();
        detached(async move {
            match &inner.backend {
                Opened::IndexedDb(database) => lease::lease(&inner.name, database).await,
                #[cfg(feature = "opfs")]
                Opened::Opfs(directory) => lease::lease(&inner.name, directory).await,
                Opened::Memory(_) => None,
            }
        })
        .await
    }

    fn mode(&self) -> StorageMode {
        self.inner.mode.borrow().clone()
    }

    fn events(&self) -> impl Stream<Item = StorageEvent> + Unpin + 'static {
        self.inner.events.subscribe()
    }
}
