//! A [`Log`] in one SQLite file: write-ahead log, every commit flushed to the disk, one thread that writes, a few
//! connections that read.

mod schema;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

use self::schema::log_error;
use self::writer::{Job, JobSender, Writer};
use super::{ChunkId, Log, LogError, LogFuture, StoredChunk};

/// How many documents are read from the disk at once.
const READERS: usize = 4;
/// How many jobs may wait for the writing thread.
const QUEUE_LENGTH: usize = 65_536;

/// How a store is opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// Largest size of the file in bytes; writes that need more are refused. `None`: as much as the disk gives.
    pub max_bytes: Option<u64>,
    /// Bytes that may wait to be written; more is refused.
    pub max_waiting: usize,
    /// How long an operation waits for another program that has locked the file.
    pub busy_timeout: Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { max_bytes: None, max_waiting: 64 << 20, busy_timeout: Duration::from_secs(2) }
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder cannot be made or the lock file cannot be opened.
    #[error("cannot open {path}: {source}; choose another file with --data", path = .path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Another server works on this file.
    #[error("{path} is used by another synckit-server: stop it or choose another file with --data", path = .path.display())]
    InUse {
        /// The store's file.
        path: PathBuf,
    },
    /// The file is a database of another program.
    #[error("{path} is a database of another program: choose another file with --data", path = .path.display())]
    NotAStore {
        /// The store's file.
        path: PathBuf,
    },
    /// The store was written by a newer version.
    #[error("{path} has format {found}, this version knows {known}: install a newer synckit-server", path = .path.display())]
    Newer {
        /// The store's file.
        path: PathBuf,
        /// Format of the file.
        found: i32,
        /// Newest format this version knows.
        known: i32,
    },
    /// SQLite cannot open the file.
    #[error("cannot open {path} as a store ({reason}): check the file or choose another with --data", path = .path.display())]
    Sqlite {
        /// The store's file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// The writing thread could not be started.
    #[error("cannot start the thread that writes: {0}")]
    Thread(std::io::Error),
}

/// A store in one SQLite file. See [`Log`] for what it promises.
#[derive(Debug)]
pub struct SqliteLog {
    jobs: JobSender,
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
    commits: Arc<AtomicU64>,
    epoch: u64,
    readers: Arc<Readers>,
}

impl SqliteLog {
    /// Opens a store, or makes a new one where there is no file. One process may have it open at a time.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| OpenError::File { path: folder.to_owned(), source })?;
        }
        let lock = lock(path)?;
        let (connection, epoch) = schema::open_writer(path, options)?;
        let (jobs, queue) = mpsc::sync_channel(QUEUE_LENGTH);
        let waiting = Arc::new(AtomicUsize::new(0));
        let commits = Arc::new(AtomicU64::new(0));
        let writer = Writer::new(connection, lock, Arc::clone(&waiting), Arc::clone(&commits));
        std::thread::Builder::new()
            .name("log-writer".into())
            .spawn(move || writer.run(&queue))
            .map_err(OpenError::Thread)?;
        let readers = Arc::new(Readers {
            path: path.to_owned(),
            busy_timeout: options.busy_timeout,
            places: Semaphore::new(READERS),
            idle: Mutex::new(Vec::new()),
        });
        Ok(Self { jobs, waiting, max_waiting: options.max_waiting, commits, epoch, readers })
    }

    /// How many transactions were committed since the store was opened; each is one flush of the disk.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Hands a job to the writing thread now; the future waits for its outcome.
    fn submit<T: Send + 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, LogError>>) -> Job,
    ) -> LogFuture<T> {
        let (done, outcome) = oneshot::channel();
        let job = job(done);
        let bytes = job.bytes();
        let before = self.waiting.fetch_add(bytes, Ordering::AcqRel);
        let sent = if before > 0 && before.saturating_add(bytes) > self.max_waiting {
            Err(LogError::Overloaded { waiting: before, limit: self.max_waiting })
        } else {
            self.jobs.try_send(job).map_err(|error| match error {
                mpsc::TrySendError::Full(_) => {
                    LogError::Overloaded { waiting: before, limit: self.max_waiting }
                }
                mpsc::TrySendError::Disconnected(_) => LogError::Closed,
            })
        };
        if let Err(error) = sent {
            self.waiting.fetch_sub(bytes, Ordering::AcqRel);
            return Box::pin(async { Err(error) });
        }
        Box::pin(async move { outcome.await.unwrap_or(Err(LogError::Closed)) })
    }
}

impl Log for SqliteLog {
    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn load(&self, document: &str) -> LogFuture<Vec<StoredChunk>> {
        let readers = Arc::clone(&self.readers);
        let document = document.to_owned();
        Box::pin(async move {
            let _place = readers.places.acquire().await.map_err(|_| LogError::Closed)?;
            let reading = Arc::clone(&readers);
            tokio::task::spawn_blocking(move || reading.load(&document))
                .await
                .unwrap_or_else(|error| Err(LogError::Io(error.to_string())))
        })
    }

    fn append(&self, document: &str, update: Vec<u8>) -> LogFuture<ChunkId> {
        self.submit(|done| Job::Append { document: document.to_owned(), update, done })
    }

    fn compact(
        &self,
        document: &str,
        covered: Vec<ChunkId>,
        snapshot: Vec<Vec<u8>>,
    ) -> LogFuture<Vec<ChunkId>> {
        self.submit(|done| Job::Compact { document: document.to_owned(), covered, snapshot, done })
    }

    fn probe(&self) -> LogFuture<()> {
        self.submit(|done| Job::Probe { done })
    }

    fn close(&self) -> LogFuture<()> {
        self.readers.places.close();
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let closing = self.submit(|done| Job::Close { done });
        Box::pin(async move {
            match closing.await {
                Err(LogError::Closed) => Ok(()),
                outcome => outcome,
            }
        })
    }
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    busy_timeout: Duration,
    places: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    fn load(&self, document: &str) -> Result<Vec<StoredChunk>, LogError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_reader(&self.path, self.busy_timeout).map_err(|error| log_error(&error))?,
        };
        // A connection that failed is dropped, not kept.
        let chunks = read(&connection, document).map_err(|error| log_error(&error))?;
        if !self.places.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        Ok(chunks)
    }
}

fn read(connection: &Connection, document: &str) -> Result<Vec<StoredChunk>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(
        "SELECT chunk.id, content FROM chunk JOIN document ON document.id = chunk.document
         WHERE document.name = ?1 ORDER BY snapshot DESC, chunk.id",
    )?;
    let rows = statement
        .query_map([document], |row| Ok(StoredChunk { id: ChunkId(row.get(0)?), update: row.get(1)? }))?;
    rows.collect()
}

/// A lock on a file next to the store that ends with the process, however it ends.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let failed = |source| OpenError::File { path: lock_path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests;
