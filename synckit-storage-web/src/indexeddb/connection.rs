//! An open connection to a database, and how it is opened and closed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use synckit::storage::StorageError;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbVersionChangeEvent};

use super::request::{failure, result};
use super::schema;
use crate::error::{storage_error, text};
use crate::listener::Listener;
use crate::queue::Slot;
use crate::task::Timer;
use crate::web::global;

/// How long an opening waits for other tabs to let go of an older version, in milliseconds.
const BLOCKED_MS: i32 = 2_000;
/// How long a browser may take to open a database at all, in milliseconds. An opening behind one that is blocked hears
/// nothing of it.
const OPEN_MS: i32 = 15_000;

/// An open connection. It closes when it is dropped, when another tab wants to upgrade or delete the database, and when
/// the browser takes it away.
pub(super) struct Connection {
    database: IdbDatabase,
    open: Rc<Cell<bool>>,
    new: bool,
    _listeners: [Listener; 2],
}

impl Connection {
    pub(super) async fn open(name: &str) -> Result<Self, StorageError> {
        let factory: IdbFactory = global("indexedDB")
            .ok_or_else(|| StorageError::Unavailable("this browser has no IndexedDB here".into()))?
            .unchecked_into();
        let request =
            factory.open_with_u32(name, schema::VERSION).map_err(|thrown| storage_error(&thrown))?;
        // Filled by whichever comes first; a connection that comes when it is filled is dropped, which closes it: an
        // opening that nobody waits for any more still goes through one day and would block the next one.
        let opened = Slot::new();
        let _patience = {
            let opened = opened.clone();
            Timer::new(OPEN_MS, move || {
                opened.set(Err(StorageError::Blocked("it was not opened in time".into())));
            })
        };
        let refused = Rc::new(RefCell::new(None));
        let _on_blocked = {
            let (opened, refused) = (opened.clone(), refused.clone());
            Listener::new(&request, "blocked", move |_| {
                let opened = opened.clone();
                *refused.borrow_mut() = Some(Timer::new(BLOCKED_MS, move || {
                    opened.set(Err(StorageError::Blocked("it uses an older version of it".into())));
                }));
            })
        };
        let connection = opened.clone();
        spawn_local(async move { connection.set(settle(request).await) });
        opened.await
    }

    /// Whether it can be used.
    pub(super) fn is_open(&self) -> bool {
        self.open.get()
    }

    /// It is not used any more; what is under way is finished.
    pub(super) fn close(&self) {
        self.open.set(false);
        self.database.close();
    }

    /// Whether opening it made the database.
    pub(super) fn is_new(&self) -> bool {
        self.new
    }

    pub(super) fn database(&self) -> &IdbDatabase {
        &self.database
    }

    fn new(database: IdbDatabase, new: bool) -> Self {
        let open = Rc::new(Cell::new(true));
        let on_version_change = {
            let (open, database) = (open.clone(), database.clone());
            // Another tab wants to upgrade or delete. What is under way here is finished first; the next operation
            // opens again, behind the other tab.
            Listener::new(&database.clone(), "versionchange", move |_| {
                open.set(false);
                database.close();
            })
        };
        let on_close = {
            let open = open.clone();
            Listener::new(&database, "close", move |_| open.set(false))
        };
        Self { database, open, new, _listeners: [on_version_change, on_close] }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close();
    }
}

/// The connection that an opening ends in, after its upgrade.
async fn settle(request: IdbOpenDbRequest) -> Result<Connection, StorageError> {
    // `None`: no upgrade was needed.
    let upgrade: Rc<RefCell<Option<Result<u32, String>>>> = Rc::default();
    let on_upgrade = {
        let (upgrade, request) = (upgrade.clone(), request.clone());
        Listener::new(&request.clone(), "upgradeneeded", move |event| {
            let from = event.unchecked_into::<IdbVersionChangeEvent>().old_version() as u32;
            let done = request.result().and_then(|database| {
                schema::upgrade(database.unchecked_ref(), from)?;
                Ok(from)
            });
            if done.is_err() {
                // All or nothing: the older database stays as it was.
                if let Some(transaction) = request.transaction() {
                    let _ = transaction.abort();
                }
            }
            *upgrade.borrow_mut() = Some(done.map_err(|thrown| text(&thrown)));
        })
    };
    let opened = result(&request).await;
    drop(on_upgrade);
    let upgrade = upgrade.borrow_mut().take();
    if let Some(Err(reason)) = upgrade {
        return Err(StorageError::Aborted(format!("the upgrade failed: {reason}")));
    }
    let new = matches!(upgrade, Some(Ok(0)));
    match opened {
        Ok(database) => Ok(Connection::new(database.unchecked_into(), new)),
        // What a page may not do and what the disk cannot do look alike here: no store.
        Err(StorageError::Closed(reason)) if !is_version_error(&request) => {
            Err(StorageError::Unavailable(reason))
        }
        Err(_) => Err(failure(&request)),
    }
}

fn is_version_error(request: &IdbOpenDbRequest) -> bool {
    matches!(request.error(), Ok(Some(error)) if error.name() == "VersionError")
}
