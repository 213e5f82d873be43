//! Choices before a store is opened, and which backend it gets.

use std::cell::RefCell;
use std::rc::Rc;

use synckit::storage::{StorageError, StorageEvent, StorageMode};
use wasm_bindgen::prelude::*;

use crate::backend::{self, settle};
use crate::indexeddb::Durability;
use crate::limits;
use crate::page::Callback;
use crate::store::{Inner, WebStorage};
use crate::tabs::{Events, parse};

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
        let told = Told::default();
        match self.choose(&told).await {
            Ok(backend) => self.finish(backend, told),
            Err(error) => {
                let chosen = self.backend == Some(Backend::Memory);
                let reason = match error {
                    StorageError::Unavailable(reason) if chosen => reason,
                    error => error.to_string(),
                };
                told.mode.replace(StorageMode::Memory { reason });
                let memory = backend::memory(&self.name);
                self.finish(memory, told)
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
        let told = Told::default();
        let backend = self.choose(&told).await?;
        Ok(self.finish(backend, told))
    }

    /// By `js/store.js`, as its steps wait for the browser: there they are a fraction of what they are here.
    async fn choose(&self, told: &Told) -> Result<backend::Backend, StorageError> {
        limits::name(&self.name)?;
        let wanted = match self.backend {
            None => "",
            Some(Backend::IndexedDb) => "indexeddb",
            #[cfg(feature = "opfs")]
            Some(Backend::Opfs) => "opfs",
            Some(Backend::Memory) => "memory",
        };
        let (durability, files) = (self.durability.name(), cfg!(feature = "opfs"));
        let opened = backend::open(&self.name, wanted, durability, files, told.heard.as_ref());
        let backend: backend::Backend = settle(opened).await?.unchecked_into();
        let name = if backend.backend() == "opfs" { "opfs" } else { "indexeddb" };
        let reason = backend.reason();
        told.mode.replace(StorageMode::Persistent { backend: name, protected: false, reason });
        Ok(backend)
    }

    fn finish(self, backend: backend::Backend, told: Told) -> WebStorage {
        let Told { events, mode, heard } = told;
        backend.join(heard.as_ref(), self.ask_for_protection);
        WebStorage { inner: Rc::new(Inner { backend, _heard: heard, mode, events }) }
    }
}

/// Who is told of what happens to the store, and what the backend calls.
struct Told {
    events: Rc<Events>,
    mode: Rc<RefCell<StorageMode>>,
    heard: Callback,
}

impl Default for Told {
    fn default() -> Self {
        let events = Rc::new(Events::default());
        let mode = Rc::new(RefCell::new(StorageMode::Memory { reason: String::new() }));
        let told = (Rc::downgrade(&events), mode.clone());
        let heard = Callback::new(move |what: JsValue| {
            let Some(events) = told.0.upgrade() else { return };
            let event = if what.is_undefined() {
                Some(StorageEvent::Emptied)
            } else if what.is_truthy() && !what.is_string() {
                if let StorageMode::Persistent { protected, .. } = &mut *told.1.borrow_mut() {
                    *protected = true;
                }
                Some(StorageEvent::ModeChanged)
            } else {
                parse(&what)
            };
            if let Some(event) = event {
                events.tell(&event);
            }
        });
        Self { events, mode, heard }
    }
}
