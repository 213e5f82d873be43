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
use crate::store::{Inner, Opened, WebStorage};
use crate::tabs::{Events, Tabs};
use crate::web::{global, property};

/// Choices before a store is opened; made by [`WebStorage::builder`].
#[derive(Debug, Clone)]
pub struct WebStorageBuilder {
    name: String,
    durability: Durability,
    ask_for_protection: bool,
}

impl WebStorageBuilder {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), durability: Durability::default(), ask_for_protection: true }
    }

    /// What a write that has resolved has survived. [`Durability::Relaxed`] unless set.
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
        match self.backend(&events).await {
            Ok((backend, mode)) => self.finish(backend, mode, events),
            Err(error) => {
                let mode = StorageMode::Memory { reason: error.to_string() };
                self.finish(Opened::Memory(Memory::default()), mode, events)
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
        let (backend, mode) = self.backend(&events).await?;
        Ok(self.finish(backend, mode, events))
    }

    async fn backend(&self, events: &Rc<Events>) -> Result<(Opened, StorageMode), StorageError> {
        limits::name(&self.name)?;
        let emptied = {
            let events = Rc::downgrade(events);
            move || tell(&events, &StorageEvent::Emptied)
        };
        let database = Database::open(&self.name, self.durability, emptied).await?;
        let mode =
            StorageMode::Persistent { backend: "indexeddb", protected: false, reason: "the default".into() };
        Ok((Opened::IndexedDb(database), mode))
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

fn manager() -> Option<StorageManager> {
    property(&global("navigator")?, "storage").map(JsCast::unchecked_into)
}

/// `None` where it cannot be asked, for example in an insecure context.
async fn is_protected() -> Option<bool> {
    JsFuture::from(manager()?.persisted().ok()?).await.ok()?.as_bool()
}

async fn request_protection() -> Option<bool> {
    let manager = manager()?;
    // Workers may look but not ask.
    property(&manager, "persist")?;
    JsFuture::from(manager.persist().ok()?).await.ok()?.as_bool()
}
