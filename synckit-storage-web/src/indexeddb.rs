//! IndexedDB: a log of chunks, records and known replica ids in one database.
//!
//! Written over `web-sys`: `indexed_db_futures` 0.6 cannot ask for a durability, reports neither a forced closing nor a
//! `versionchange` without more crates, and adds 26 crates to a build where this folder adds none.

mod connection;
mod log;
mod request;
mod schema;
mod transaction;

use std::cell::RefCell;
use std::rc::Rc;

use synckit::storage::StorageError;

use connection::Connection;
pub use transaction::Durability;

/// A database that is opened again when its connection was closed from elsewhere.
pub(crate) struct Database {
    name: String,
    durability: Durability,
    connection: RefCell<Option<Rc<Connection>>>,
    /// Called when the database was found empty on opening it again.
    emptied: Box<dyn Fn()>,
}

impl Database {
    /// Opens the database of this store, making or upgrading it.
    pub(crate) async fn open(
        store: &str,
        durability: Durability,
        emptied: impl Fn() + 'static,
    ) -> Result<Self, StorageError> {
        let name = format!("synckit:{store}");
        let connection = Connection::open(&name).await?;
        Ok(Self {
            name,
            durability,
            connection: RefCell::new(Some(Rc::new(connection))),
            emptied: Box::new(emptied),
        })
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
            (self.emptied)();
        }
        // Another operation may have opened one meanwhile; the one that is dropped closes when its work is done.
        *self.connection.borrow_mut() = Some(connection.clone());
        Ok(connection)
    }

    /// Runs `operation`, and once more on a fresh connection when the first one was closed under it.
    ///
    /// An operation that failed has stored nothing, so doing it again stores it once.
    async fn run<T>(
        &self,
        operation: impl AsyncFn(&Connection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let connection = self.connection().await?;
        let error = match operation(&connection).await {
            Err(error @ (StorageError::Closed(_) | StorageError::Aborted(_))) => error,
            result => return result,
        };
        if matches!(error, StorageError::Closed(_)) {
            // Not every closing is announced.
            connection.close();
        }
        drop(connection);
        operation(&*self.connection().await?).await
    }
}
