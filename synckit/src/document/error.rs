//! What can go wrong with a document.

use crate::wire::DecodeError;

/// Why an update was not applied. The document is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// A change in it cannot be read.
    #[error("change {first_seq} of replica {replica:016x} cannot be read: {source}")]
    Unreadable {
        /// The writer of the change.
        replica: u64,
        /// Its first sequence number.
        first_seq: u64,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// The history of a snapshot cannot be read.
    #[cfg(feature = "history")]
    #[error("the history cannot be read: {0}")]
    History(DecodeError),
    /// What it was to be merged into is a version of the past.
    #[cfg(feature = "history")]
    #[error("a version of the past takes nothing in: import into the document itself")]
    ReadOnly,
    /// A text of a snapshot cannot be read.
    #[error("a text cannot be read: {0}")]
    Text(DecodeError),
}

/// Why a write was not made. The document is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The element was removed, here or elsewhere.
    #[error("the element is not in the list any more")]
    NotFound,
    /// The index is past the end.
    #[error("index {index} is past the end: there are {len}")]
    OutOfBounds {
        /// The index that was asked for.
        index: usize,
        /// How many elements there are.
        len: usize,
    },
    /// The counter would pass the ends of 64 bits.
    #[error("the counter cannot hold a value that large")]
    Overflow,
    /// A key or value is larger than allowed.
    #[error("{what} of {size} bytes is over the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        size: usize,
        /// How large it may be.
        limit: usize,
    },
    /// This replica has used up its 2^32 sequence numbers or 2^31 bytes in a text.
    #[error("this replica can write no more to the text: reload to write as a new one")]
    Exhausted,
    /// What is to be written is a version of the past.
    #[cfg(feature = "history")]
    #[error("a version of the past cannot be written: write to the document itself")]
    ReadOnly,
    /// A transaction ended with this reason, and what it had written was taken back.
    #[error("the transaction was given up: {0}")]
    Aborted(String),
}
