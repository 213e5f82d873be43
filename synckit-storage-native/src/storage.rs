//! The store of a program: one SQLite file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

use futures_core::Stream;
use synckit::storage::{Chunk, ChunkId, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode};
use tokio::sync::oneshot;

use crate::builder::{NativeStorageBuilder, Place};
use crate::error::{OpenError, open_error};
use crate::events::Events;
use crate::limits;
use crate::platform::random;
use crate::sqlite::connection::{Database, Options};
use crate::sqlite::reader;
use crate::sqlite::writer::{self, Write, Writer};

/// The store of a program in one SQLite file, shared by all processes that open it.
///
/// Cloning gives another handle to the same store. Operations whose future is dropped after it was first polled are
/// finished all the same. Futures run on any executor. When the last handle is dropped, what was handed over is written and
/// the file is closed, in the background.
///
/// ```
/// use synckit::storage::{Storage, StorageMode};
/// use synckit_storage_native::NativeStorage;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("notes.sqlite");
/// let storage = NativeStorage::open_at(&path).await?;
/// assert!(storage.mode().is_persistent());
/// storage.set_record("last-opened", b"note-1".to_vec()).await?;
/// assert_eq!(storage.record("last-opened").await?.as_deref(), Some(&b"note-1"[..]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NativeStorage {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writes: mpsc::Sender<writer::Job>,
    reads: mpsc::Sender<reader::Job>,
    /// Bytes handed over and not yet written.
    waiting: Arc<AtomicUsize>,
    events: Arc<Events>,
}

impl std::fmt::Debug for NativeStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NativeStorage").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl NativeStorage {
    /// Opens the store of the program of this name, in the place that the operating system has for a program's data:
    /// see [`default_path`](crate::default_path). [`builder`](Self::builder) offers choices.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(name: &str) -> Result<Self, OpenError> {
        Self::builder(name).open().await
    }

    /// Opens the store in this file.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_at(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        Self::builder_at(path).open().await
    }

    /// Choices before opening the store of the program of this name (1 to 64 bytes).
    pub fn builder(name: &str) -> NativeStorageBuilder {
        NativeStorageBuilder::new(Place::Named(name.to_owned()))
    }

    /// Choices before opening the store in this file.
    pub fn builder_at(path: impl Into<PathBuf>) -> NativeStorageBuilder {
        NativeStorageBuilder::new(Place::At(path.into()))
    }

    /// The store's file. Next to it are `-wal` and `-shm`, which belong to SQLite, a `.lock` for opening, and the folder
    /// `.replicas` of leases.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Opens the file and starts the two threads. Nothing of it blocks whoever polls.
    pub(crate) async fn start(path: PathBuf, builder: NativeStorageBuilder) -> Result<Self, OpenError> {
        let options = Options::new(path.clone(), &builder);
        let (writes, write_jobs) = mpsc::channel();
        let (reads, read_jobs) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let events = Arc::new(Events::default());
        let (opened, outcome) = oneshot::channel();
        let (their_waiting, their_events) = (waiting.clone(), events.clone());
        let write = move || {
            let open = || {
                let database = Database::open(options.clone())?;
                let reading = Database::open(options.clone())?;
                let name = random().cast_signed();
                let writer = Writer::new(database, name, their_events, their_waiting)
                    .map_err(|error| open_error(options.path.clone(), &error))?;
                let reader = thread("synckit-reader", move || reader::run(reading, &read_jobs))?;
                Ok((writer, reader))
            };
            match open() {
                Ok((mut writer, reader)) => {
                    let _ = opened.send(Ok(()));
                    writer.run(&write_jobs);
                    // The last connection that closes clears up the write-ahead log, unless another one closes with it.
                    let _ = reader.join();
                }
                Err(error) => drop(opened.send(Err(error))),
            }
        };
        thread("synckit-writer", write)?;
        let ended = || OpenError::Thread(std::io::Error::other("it ended before it had begun"));
        outcome.await.unwrap_or_else(|_| Err(ended()))?;
        Ok(Self { inner: Arc::new(Inner { path, writes, reads, waiting, events }) })
    }

    async fn write(&self, write: Write) -> Result<ChunkId, StorageError> {
        let (done, outcome) = oneshot::channel();
        let bytes = write.bytes();
        let before = self.inner.waiting.fetch_add(bytes, Ordering::AcqRel);
        if before > 0 && before.saturating_add(bytes) > limits::MAX_WAITING_BYTES {
            self.inner.waiting.fetch_sub(bytes, Ordering::AcqRel);
            return Err(StorageError::Aborted(format!("{before} bytes wait for the disk already")));
        }
        if self.inner.writes.send(writer::Job::Write { write, done }).is_err() {
            return Err(ended());
        }
        outcome.await.unwrap_or_else(|_| Err(ended()))
    }

    async fn read<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StorageError>>) -> reader::Job,
    ) -> Result<T, StorageError> {
        let (done, outcome) = oneshot::channel();
        self.inner.reads.send(job(done)).map_err(|_| ended())?;
        outcome.await.unwrap_or_else(|_| Err(ended()))
    }
}

fn thread(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    std::thread::Builder::new().name(name.into()).spawn(run).map_err(OpenError::Thread)
}

/// A thread ends only when it has panicked, as somebody still asks.
fn ended() -> StorageError {
    StorageError::Closed("its thread has ended; restart the program".into())
}

impl Storage for NativeStorage {
    async fn load(&self, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
        limits::document(document)?;
        self.read(|done| reader::Job::Load { document: document.to_owned(), after, done }).await
    }

    async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        limits::document(document)?;
        limits::update(&update)?;
        self.write(Write::Append { document: document.to_owned(), update }).await
    }

    async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> Result<ChunkId, StorageError> {
        limits::document(document)?;
        limits::update(&snapshot)?;
        let (document, read) = (document.to_owned(), read.to_vec());
        self.write(Write::Compact { document, read, snapshot }).await
    }

    async fn delete(&self, document: &str) -> Result<(), StorageError> {
        limits::document(document)?;
        self.write(Write::Delete { document: document.to_owned() }).await.map(drop)
    }

    async fn documents(&self) -> Result<Vec<String>, StorageError> {
        self.read(|done| reader::Job::Documents { done }).await
    }

    async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        limits::key(key)?;
        self.read(|done| reader::Job::Record { key: key.to_owned(), done }).await
    }

    async fn set_record(&self, key: &str, value: Vec<u8>) -> Result<(), StorageError> {
        limits::key(key)?;
        limits::record(&value)?;
        self.write(Write::SetRecord { key: key.to_owned(), value }).await.map(drop)
    }

    /// By file locks, which end with the process. `None` when 64 other clients hold one, and where files cannot be locked.
    async fn lease(&self) -> Option<ReplicaLease> {
        let (done, outcome) = oneshot::channel();
        self.inner.reads.send(reader::Job::Lease { done }).ok()?;
        outcome.await.ok().flatten()
    }

    fn mode(&self) -> StorageMode {
        StorageMode::Persistent {
            backend: "sqlite",
            // No operating system evicts a program's files.
            protected: true,
            reason: self.inner.path.display().to_string(),
        }
    }

    /// What other processes, and other stores opened on the same file, have written; not what clones of this one have.
    fn events(&self) -> impl Stream<Item = StorageEvent> + Send + Unpin + 'static {
        let subscriber = self.inner.events.subscribe();
        // Wakes the writing thread, which looks for writes of others only while somebody listens.
        let _ = self.inner.writes.send(writer::Job::Listen);
        subscriber
    }
}
