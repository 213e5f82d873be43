//! The one thread that writes. It takes everything that waits, writes it in one transaction, and resolves every waiter
//! after the commit: while the disk is busy with one flush, the next one gathers. Between writes it looks for what
//! other processes have written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use synckit::storage::{ChunkId, StorageError, StorageEvent};
use tokio::sync::oneshot;

use super::connection::Database;
use super::schema;
use crate::error::storage_error;
use crate::events::Events;
use crate::limits::POLL_MS;

/// How many operations one transaction takes at most.
const MAX_BATCH: usize = 1_024;
/// How many bytes one transaction takes at most, unless a single operation is larger.
const MAX_BATCH_BYTES: usize = 8 << 20;

/// Something to write.
pub(crate) enum Write {
    Append { document: String, update: Vec<u8> },
    Compact { document: String, read: Vec<ChunkId>, snapshot: Vec<u8> },
    Delete { document: String },
    SetRecord { key: String, value: Vec<u8> },
}

impl Write {
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Append { update: bytes, .. }
            | Self::Compact { snapshot: bytes, .. }
            | Self::SetRecord { value: bytes, .. } => bytes.len(),
            Self::Delete { .. } => 0,
        }
    }

    /// The chunk that came of it; 0 when none did.
    fn perform(&self, connection: &Connection, writer: i64) -> Result<ChunkId, rusqlite::Error> {
        match self {
            Self::Append { document, update } => append(connection, writer, document, update),
            Self::Compact { document, read, snapshot } => {
                let id = append(connection, writer, document, snapshot)?;
                let mut delete = connection.prepare_cached(
                    "DELETE FROM chunk WHERE id = ?1 AND document = (SELECT id FROM document WHERE name = ?2)",
                )?;
                for chunk in read.iter().filter(|chunk| **chunk != id) {
                    // Ids are never beyond what SQLite counts to, so nothing has this one.
                    let Ok(chunk) = i64::try_from(chunk.0) else { continue };
                    delete.execute(params![chunk, document.as_bytes()])?;
                }
                Ok(id)
            }
            Self::Delete { document } => {
                connection
                    .prepare_cached(
                        "DELETE FROM chunk WHERE document = (SELECT id FROM document WHERE name = ?1)",
                    )?
                    .execute([document.as_bytes()])?;
                connection
                    .prepare_cached("DELETE FROM document WHERE name = ?1")?
                    .execute([document.as_bytes()])?;
                Ok(ChunkId(0))
            }
            Self::SetRecord { key, value } => {
                connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO record (key, value, writer, revision)
                         VALUES (?1, ?2, ?3, 1 + (SELECT coalesce(max(revision), 0) FROM record))",
                    )?
                    .execute(params![key.as_bytes(), value, writer])?;
                Ok(ChunkId(0))
            }
        }
    }
}

fn append(
    connection: &Connection,
    writer: i64,
    document: &str,
    update: &[u8],
) -> Result<ChunkId, rusqlite::Error> {
    let known = connection
        .prepare_cached("SELECT id FROM document WHERE name = ?1")?
        .query_row([document.as_bytes()], |row| row.get::<_, i64>(0))
        .optional()?;
    let document = match known {
        Some(id) => id,
        None => connection
            .prepare_cached("INSERT INTO document (name) VALUES (?1)")?
            .insert([document.as_bytes()])?,
    };
    let id = connection
        .prepare_cached("INSERT INTO chunk (document, writer, content) VALUES (?1, ?2, ?3)")?
        .insert(params![document, writer, update])?;
    Ok(ChunkId(id.cast_unsigned()))
}

/// What the thread is told.
pub(crate) enum Job {
    Write {
        write: Write,
        done: oneshot::Sender<Result<ChunkId, StorageError>>,
    },
    /// Somebody listens to events now.
    Listen,
}

/// The writing thread's own state.
pub(crate) struct Writer {
    database: Database,
    /// Tells what this thread wrote from what others did.
    name: i64,
    events: Arc<Events>,
    /// Bytes handed over and not yet written, shared with those who hand over.
    waiting: Arc<AtomicUsize>,
    seen: Seen,
    next_look: Instant,
}

/// Up to where the writes of others are known.
#[derive(Default)]
struct Seen {
    /// Changes with every commit of another connection.
    data_version: i64,
    chunk: i64,
    revision: i64,
}

impl Writer {
    pub(crate) fn new(
        mut database: Database,
        name: i64,
        events: Arc<Events>,
        waiting: Arc<AtomicUsize>,
    ) -> Result<Self, rusqlite::Error> {
        let seen = Seen::up_to_now(database.connection())?;
        Ok(Self { database, name, events, waiting, seen, next_look: Instant::now() })
    }

    /// Writes until everybody who could hand over is gone.
    pub(crate) fn run(&mut self, jobs: &Receiver<Job>) {
        loop {
            let first = if self.events.are_heard() {
                jobs.recv_timeout(self.next_look.saturating_duration_since(Instant::now()))
            } else {
                jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match first {
                Ok(first) => self.write(gather(first, jobs)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.events.are_heard() && self.next_look <= Instant::now() {
                self.look();
                self.next_look = Instant::now() + Duration::from_millis(POLL_MS);
            }
        }
        self.events.close();
    }

    /// Everything in one transaction; if that fails, each in its own, so that one that cannot be stored does not take the
    /// others with it.
    fn write(&mut self, batch: Vec<Job>) {
        let (mut writes, mut waiters) = (Vec::new(), Vec::new());
        for job in batch {
            if let Job::Write { write, done } = job {
                writes.push(write);
                waiters.push(done);
            }
        }
        let outcomes: Vec<_> = match self.transaction(&writes) {
            Ok(ids) => ids.into_iter().map(Ok).collect(),
            Err(error) if writes.len() == 1 || matches!(error, StorageError::Blocked(_)) => {
                writes.iter().map(|_| Err(error.clone())).collect()
            }
            Err(_) => writes
                .iter()
                .map(|write| {
                    let ids = self.transaction(std::slice::from_ref(write))?;
                    Ok(ids.first().copied().unwrap_or(ChunkId(0)))
                })
                .collect(),
        };
        for ((write, done), outcome) in writes.iter().zip(waiters).zip(outcomes) {
            self.waiting.fetch_sub(write.bytes(), Ordering::AcqRel);
            // Whoever does not wait any more wanted it done all the same.
            let _ = done.send(outcome);
        }
    }

    fn transaction(&mut self, writes: &[Write]) -> Result<Vec<ChunkId>, StorageError> {
        if writes.is_empty() {
            return Ok(Vec::new());
        }
        self.refresh()?;
        let name = self.name;
        let connection = self.database.connection();
        let mut run = || -> Result<Result<Vec<ChunkId>, StorageError>, rusqlite::Error> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if schema::version(&transaction)? != schema::VERSION {
                let reason = "a newer version of this program has upgraded it; restart this one";
                return Ok(Err(StorageError::Closed(reason.into())));
            }
            let ids =
                writes.iter().map(|write| write.perform(&transaction, name)).collect::<Result<_, _>>()?;
            transaction.commit()?;
            Ok(Ok(ids))
        };
        run().unwrap_or_else(|error| Err(storage_error(&error)))
    }

    /// Opens the file again if it is another one now, and tells so.
    fn refresh(&mut self) -> Result<(), StorageError> {
        if self.database.refresh()? {
            self.seen = Seen::up_to_now(self.database.connection()).map_err(|error| storage_error(&error))?;
            self.events.tell(&StorageEvent::Emptied);
        }
        Ok(())
    }

    /// Tells what other connections have written since the last time. What cannot be read now is read the next time.
    fn look(&mut self) {
        if self.refresh().is_err() {
            return;
        }
        let connection = self.database.connection();
        let Ok(events) = self.seen.news(connection, self.name) else { return };
        for event in events {
            self.events.tell(&event);
        }
    }
}

/// What waits, as much as one transaction takes.
fn gather(first: Job, jobs: &Receiver<Job>) -> Vec<Job> {
    let bytes = |job: &Job| match job {
        Job::Write { write, .. } => write.bytes(),
        Job::Listen => 0,
    };
    let mut total = bytes(&first);
    let mut batch = vec![first];
    while batch.len() < MAX_BATCH && total < MAX_BATCH_BYTES {
        let Ok(job) = jobs.try_recv() else { break };
        total += bytes(&job);
        batch.push(job);
    }
    batch
}

impl Seen {
    fn up_to_now(connection: &Connection) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            data_version: data_version(connection)?,
            chunk: last_chunk(connection)?,
            revision: last_revision(connection)?,
        })
    }

    fn news(&mut self, connection: &mut Connection, me: i64) -> Result<Vec<StorageEvent>, rusqlite::Error> {
        let version = data_version(connection)?;
        if version == self.data_version {
            return Ok(Vec::new());
        }
        // All from one moment.
        let reading = connection.transaction()?;
        let seen =
            Self { data_version: version, chunk: last_chunk(&reading)?, revision: last_revision(&reading)? };
        let mut events = Vec::new();
        {
            let mut statement = reading.prepare_cached(
                "SELECT name FROM chunk JOIN document ON document.id = chunk.document
                 WHERE chunk.id > ?1 AND writer <> ?2 GROUP BY chunk.document ORDER BY min(chunk.id)",
            )?;
            let mut rows = statement.query(params![self.chunk, me])?;
            while let Some(row) = rows.next()? {
                if let Ok(document) = String::from_utf8(row.get(0)?) {
                    events.push(StorageEvent::Appended { document });
                }
            }
            let mut statement = reading.prepare_cached(
                "SELECT key FROM record WHERE revision > ?1 AND writer <> ?2 ORDER BY revision",
            )?;
            let mut rows = statement.query(params![self.revision, me])?;
            while let Some(row) = rows.next()? {
                if let Ok(key) = String::from_utf8(row.get(0)?) {
                    events.push(StorageEvent::Recorded { key });
                }
            }
        }
        reading.commit()?;
        *self = seen;
        Ok(events)
    }
}

fn data_version(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}

fn last_chunk(connection: &Connection) -> Result<i64, rusqlite::Error> {
    let last = connection
        .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0))
}

fn last_revision(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection
        .prepare_cached("SELECT coalesce(max(revision), 0) FROM record")?
        .query_row([], |row| row.get(0))
}
