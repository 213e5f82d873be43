//! What the store and the socket take, checked before anything is copied or written.

use synckit::storage::StorageError;

/// Longest document id in bytes.
pub const MAX_DOCUMENT_ID_BYTES: usize = 256;
/// Largest update in bytes.
pub const MAX_UPDATE_BYTES: usize = 64 << 20;
/// Longest key of a record in bytes.
pub const MAX_RECORD_KEY_BYTES: usize = 300;
/// Largest record in bytes.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// Bytes of one document's chunks that are loaded; a file that holds more counts as damaged.
pub const MAX_DOCUMENT_BYTES: usize = 1 << 30;
/// Bytes that may wait to be written. Beyond, writes are refused until the disk has caught up.
pub const MAX_WAITING_BYTES: usize = 256 << 20;
/// Longest name of a program in bytes, where a store is opened by name.
pub const MAX_NAME_BYTES: usize = 64;
/// Replica ids that a store remembers. More clients than that at once write under ids of their own.
pub const MAX_REPLICAS: usize = 64;
/// Milliseconds between two looks for what other processes have written.
pub const POLL_MS: u64 = 50;
/// Bytes that may wait in a socket before sending is refused.
pub const MAX_BUFFERED_BYTES: usize = 8 << 20;
/// Largest frame that is taken from a server, in bytes.
pub const MAX_FRAME_BYTES: usize = 65 << 20;
/// How long a connection may take to open, in milliseconds.
pub const CONNECT_TIMEOUT_MS: u64 = 20_000;

fn check(what: &str, bytes: usize, least: usize, most: usize) -> Result<(), StorageError> {
    if (least..=most).contains(&bytes) {
        return Ok(());
    }
    Err(StorageError::Limit(format!("{what} of {bytes} bytes, {least} to {most} are allowed")))
}

pub(crate) fn document(id: &str) -> Result<(), StorageError> {
    check("a document id", id.len(), 1, MAX_DOCUMENT_ID_BYTES)
}

pub(crate) fn update(bytes: &[u8]) -> Result<(), StorageError> {
    check("an update", bytes.len(), 0, MAX_UPDATE_BYTES)
}

pub(crate) fn key(key: &str) -> Result<(), StorageError> {
    check("a record's key", key.len(), 1, MAX_RECORD_KEY_BYTES)
}

pub(crate) fn record(value: &[u8]) -> Result<(), StorageError> {
    check("a record", value.len(), 0, MAX_RECORD_BYTES)
}
