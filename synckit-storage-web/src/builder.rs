//! Choices before a store is opened, and which backend it gets.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use synckit::storage::{StorageError, StorageEvent, StorageMode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::backend::{self, settle};
use crate::indexeddb::{self, Durability};
use crate::limits;
use crate::page::{self, Callback};
use crate::store::{Inner, WebStorage};
use crate::tabs::{Events, Tabs, tell};
use crate::task::spawn;

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
        let told = Told::default();
        match self.choose(told.emptied.as_ref()).await {
            Ok((backend, mode)) => self.finish(backend, mode, told),
            Err(error) => {
                let chosen = self.backend == Some(Backend::Memory);
                let reason = if chosen { CHOSEN.into() } else { error.to_string() };
                self.finish(backend::memory(), StorageMode::Memory { reason }, told)
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
        let (backend, mode) = self.choose(told.emptied.as_ref()).await?;
        Ok(self.finish(backend, mode, told))
    }

    async fn choose(&self, emptied: &JsValue) -> Result<(backend::Backend, StorageMode), StorageError> {
        limits::name(&self.name)?;
        // Begun before the question whether files hold this store already, as they nearly never do.
        let opening = || {
            let name = format!("synckit:{}", self.name);
            indexeddb::open(&name, self.durability.name(), emptied)
        };
        #[cfg(feature = "opfs")]
        let begun = self.backend.is_none().then(opening);
        let indexeddb = match self.backend {
            Some(Backend::Memory) => return Err(StorageError::Unavailable(CHOSEN.into())),
            Some(Backend::IndexedDb) => Ok(CHOSEN.into()),
            #[cfg(feature = "opfs")]
            Some(Backend::Opfs) => Err(CHOSEN.into()),
            #[cfg(feature = "opfs")]
            None if settle(crate::opfs::exists(&self.name)).await?.is_truthy() => {
                if let Some(opened) = begun.clone() {
                    // It is not used, whatever comes of it.
                    spawn(async {
                        let opened = settle(opened).await.map(JsCast::unchecked_into::<backend::Backend>);
                        let _ = opened.map(|opened| opened.closed());
                    });
                }
                Err("it holds this store already".into())
            }
            None => Ok(String::from("the default")),
        };
        // `Err`: why it is not used.
        let files = match indexeddb {
            Ok(reason) => {
                #[cfg(feature = "opfs")]
                let opened = begun.unwrap_or_else(opening);
                #[cfg(not(feature = "opfs"))]
                let opened = opening();
                match settle(opened).await {
                    Ok(database) => return Ok(persistent("indexeddb", database, reason)),
                    Err(StorageError::Unavailable(reason)) if self.backend.is_none() => {
                        format!("no IndexedDB: {reason}")
                    }
                    Err(error) => return Err(error),
                }
            }
            Err(reason) => reason,
        };
        #[cfg(feature = "opfs")]
        match settle(crate::opfs::open(&self.name, emptied)).await {
            Ok(directory) => Ok(persistent("opfs", directory, files)),
            Err(StorageError::Unavailable(reason)) => {
                Err(StorageError::Unavailable(format!("{files}; no OPFS: {reason}")))
            }
            Err(error) => Err(error),
        }
        #[cfg(not(feature = "opfs"))]
        Err(StorageError::Unavailable(files))
    }

    fn finish(self, backend: backend::Backend, mode: StorageMode, told: Told) -> WebStorage {
        let Told { events, emptied } = told;
        let persistent = mode.is_persistent();
        let heard = Rc::downgrade(&events);
        let join = || Tabs::join(&self.name, move |event| tell(&heard, &event));
        let tabs = if persistent { join() } else { None };
        let mode = RefCell::new(mode);
        let inner = Rc::new(Inner { name: self.name, backend, _emptied: emptied, mode, events, tabs });
        if persistent {
            spawn(protect(Rc::downgrade(&inner), self.ask_for_protection));
        }
        WebStorage { inner }
    }
}

/// Who is told of what happens to the store, and what the backend calls when it was found empty.
struct Told {
    events: Rc<Events>,
    emptied: Callback,
}

impl Default for Told {
    fn default() -> Self {
        let events = Rc::new(Events::default());
        let told = Rc::downgrade(&events);
        Self { events, emptied: Callback::new(move |_| tell(&told, &StorageEvent::Emptied)) }
    }
}

fn persistent(backend: &'static str, opened: JsValue, reason: String) -> (backend::Backend, StorageMode) {
    (opened.unchecked_into(), StorageMode::Persistent { backend, protected: false, reason })
}

/// Finds out whether the browser promises not to evict the store, asking for it if wanted.
async fn protect(store: Weak<Inner>, ask: bool) {
    let promised = JsFuture::from(page::protect(ask)).await.is_ok_and(|promised| promised.is_truthy());
    let Some(store) = store.upgrade().filter(|_| promised) else { return };
    if let StorageMode::Persistent { protected, .. } = &mut *store.mode.borrow_mut() {
        *protected = true;
    }
    store.events.tell(&StorageEvent::ModeChanged);
}
