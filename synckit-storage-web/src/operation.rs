//! What can be asked of a store, as values.
//!
//! One way in and one way out instead of a generic function for each operation: transactions, locks and trying again are
//! compiled once, which halves what a browser downloads of this crate.

use std::future::Future;
use std::pin::Pin;

use synckit::storage::{Chunk, ChunkId, StorageError};

use crate::limits;

/// Something to do in a store.
pub(crate) enum Operation {
    Load {
        document: String,
        after: Option<ChunkId>,
    },
    Append {
        document: String,
        update: Vec<u8>,
    },
    Compact {
        document: String,
        read: Vec<ChunkId>,
        snapshot: Vec<u8>,
    },
    Delete {
        document: String,
    },
    Documents,
    Record {
        key: String,
    },
    SetRecord {
        key: String,
        value: Vec<u8>,
    },
    /// The replica ids that were used with this store.
    Replicas,
    /// Notes a replica id, unless there are too many. Answers whether it is noted.
    AddReplica {
        replica: String,
    },
}

/// What comes of an operation.
pub(crate) enum Answer {
    Nothing,
    Chunks(Vec<Chunk>),
    Id(ChunkId),
    Names(Vec<String>),
    Value(Option<Vec<u8>>),
    Yes(bool),
}

/// A place that keeps what is appended.
pub(crate) trait Log {
    /// Does all of `operation`, or nothing.
    fn perform<'a>(&'a self, operation: &'a Operation) -> Performing<'a>;
}

pub(crate) type Performing<'a> = Pin<Box<dyn Future<Output = Result<Answer, StorageError>> + 'a>>;

impl Operation {
    /// Refuses what exceeds the limits of the store.
    pub(crate) fn check(&self) -> Result<(), StorageError> {
        match self {
            Self::Load { document, .. } | Self::Delete { document } => limits::document(document),
            Self::Append { document, update: bytes } | Self::Compact { document, snapshot: bytes, .. } => {
                limits::document(document)?;
                limits::update(bytes.len())
            }
            Self::Record { key } => limits::key(key),
            Self::SetRecord { key, value } => {
                limits::key(key)?;
                limits::record(value.len())
            }
            Self::Documents | Self::Replicas | Self::AddReplica { .. } => Ok(()),
        }
    }
}

/// Inserts into an ascending list what is not in it. Lists come almost sorted, so this is as fast as sorting them, and a
/// fraction of its code.
pub(crate) fn insert<T: Ord>(list: &mut Vec<T>, item: T) {
    let at = list.partition_point(|other| *other < item);
    if list.get(at) != Some(&item) {
        list.insert(at, item);
    }
}
