//! What the store takes, checked before anything is copied or handed to JavaScript.

use synckit::storage::StorageError;

/// Longest document id in bytes.
pub const MAX_DOCUMENT_ID_BYTES: usize = 256;
/// Largest update in bytes.
pub const MAX_UPDATE_BYTES: usize = 64 << 20;
/// Longest key of a record in bytes.
pub const MAX_RECORD_KEY_BYTES: usize = 300;
/// Largest record in bytes.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// Longest name of a store in bytes.
pub const MAX_NAME_BYTES: usize = 64;

fn check(what: &str, bytes: usize, least: usize, most: usize) -> Result<(), StorageError> {
    if (least..=most).contains(&bytes) {
        return Ok(());
    }
    Err(StorageError::Limit(format!("{what} of {bytes} bytes, {least} to {most} are allowed")))
}

pub(crate) fn document(id: &str) -> Result<(), StorageError> {
    check("a document id", id.len(), 1, MAX_DOCUMENT_ID_BYTES)
}

pub(crate) fn update(bytes: usize) -> Result<(), StorageError> {
    check("an update", bytes, 0, MAX_UPDATE_BYTES)
}

pub(crate) fn key(key: &str) -> Result<(), StorageError> {
    check("a record's key", key.len(), 1, MAX_RECORD_KEY_BYTES)
}

pub(crate) fn record(bytes: usize) -> Result<(), StorageError> {
    check("a record", bytes, 0, MAX_RECORD_BYTES)
}

pub(crate) fn name(name: &str) -> Result<(), StorageError> {
    check("a store's name", name.len(), 1, MAX_NAME_BYTES)
}
