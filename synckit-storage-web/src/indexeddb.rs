//! IndexedDB: a log of chunks, records and known replica ids in one database.
//!
//! Written over `web-sys` and not `indexed_db_futures` 0.6, which the design named: that one loses the reason of an abort
//! at commit time, which is how a full disk shows; it hands `versionchange` to a task some time later, where the other tab
//! is blocked until this one has closed; and it adds 26 crates to a build, tokio among them, where this adds none.

mod connection;
mod log;
mod request;
mod schema;
mod transaction;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use synckit::storage::{StorageError, StorageEvent};

use crate::operation::{Answer, Log, Operation, Performing};
use crate::tabs::{Events, tell};
use connection::Connection;
pub use transaction::Durability;

/// A database that is opened again when its connection was closed from elsewhere.
pub(crate) struct Database {
    name: String,
    durability: Durability,
    connection: RefCell<Option<Rc<Connection>>>,
    /// Told when the database was found empty on opening it again.
    events: Weak<Events>,
}

impl Database {
    /// Opens the database of this store, making or upgrading it.
    pub(crate) async fn open(
        store: &str,
        durability: Durability,
        events: Weak<Events>,
    ) -> Result<Self, StorageError> {
        let name = format!("synckit:{store}");
        let connection = Connection::open(&name).await?;
        Ok(Self { name, durability, connection: RefCell::new(Some(Rc::new(connection))), events })
    }

    /// The open connection, or a new one.
    async fn connection(&self) -> Result<Rc<Connection>, StorageError> {
        let current = self.connection.borrow_mut().take_if(|connection| !connection.is_open());
        drop(current);
        if let Some(connection) = self.connection.borrow().clone() {
            return Ok(connection);
        }
        let connection = Rc::new(Connection::open(&self.name).await?);
        if connection.is_new() {
            tell(&self.events, &StorageEvent::Emptied);
        }
        // Another operation may have opened one meanwhile; the one that is dropped closes when its work is done.
        *self.connection.borrow_mut() = Some(connection.clone());
        Ok(connection)
    }

    /// Performs `operation`, and once more on a fresh connection when the first one was closed under it.
    ///
    /// An operation that failed has stored nothing, so doing it again stores it once.
    async fn run(&self, operation: &Operation) -> Result<Answer, StorageError> {
        let mut first = true;
        loop {
            let connection = self.connection().await?;
            match log::perform(&connection, self.durability, operation).await {
                // Not every closing is announced.
                Err(StorageError::Closed(_)) if first => connection.close(),
                Err(StorageError::Aborted(_)) if first => {}
                result => return result,
            }
            first = false;
        }
    }
}

impl Log for Database {
    fn perform<'a>(&'a self, operation: &'a Operation) -> Performing<'a> {
        Box::pin(self.run(operation))
    }
}
