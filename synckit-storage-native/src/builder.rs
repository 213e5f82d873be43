//! Choices before a store is opened.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::OpenError;
use crate::path::default_path;
use crate::storage::NativeStorage;

/// What a write that has resolved has survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// The end of the program and a power failure: every commit is flushed to the disk (`synchronous = FULL`).
    #[default]
    Strict,
    /// The end of the program, `kill -9` too. After a power failure or a crash of the operating system the last writes may
    /// be missing; the file is intact. Many times faster (`synchronous = NORMAL`).
    ///
    /// What is missing then may have been sent to the server under this device's replica id. That is noticed and
    /// put right, at the price of one more replica id in the document's versions.
    Relaxed,
}

/// Where the file is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Named(String),
    At(PathBuf),
}

/// Choices before a store is opened; made by [`NativeStorage::builder`] and [`NativeStorage::builder_at`].
#[derive(Debug, Clone)]
pub struct NativeStorageBuilder {
    place: Place,
    pub(crate) durability: Durability,
    pub(crate) patience: Duration,
    pub(crate) max_bytes: Option<u64>,
}

impl NativeStorageBuilder {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, durability: Durability::default(), patience: Duration::from_secs(5), max_bytes: None }
    }

    /// What a write that has resolved has survived. [`Durability::Strict`] unless set.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How long an operation waits for another process that has the file locked. Five seconds unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Largest size of the file in bytes, at least what it has already. A write that needs more is refused with
    /// [`StorageError::Quota`](synckit::storage::StorageError::Quota). Unless set: as much as the disk gives.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Opens the store; makes the folder and the file where there are none.
    ///
    /// # Errors
    /// See [`OpenError`]. There is no silent fall-back to memory: where a program can do without, it says
    /// `MemoryStorage::new(error.to_string())`, which tells its user why.
    pub async fn open(self) -> Result<NativeStorage, OpenError> {
        let path = match &self.place {
            Place::Named(name) => default_path(name)?,
            Place::At(path) => path.clone(),
        };
        // Also when the program changes its folder later.
        let path = std::path::absolute(&path)
            .map_err(|error| OpenError::File { path, reason: error.to_string() })?;
        NativeStorage::start(path, self).await
    }
}
