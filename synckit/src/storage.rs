//! The device's memory: an append log of updates for every document, and a few small records.

mod memory;

use std::any::Any;
use std::fmt;
use std::future::Future;

use futures_core::Stream;

use crate::platform::{MaybeSend, MaybeSync};
use crate::version::ReplicaId;

pub use memory::MemoryStorage;

/// Names a stored chunk. Later chunks of a document have greater ids; ids are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkId(pub u64);

/// An encoded update as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its name in the store.
    pub id: ChunkId,
    /// An encoded [`Update`](crate::wire::Update).
    pub update: Vec<u8>,
}

/// Where writes end up, to be shown to the user: never a silent fall-back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageMode {
    /// Writes survive a restart.
    Persistent {
        /// Which store it is: `"indexeddb"`, `"opfs"`, `"sqlite"`.
        backend: &'static str,
        /// Whether the platform promised not to evict it under storage pressure.
        protected: bool,
        /// Why this backend was chosen.
        reason: String,
    },
    /// Writes last as long as the program.
    Memory {
        /// Why nothing better could be had.
        reason: String,
    },
}

impl StorageMode {
    /// Whether writes survive a restart.
    pub fn is_persistent(&self) -> bool {
        matches!(self, Self::Persistent { .. })
    }
}

impl fmt::Display for StorageMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Persistent { backend, reason, .. } => {
                write!(f, "saved on this device ({backend}: {reason})")
            }
            Self::Memory { reason } => write!(f, "in memory only: {reason}"),
        }
    }
}

/// Why the device could not store or load. Nothing is ever half stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The device has no room left for this program.
    #[error("no room left on this device ({0}): free some space and try again")]
    Quota(String),
    /// The platform ended the operation; trying again may help.
    #[error("the device aborted the operation ({0}): try again")]
    Aborted(String),
    /// Another program or tab stands in the way of opening or upgrading.
    #[error("another tab or program blocks the store ({0}): close it and reload")]
    Blocked(String),
    /// The store was closed, deleted or upgraded by somebody else, and opening it again did not help.
    #[error("the store was closed ({0}): reload")]
    Closed(String),
    /// What is stored cannot be read.
    #[error("the store is damaged ({0})")]
    Corrupt(String),
    /// The platform has no such store, or forbids it here.
    #[error("no store can be had here ({0})")]
    Unavailable(String),
    /// More than the store takes, or a name it does not take; see [`Storage`] for the limits.
    #[error("the store does not take this ({0})")]
    Limit(String),
}

/// A replica id that nobody else uses while this value lives.
pub struct ReplicaLease {
    /// The id to write under.
    pub replica: ReplicaId,
    /// Keeps the lease: a lock, a file handle. Dropping it gives the id back.
    pub guard: Box<dyn LeaseGuard>,
}

/// Whatever keeps a lease for as long as it lives.
pub trait LeaseGuard: Any + MaybeSend {}
impl<T: Any + MaybeSend> LeaseGuard for T {}

impl fmt::Debug for ReplicaLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplicaLease").field("replica", &self.replica).finish_non_exhaustive()
    }
}

/// What happened to the store from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageEvent {
    /// Another tab or process stored something of this document: read it.
    Appended {
        /// The document's id.
        document: String,
    },
    /// Another tab or process stored a record under this key.
    Recorded {
        /// The record's key.
        key: String,
    },
    /// [`Storage::mode`] answers something else now.
    ModeChanged,
    /// Somebody deleted the whole store under this program (cleared site data, a removed file) and it was made anew:
    /// what is open has to be stored again as a whole.
    Emptied,
}

/// A store on the device. Several tabs or processes may use one store at once.
///
/// A future resolves when the result is **durable**: it survives the end of the program. An operation that fails has
/// changed nothing. Document ids are 1 to 256 bytes; an update is at most 64 MiB.
pub trait Storage: MaybeSend + MaybeSync + 'static {
    /// The stored chunks of a document in ascending order, only those after `after` if given. Empty when there are none.
    fn load(
        &self,
        document: &str,
        after: Option<ChunkId>,
    ) -> impl Future<Output = Result<Vec<Chunk>, StorageError>> + MaybeSend;

    /// Appends an update to a document's log and tells the other tabs and processes.
    fn append(
        &self,
        document: &str,
        update: Vec<u8>,
    ) -> impl Future<Output = Result<ChunkId, StorageError>> + MaybeSend;

    /// In one transaction: stores `snapshot` as a new chunk and deletes exactly the chunks in `read`, whose content it
    /// holds. Chunks written meanwhile by others stay.
    fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> impl Future<Output = Result<ChunkId, StorageError>> + MaybeSend;

    /// Deletes everything stored of a document.
    fn delete(&self, document: &str) -> impl Future<Output = Result<(), StorageError>> + MaybeSend;

    /// The ids of the documents that have something stored, ascending.
    fn documents(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + MaybeSend;

    /// A small record, if it is there. Keys are 1 to 300 bytes.
    fn record(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, StorageError>> + MaybeSend;

    /// Stores a small record (at most 1 MiB) under a key, replacing what was there, and tells the other tabs.
    fn set_record(
        &self,
        key: &str,
        value: Vec<u8>,
    ) -> impl Future<Output = Result<(), StorageError>> + MaybeSend;

    /// Leases a replica id for this session that was used with this store before, or a new one. `None` when no lease
    /// can be had; then the session writes under a fresh id.
    fn lease(&self) -> impl Future<Output = Option<ReplicaLease>> + MaybeSend;

    /// Where writes end up now.
    fn mode(&self) -> StorageMode;

    /// What other tabs and processes do to this store. A hint: the store is the truth.
    fn events(&self) -> impl Stream<Item = StorageEvent> + MaybeSend + Unpin + 'static;
}
