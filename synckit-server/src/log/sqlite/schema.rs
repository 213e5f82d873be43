//! Tables of the store, how a connection to it is set up, and what SQLite's errors mean here.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::super::LogError;
use super::{OpenError, SqliteOptions};

/// Marks a file as a SyncKit store in SQLite's header.
const APPLICATION_ID: i32 = 0x53_79_6e_4b;
/// Version of the tables below.
const SCHEMA_VERSION: i32 = 1;

const TABLES: &str = "
    CREATE TABLE store (
        key TEXT PRIMARY KEY NOT NULL,
        value INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE document (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT;
    -- AUTOINCREMENT: ids are never used again, also when the newest chunks have been folded into a snapshot.
    CREATE TABLE chunk (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES document (id),
        -- 1 for a part of the snapshot, which comes before everything else.
        snapshot INTEGER NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
    CREATE INDEX chunk_of_document ON chunk (document, snapshot DESC, id);
    CREATE TABLE probe (
        content BLOB NOT NULL
    ) STRICT;
";

/// Opens the connection that writes, creates or checks the tables and returns the store's epoch with it.
pub(super) fn open_writer(path: &Path, options: &SqliteOptions) -> Result<(Connection, u64), OpenError> {
    let sql =
        |source: rusqlite::Error| OpenError::Sqlite { path: path.to_owned(), reason: source.to_string() };
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(sql)?;
    connection.busy_timeout(options.busy_timeout).map_err(sql)?;
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(sql)?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(sql)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sql)?;
    let fresh = application == 0 && version == 0 && tables == 0;
    if !fresh && application != APPLICATION_ID {
        return Err(OpenError::NotAStore { path: path.to_owned() });
    }
    if version > SCHEMA_VERSION {
        return Err(OpenError::Newer { path: path.to_owned(), found: version, known: SCHEMA_VERSION });
    }
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(sql)?;
    if !mode.eq_ignore_ascii_case("wal") {
        let reason = format!("the file system allows journal mode {mode} only, not WAL");
        return Err(OpenError::Sqlite { path: path.to_owned(), reason });
    }
    // FULL: a commit returns after the write-ahead log is on the disk, not before.
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;").map_err(sql)?;
    if fresh {
        create(&connection).map_err(sql)?;
    }
    if let Some(limit) = options.max_bytes {
        let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(sql)?;
        let pages = limit.div_ceil(u64::from(page.max(1))).clamp(1, u64::from(u32::MAX - 1));
        let pages = i64::try_from(pages).unwrap_or(i64::MAX);
        connection.pragma_update(None, "max_page_count", pages).map_err(sql)?;
    }
    let epoch: i64 = connection
        .query_row("SELECT value FROM store WHERE key = 'epoch'", [], |row| row.get(0))
        .map_err(sql)?;
    Ok((connection, epoch.cast_unsigned()))
}

/// Opens a connection that reads.
pub(super) fn open_reader(path: &Path, busy_timeout: Duration) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(busy_timeout)?;
    Ok(connection)
}

fn create(connection: &Connection) -> Result<(), rusqlite::Error> {
    let epoch = crate::random_id().cast_signed();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.execute_batch(TABLES)?;
    connection.execute("INSERT INTO store (key, value) VALUES ('epoch', ?1)", [epoch])?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    connection.execute_batch("COMMIT")
}

/// What an error of SQLite means to whoever asked the log.
pub(super) fn log_error(error: &rusqlite::Error) -> LogError {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LogError::Locked(reason),
        Some(ErrorCode::DiskFull | ErrorCode::TooBig) => LogError::Full(reason),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch) => {
            LogError::Corrupt(reason)
        }
        _ => LogError::Io(reason),
    }
}
