//! The durable log of every document: what is acknowledged is in here.

pub mod sqlite;

use std::future::Future;
use std::pin::Pin;

/// Names a stored chunk. Later chunks have greater ids; ids are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkId(pub i64);

/// An encoded update as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChunk {
    /// Its name in the log.
    pub id: ChunkId,
    /// An encoded [`Update`](synckit::wire::Update).
    pub update: Vec<u8>,
}

/// Why the log could not store or load. An operation that fails has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Somebody else holds the store's lock.
    #[error("the store is locked by another program ({0}): end that program's transaction")]
    Locked(String),
    /// No room is left on the disk or under the configured maximum.
    #[error("the store has no room left ({0}): free disk space or raise --max-store")]
    Full(String),
    /// The disk or the file system failed.
    #[error("the store cannot be read or written ({0}): check the disk and the file's permissions")]
    Io(String),
    /// What is stored cannot be read.
    #[error("the store is damaged ({0}): restore it from a backup")]
    Corrupt(String),
    /// More writes wait for the disk than may.
    #[error("{waiting} bytes wait to be written, the limit is {limit}: try again later")]
    Overloaded {
        /// Bytes that wait.
        waiting: usize,
        /// Bytes that may wait.
        limit: usize,
    },
    /// The log of the document is not what the snapshot was cut from.
    #[error("the stored document has changed since the snapshot was cut")]
    Stale,
    /// The log is closed.
    #[error("the store is closed")]
    Closed,
}

/// What every operation of a log returns.
pub type LogFuture<T> = Pin<Box<dyn Future<Output = Result<T, LogError>> + Send>>;

/// An append log for every document.
///
/// A future resolves when the result is **durable**: it survives the end of the process and of the machine. Writes take
/// effect in the order of the calls, not in the order in which the futures are polled.
pub trait Log: Send + Sync + 'static {
    /// Names the store. Another epoch means: what was acknowledged under the old one may not be there.
    fn epoch(&self) -> u64;

    /// Everything stored of a document, oldest first. Empty when nothing is. A document that cannot be read is an
    /// error, never an empty answer.
    fn load(&self, document: &str) -> LogFuture<Vec<StoredChunk>>;

    /// Appends an encoded update.
    fn append(&self, document: &str, update: Vec<u8>) -> LogFuture<ChunkId>;

    /// In one transaction: replaces exactly the chunks `covered` by `snapshot`, which holds their content, and returns
    /// the ids of its parts. Chunks appended meanwhile stay and come after the snapshot. When one of `covered` is no
    /// longer there, nothing happens and [`LogError::Stale`] is returned.
    fn compact(
        &self,
        document: &str,
        covered: Vec<ChunkId>,
        snapshot: Vec<Vec<u8>>,
    ) -> LogFuture<Vec<ChunkId>>;

    /// Whether a write would succeed now, found out by writing.
    fn probe(&self) -> LogFuture<()>;

    /// Writes down what was handed over before and closes the store. Later operations fail with [`LogError::Closed`].
    fn close(&self) -> LogFuture<()>;
}
