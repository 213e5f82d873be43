//! The thread that reads: what is committed can be read while the disk is busy with the next commit.

use std::sync::mpsc::Receiver;

use rusqlite::{OptionalExtension, params};
use synckit::storage::{Chunk, ChunkId, ReplicaLease, StorageError};
use tokio::sync::oneshot;

use super::connection::Database;
use crate::error::storage_error;
use crate::lease;
use crate::limits::MAX_DOCUMENT_BYTES;

type Done<T> = oneshot::Sender<Result<T, StorageError>>;

/// Something to read.
pub(crate) enum Job {
    Load { document: String, after: Option<ChunkId>, done: Done<Vec<Chunk>> },
    Documents { done: Done<Vec<String>> },
    Record { key: String, done: Done<Option<Vec<u8>>> },
    Lease { done: oneshot::Sender<Option<ReplicaLease>> },
}

/// Reads until everybody who could ask is gone.
pub(crate) fn run(mut database: Database, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        // Whoever does not wait any more needs no answer.
        match job {
            Job::Load { document, after, done } => {
                drop(done.send(answer(&mut database, |database| load(database, &document, after))));
            }
            Job::Documents { done } => drop(done.send(answer(&mut database, documents))),
            Job::Record { key, done } => {
                drop(done.send(answer(&mut database, |database| record(database, &key))))
            }
            Job::Lease { done } => {
                let lease = database
                    .refresh()
                    .ok()
                    .and_then(|_| lease::lease(&database.options().path, database.store()));
                drop(done.send(lease));
            }
        }
    }
}

fn answer<T>(
    database: &mut Database,
    read: impl FnOnce(&mut Database) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    database.refresh()?;
    read(database)
}

fn load(database: &mut Database, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
    // Ids are never beyond what SQLite counts to.
    let after = i64::try_from(after.map_or(0, |id| id.0)).unwrap_or(i64::MAX);
    let failed = |error: rusqlite::Error| storage_error(&error);
    let mut statement = database
        .connection()
        .prepare_cached(
            "SELECT id, content FROM chunk
             WHERE document = (SELECT id FROM document WHERE name = ?1) AND id > ?2 ORDER BY id",
        )
        .map_err(failed)?;
    let mut rows = statement.query(params![document.as_bytes(), after]).map_err(failed)?;
    let (mut chunks, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next().map_err(failed)? {
        let id: i64 = row.get(0).map_err(failed)?;
        let update: Vec<u8> = row.get(1).map_err(failed)?;
        bytes += update.len();
        if bytes > MAX_DOCUMENT_BYTES {
            let reason = format!("a document of more than {MAX_DOCUMENT_BYTES} bytes");
            return Err(StorageError::Corrupt(reason));
        }
        chunks.push(Chunk { id: ChunkId(id.cast_unsigned()), update });
    }
    Ok(chunks)
}

fn documents(database: &mut Database) -> Result<Vec<String>, StorageError> {
    let failed = |error: rusqlite::Error| storage_error(&error);
    let mut statement = database
        .connection()
        .prepare_cached(
            "SELECT name FROM document
             WHERE EXISTS (SELECT 1 FROM chunk WHERE chunk.document = document.id) ORDER BY name",
        )
        .map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut names = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let name = String::from_utf8(row.get(0).map_err(failed)?);
        names.push(name.map_err(|_| StorageError::Corrupt("a document's name is not text".into()))?);
    }
    Ok(names)
}

fn record(database: &mut Database, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
    let mut read = || {
        database
            .connection()
            .prepare_cached("SELECT value FROM record WHERE key = ?1")?
            .query_row([key.as_bytes()], |row| row.get(0))
            .optional()
    };
    read().map_err(|error| storage_error(&error))
}
