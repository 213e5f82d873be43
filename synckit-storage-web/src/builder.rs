//! Choices before a store is opened, and which backend it gets.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use synckit::storage::{MemoryStorage, StorageError, StorageEvent, StorageMode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::StorageManager;

use crate::indexeddb::{Database, Durability};
use crate::limits;
#[cfg(feature = "opfs")]
use crate::opfs::Directory;
use crate::store::{Inner, Opened, WebStorage};
use crate::tabs::{Events, Tabs};
use crate::web::{global, property};

/// Where a store keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// IndexedDB: every browser has it, also where Web Locks are missing. Fastest for small writes.
    IndexedDb,
    /// The origin private file system. Needs Web Locks (a secure context) and files that can be written without a worker
    /// (`createWritable`: Chromium 86, Firefox 111, Safari 26).
    #[cfg(feature = "opfs")]
    Opfs,
    /// Nowhere: it ends with the page.
    Memory,
}

const CHOSEN: &str = "chosen by the application";

/// Choices before a store is opened; made by [`WebStorage::builder`].
#[derive(Debug, Clone)]
pub struct WebStorageBuilder {
    name: String,
    backend: Option<Backend>,
    durability: Durability,
    ask_for_protection: bool,
}

impl WebStorageBuilder {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            backend: None,
            durability: Durability::default(),
            ask_for_protection: true,
        }
    }

    /// This backend and no other. Unless set: the one that holds this store already, else IndexedDB, else OPFS where a
    /// browser has no IndexedDB or forbids it. A backend that is there and fails (blocked, full, written by a newer version)
    /// is not replaced by another one, as what is stored would seem to be gone.
    #[must_use]
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = Some(backend);
        self
    }

    /// What a write that has resolved has survived. [`Durability::Relaxed`] unless set. OPFS knows no such choice.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Whether to ask the browser not to evict what is stored (`navigator.storage.persist()`); yes unless set. Firefox
    /// asks the user, so an application may want to ask later. The answer is `protected` in
    /// [`StorageMode::Persistent`]; it may come after the store is open and is told by [`StorageEvent::ModeChanged`].
    #[must_use]
    pub fn ask_for_protection(mut self, ask: bool) -> Self {
        self.ask_for_protection = ask;
        self
    }

    /// Opens the store; in memory when nothing persistent can be had, as [`mode`](synckit::storage::Storage::mode) tells.
    pub async fn open(self) -> WebStorage {
        let events = Rc::new(Events::default());
        match self.choose(&events).await {
            Ok((backend, mode)) => self.finish(backend, mode, events),
            Err(error) => {
                let chosen = self.backend == Some(Backend::Memory);
                let reason = if chosen { CHOSEN.into() } else { error.to_string() };
                let mode = StorageMode::Memory { reason };
                self.finish(Opened::Memory(MemoryStorage::default()), mode, events)
            }
        }
    }

    /// Opens the store, or says why nothing persistent can be had.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`], [`StorageError::Blocked`] when another tab keeps an older version open,
    /// [`StorageError::Closed`] when a newer version of the program has been here, [`StorageError::Quota`],
    /// [`StorageError::Aborted`], [`StorageError::Limit`] for the name.
    pub async fn open_persistent(self) -> Result<WebStorage, StorageError> {
        let events = Rc::new(Events::default());
        let (backend, mode) = self.choose(&events).await?;
        Ok(self.finish(backend, mode, events))
    }

    async fn choose(&self, events: &Rc<Events>) -> Result<(Opened, StorageMode), StorageError> {
        limits::name(&self.name)?;
        let emptied = || {
            let events = Rc::downgrade(events);
            move || tell(&events, &StorageEvent::Emptied)
        };
        let indexeddb = || Database::open(&self.name, self.durability, emptied());
        match self.backend {
            Some(Backend::IndexedDb) => Ok(persistent_indexeddb(indexeddb().await?, CHOSEN)),
            Some(Backend::Memory) => Err(StorageError::Unavailable(CHOSEN.into())),
            #[cfg(feature = "opfs")]
            Some(Backend::Opfs) => {
                let directory = Directory::open(&self.name, emptied()).await?;
                Ok(persistent_opfs(directory, CHOSEN.into()))
            }
            #[cfg(feature = "opfs")]
            None => {
                if crate::opfs::exists(&self.name).await {
                    let directory = Directory::open(&self.name, emptied()).await?;
                    return Ok(persistent_opfs(directory, "it holds this store already".into()));
                }
                match indexeddb().await {
                    Err(StorageError::Unavailable(reason)) => match Directory::open(&self.name, emptied())
                        .await
                    {
                        Ok(directory) => Ok(persistent_opfs(directory, format!("no IndexedDB: {reason}"))),
                        Err(error) => {
                            Err(StorageError::Unavailable(format!("IndexedDB: {reason}; OPFS: {error}")))
                        }
                    },
                    database => Ok(persistent_indexeddb(database?, "the default")),
                }
            }
            #[cfg(not(feature = "opfs"))]
            None => Ok(persistent_indexeddb(indexeddb().await?, "the default")),
        }
    }

    fn finish(self, backend: Opened, mode: StorageMode, events: Rc<Events>) -> WebStorage {
        let persistent = mode.is_persistent();
        let tabs = persistent
            .then(|| {
                let events = Rc::downgrade(&events);
                Tabs::join(&self.name, move |event| tell(&events, &event))
            })
            .flatten();
        let inner = Rc::new(Inner { name: self.name, backend, mode: RefCell::new(mode), events, tabs });
        if persistent {
            spawn_local(protect(Rc::downgrade(&inner), self.ask_for_protection));
        }
        WebStorage { inner }
    }
}

fn persistent_indexeddb(database: Database, reason: &str) -> (Opened, StorageMode) {
    let mode = StorageMode::Persistent { backend: "indexeddb", protected: false, reason: reason.to_owned() };
    (Opened::IndexedDb(database), mode)
}

#[cfg(feature = "opfs")]
fn persistent_opfs(directory: Directory, reason: String) -> (Opened, StorageMode) {
    (Opened::Opfs(directory), StorageMode::Persistent { backend: "opfs", protected: false, reason })
}

fn tell(events: &Weak<Events>, event: &StorageEvent) {
    if let Some(events) = events.upgrade() {
        events.tell(event);
    }
}

/// Finds out whether the browser promises not to evict the store, asking for it if wanted.
async fn protect(store: Weak<Inner>, ask: bool) {
    let answer = match is_protected().await {
        Some(false) if ask => request_protection().await,
        answer => answer,
    };
    let (Some(true), Some(store)) = (answer, store.upgrade()) else { return };
    if let StorageMode::Persistent { protected, .. } = &mut *store.mode.borrow_mut() {
        *protected = true;
    }
    store.events.tell(&StorageEvent::ModeChanged);
}

fn quota_interface() -> Option<StorageManager> {
    property(&global("navigator")?, "storage").map(JsCast::unchecked_into)
}

/// `None` where it cannot be asked, for example in an insecure context.
async fn is_protected() -> Option<bool> {
    JsFuture::from(quota_interface()?.persisted().ok()?).await.ok()?.as_bool()
}

async fn request_protection() -> Option<bool> {
    let storage = quota_interface()?;
    // Workers may look but not ask.
    property(&storage, "persist")?;
    JsFuture::from(storage.persist().ok()?).await.ok()?.as_bool()
}
