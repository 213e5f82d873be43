//! Why a store cannot be opened, and what SQLite's errors mean to whoever asked the store.

use std::path::PathBuf;

use rusqlite::ErrorCode;
use synckit::storage::StorageError;

/// Why a store could not be opened. Nothing that is there is touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A program's name that cannot be part of a path.
    #[error(
        "`{0}` cannot name a store: use 1 to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit"
    )]
    Name(String),
    /// The operating system does not say where a program's data belongs.
    #[error("there is no place for this program's data ({0}): set HOME, or open the store at a path")]
    NoPlace(String),
    /// The folder cannot be made, or the file cannot be opened or written.
    #[error("cannot open {}: {reason}; check the permissions or choose another path", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system or SQLite said.
        reason: String,
    },
    /// Another process has had the file locked for longer than the patience that was asked for.
    #[error("{} is locked by another program: close it and try again", path.display())]
    Locked {
        /// The store's file.
        path: PathBuf,
    },
    /// The file is a database of another program, or no database at all.
    #[error("{} is not a store of SyncKit: choose another path, or move the file away", path.display())]
    NotAStore {
        /// The store's file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{} is damaged ({reason}): restore it from a backup, or move it away and let the server fill a new one", path.display())]
    Corrupt {
        /// The store's file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// The store was written by a newer version.
    #[error("{} has format {found}, this version knows {known}: install a newer version of this program", path.display())]
    Newer {
        /// The store's file.
        path: PathBuf,
        /// Format of the file.
        found: i32,
        /// Newest format this version knows.
        known: i32,
    },
    /// No room is left on the disk.
    #[error("no room left for {}: free some space and try again", path.display())]
    Full {
        /// The store's file.
        path: PathBuf,
    },
    /// No thread could be started.
    #[error("cannot start a thread for the store: {0}; end other programs or raise the limit")]
    Thread(std::io::Error),
}

/// Why there is no runtime to run on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot start a runtime for SyncKit: {0}; end other programs or raise the limits of threads and files"
)]
pub struct RuntimeError(#[from] pub(crate) std::io::Error);

/// What an error of SQLite means to whoever opens the file at `path`.
pub(crate) fn open_error(path: PathBuf, error: &rusqlite::Error) -> OpenError {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked { path },
        Some(ErrorCode::NotADatabase) => OpenError::NotAStore { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Corrupt { path, reason },
        Some(ErrorCode::DiskFull) => OpenError::Full { path },
        _ => OpenError::File { path, reason },
    }
}

/// What an error of SQLite means to whoever asked the store.
pub(crate) fn storage_error(error: &rusqlite::Error) -> StorageError {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StorageError::Quota(reason),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StorageError::Blocked(reason),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            StorageError::Unavailable(reason)
        }
        // Nothing that large was ever stored by this crate.
        Some(
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::TypeMismatch
            | ErrorCode::TooBig,
        ) => StorageError::Corrupt(reason),
        None => StorageError::Corrupt(reason),
        Some(_) => StorageError::Aborted(reason),
    }
}

/// What it means to a running program that the file it had open cannot be opened again.
pub(crate) fn reopen_error(error: &OpenError) -> StorageError {
    let reason = error.to_string();
    match error {
        OpenError::Full { .. } => StorageError::Quota(reason),
        OpenError::Locked { .. } => StorageError::Blocked(reason),
        OpenError::Corrupt { .. } => StorageError::Corrupt(reason),
        _ => StorageError::Closed(reason),
    }
}
