//! The one thread that writes. It takes everything that waits, writes it in one transaction, and resolves every waiter
//! after the commit: under load one flush of the disk serves many changes.

use std::collections::HashSet;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::oneshot;

use super::super::{ChunkId, LogError};
use super::schema::log_error;

/// How many jobs one transaction takes at most.
const MAX_BATCH: usize = 512;
/// How many bytes one transaction takes at most, unless a single job is larger.
const MAX_BATCH_BYTES: usize = 8 << 20;

/// Something to write, and who waits for it.
pub(super) enum Job {
    Append {
        document: String,
        update: Vec<u8>,
        done: oneshot::Sender<Result<ChunkId, LogError>>,
    },
    Compact {
        document: String,
        covered: Vec<ChunkId>,
        snapshot: Vec<Vec<u8>>,
        done: oneshot::Sender<Result<Vec<ChunkId>, LogError>>,
    },
    Probe {
        done: oneshot::Sender<Result<(), LogError>>,
    },
    Close {
        done: oneshot::Sender<Result<(), LogError>>,
    },
}

impl Job {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Append { update, .. } => update.len(),
            Self::Compact { snapshot, .. } => snapshot.iter().map(Vec::len).sum(),
            Self::Probe { .. } | Self::Close { .. } => 0,
        }
    }
}

/// What one job came to inside a transaction that is not committed yet.
enum Written {
    Chunk(ChunkId),
    Snapshot(Vec<ChunkId>),
    /// The snapshot was cut from another state of the log.
    Stale,
    Nothing,
}

/// The writing thread's own state.
pub(super) struct Writer {
    connection: Connection,
    /// Keeps other processes off the file.
    lock: File,
    /// Bytes handed over and not yet written, shared with those who hand over.
    waiting: Arc<AtomicUsize>,
    /// How many transactions were committed.
    commits: Arc<AtomicU64>,
    /// Size of the append that failed last, until one succeeds: the probe has to get as much.
    failed_bytes: usize,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        lock: File,
        waiting: Arc<AtomicUsize>,
        commits: Arc<AtomicU64>,
    ) -> Self {
        Self { connection, lock, waiting, commits, failed_bytes: 0 }
    }

    /// Writes until the log is closed or everybody who could hand over is gone.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut bytes = first.bytes();
            let mut batch = vec![first];
            while batch.len() < MAX_BATCH && bytes < MAX_BATCH_BYTES {
                let Ok(job) = jobs.try_recv() else { break };
                bytes += job.bytes();
                batch.push(job);
            }
            let close = batch.iter().position(|job| matches!(job, Job::Close { .. }));
            let after_close = close.map(|at| batch.split_off(at));
            self.write(batch);
            if let Some(rest) = after_close {
                self.close(rest);
                return;
            }
        }
        self.close(Vec::new());
    }

    /// Everything in one transaction; if that fails, each job in its own, so that one that cannot be stored does not
    /// take the others with it.
    fn write(&mut self, batch: Vec<Job>) {
        if batch.is_empty() {
            return;
        }
        match self.transaction(&batch) {
            Ok(written) => {
                if batch.iter().any(|job| matches!(job, Job::Append { .. } | Job::Probe { .. })) {
                    self.failed_bytes = 0;
                }
                for (job, written) in batch.into_iter().zip(written) {
                    resolve(&self.waiting, job, Ok(written));
                }
            }
            Err(error) if batch.len() == 1 || matches!(log_error(&error), LogError::Locked(_)) => {
                let error = log_error(&error);
                tracing::error!(jobs = batch.len(), %error, "writing failed");
                batch.into_iter().for_each(|job| self.refuse(job, error.clone()));
            }
            Err(_) => self.write_one_by_one(batch),
        }
    }

    /// After a failed append the later ones of that document in this batch fail too: a document's log has no holes.
    fn write_one_by_one(&mut self, batch: Vec<Job>) {
        let mut broken = HashSet::new();
        for job in batch {
            let append_to = match &job {
                Job::Append { document, .. } => Some(document.clone()),
                _ => None,
            };
            if append_to.as_ref().is_some_and(|document| broken.contains(document)) {
                self.refuse(
                    job,
                    LogError::Io("an earlier change of the document could not be stored".into()),
                );
                continue;
            }
            match self.transaction(std::slice::from_ref(&job)) {
                Ok(written) => {
                    if append_to.is_some() {
                        self.failed_bytes = 0;
                    }
                    resolve(&self.waiting, job, Ok(written.into_iter().next().unwrap_or(Written::Nothing)));
                }
                Err(error) => {
                    let error = log_error(&error);
                    tracing::error!(bytes = job.bytes(), %error, "writing failed");
                    broken.extend(append_to);
                    self.refuse(job, error);
                }
            }
        }
    }

    fn refuse(&mut self, job: Job, error: LogError) {
        if matches!(job, Job::Append { .. }) {
            self.failed_bytes = job.bytes();
        }
        resolve(&self.waiting, job, Err(error));
    }

    fn transaction(&mut self, batch: &[Job]) -> Result<Vec<Written>, rusqlite::Error> {
        let failed_bytes = self.failed_bytes;
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut written = Vec::with_capacity(batch.len());
        for job in batch {
            written.push(match job {
                Job::Append { document, update, .. } => {
                    let document = document_id(&transaction, document)?;
                    Written::Chunk(insert(&transaction, document, update, false)?)
                }
                Job::Compact { document, covered, snapshot, .. } => {
                    compact(&transaction, document, covered, snapshot)?
                }
                Job::Probe { .. } => {
                    let size = i64::try_from(failed_bytes.max(1)).unwrap_or(i64::MAX);
                    transaction.execute("INSERT INTO probe (content) VALUES (zeroblob(?1))", [size])?;
                    transaction.execute("DELETE FROM probe", [])?;
                    Written::Nothing
                }
                Job::Close { .. } => Written::Nothing,
            });
        }
        transaction.commit()?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(written)
    }

    fn close(self, rest: Vec<Job>) {
        let closed = match self.connection.close() {
            Ok(()) => Ok(()),
            Err((_, error)) => Err(log_error(&error)),
        };
        // Whoever waited for the end may open the file again.
        drop(self.lock);
        for job in rest {
            match job {
                Job::Close { done } => drop(done.send(closed.clone())),
                other => resolve(&self.waiting, other, Err(LogError::Closed)),
            }
        }
    }
}

fn document_id(connection: &Connection, name: &str) -> Result<i64, rusqlite::Error> {
    let known = connection
        .prepare_cached("SELECT id FROM document WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    connection.prepare_cached("INSERT INTO document (name) VALUES (?1)")?.execute([name])?;
    Ok(connection.last_insert_rowid())
}

fn insert(
    connection: &Connection,
    document: i64,
    update: &[u8],
    snapshot: bool,
) -> Result<ChunkId, rusqlite::Error> {
    connection
        .prepare_cached("INSERT INTO chunk (document, snapshot, content) VALUES (?1, ?2, ?3)")?
        .execute(params![document, snapshot, update])?;
    Ok(ChunkId(connection.last_insert_rowid()))
}

fn compact(
    connection: &Connection,
    document: &str,
    covered: &[ChunkId],
    snapshot: &[Vec<u8>],
) -> Result<Written, rusqlite::Error> {
    let document = document_id(connection, document)?;
    let mut exists = connection.prepare_cached("SELECT 1 FROM chunk WHERE id = ?1 AND document = ?2")?;
    for id in covered {
        if !exists.exists(params![id.0, document])? {
            return Ok(Written::Stale);
        }
    }
    let mut delete = connection.prepare_cached("DELETE FROM chunk WHERE id = ?1 AND document = ?2")?;
    for id in covered {
        delete.execute(params![id.0, document])?;
    }
    let parts: Result<_, _> = snapshot.iter().map(|part| insert(connection, document, part, true)).collect();
    Ok(Written::Snapshot(parts?))
}

fn resolve(waiting: &AtomicUsize, job: Job, outcome: Result<Written, LogError>) {
    waiting.fetch_sub(job.bytes(), Ordering::AcqRel);
    // Whoever stopped waiting does not need to know.
    match job {
        Job::Append { done, .. } => drop(done.send(match outcome {
            Ok(Written::Chunk(id)) => Ok(id),
            Ok(_) => Err(LogError::Closed),
            Err(error) => Err(error),
        })),
        Job::Compact { done, .. } => drop(done.send(match outcome {
            Ok(Written::Snapshot(ids)) => Ok(ids),
            Ok(_) => Err(LogError::Stale),
            Err(error) => Err(error),
        })),
        Job::Probe { done } | Job::Close { done } => drop(done.send(outcome.map(|_| ()))),
    }
}

/// The way into the writing thread.
pub(super) type JobSender = SyncSender<Job>;
