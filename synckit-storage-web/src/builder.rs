//! Choices before a store is opened, and which backend it gets.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use synckit::storage::{StorageError, StorageEvent, StorageMode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::StorageManager;

use crate::indexeddb::{Database, Durability};
use crate::limits;
use crate::memory::Memory;
use crate::operation::Log;
#[cfg(feature = "opfs")]
use crate::opfs::Directory;
use crate::store::{Inner, WebStorage};
use crate::tabs::{Events, Tabs, tell};
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
                self.finish(Box::new(Memory::default()), mode, events)
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

    async fn choose(&self, events: &Rc<Events>) -> Result<(Box<dyn Log>, StorageMode), StorageError> {
        limits::name(&self.name)?;
        let indexeddb = match self.backend {
            Some(Backend::Memory) => return Err(StorageError::Unavailable(CHOSEN.into())),
            Some(Backend::IndexedDb) => Ok(CHOSEN.into()),
            #[cfg(feature = "opfs")]
            Some(Backend::Opfs) => Err(CHOSEN.into()),
            #[cfg(feature = "opfs")]
            None if crate::opfs::exists(&self.name).await => Err("it holds this store already".into()),
            None => Ok(String::from("the default")),
        };
        // `Err`: why it is not used.
        let files = match indexeddb {
            Ok(reason) => match Database::open(&self.name, self.durability, Rc::downgrade(events)).await {
                Ok(database) => return Ok(persistent("indexeddb", Box::new(database), reason)),
                Err(StorageError::Unavailable(reason)) if self.backend.is_none() => {
                    format!("no IndexedDB: {reason}")
                }
                Err(error) => return Err(error),
            },
            Err(reason) => reason,
        };
        #[cfg(feature = "opfs")]
        match Directory::open(&self.name, Rc::downgrade(events)).await {
            Ok(directory) => Ok(persistent("opfs", Box::new(directory), files)),
            Err(StorageError::Unavailable(reason)) => {
                Err(StorageError::Unavailable(format!("{files}; no OPFS: {reason}")))
            }
            Err(error) => Err(error),
        }
        #[cfg(not(feature = "opfs"))]
        Err(StorageError::Unavailable(files))
    }

    fn finish(self, log: Box<dyn Log>, mode: StorageMode, events: Rc<Events>) -> WebStorage {
        let persistent = mode.is_persistent();
        let tabs = persistent
            .then(|| {
                let events = Rc::downgrade(&events);
                Tabs::join(&self.name, move |event| tell(&events, &event))
            })
            .flatten();
        let inner = Rc::new(Inner { name: self.name, log, mode: RefCell::new(mode), events, tabs });
        if persistent {
            spawn_local(protect(Rc::downgrade(&inner), self.ask_for_protection));
        }
        WebStorage { inner }
    }
}

fn persistent(backend: &'static str, log: Box<dyn Log>, reason: String) -> (Box<dyn Log>, StorageMode) {
    (log, StorageMode::Persistent { backend, protected: false, reason })
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
