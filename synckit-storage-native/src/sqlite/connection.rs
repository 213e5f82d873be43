//! A connection to the file, made anew when somebody has removed or replaced the file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use synckit::storage::StorageError;

use super::identity::Identity;
use super::schema;
use crate::builder::{Durability, NativeStorageBuilder};
use crate::error::{OpenError, open_error, reopen_error};
use crate::limits::MAX_UPDATE_BYTES;

/// The write-ahead log is cut down to this size once it has been worked in, in bytes.
const JOURNAL_BYTES: i64 = 16 << 20;
/// Milliseconds between two attempts to get a lock.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// How the file is opened.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) path: PathBuf,
    durability: Durability,
    patience: Duration,
    max_bytes: Option<u64>,
}

impl Options {
    pub(crate) fn new(path: PathBuf, builder: &NativeStorageBuilder) -> Self {
        let NativeStorageBuilder { durability, patience, max_bytes, .. } = *builder;
        Self { path, durability, patience, max_bytes }
    }
}

/// The file as one thread has it open.
pub(crate) struct Database {
    options: Options,
    connection: Connection,
    /// Of the file that is open. `None` when it was gone before that could be asked.
    identity: Option<Identity>,
    /// Tells this store from one that takes its place at the same path.
    store: i64,
}

impl Database {
    /// Opens the file; makes it when there is none.
    pub(crate) fn open(options: Options) -> Result<Self, OpenError> {
        let (connection, identity, store) = open(&options)?;
        Ok(Self { options, connection, identity, store })
    }

    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn store(&self) -> i64 {
        self.store
    }

    /// Makes sure that the connection is to the file that is at the path now. Whether it is another store than before.
    pub(crate) fn refresh(&mut self) -> Result<bool, StorageError> {
        if self.identity.is_some() && Identity::of(&self.options.path) == self.identity {
            return Ok(false);
        }
        let before = self.store;
        let (connection, identity, store) = open(&self.options).map_err(|error| reopen_error(&error))?;
        self.connection = connection;
        self.identity = identity;
        self.store = store;
        Ok(store != before)
    }
}

fn open(options: &Options) -> Result<(Connection, Option<Identity>, i64), OpenError> {
    let path = &options.path;
    let file_error =
        |error: std::io::Error| OpenError::File { path: path.clone(), reason: error.to_string() };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(file_error)?;
    }
    // SQLite does not wait when two processes turn a new file into a write-ahead one: they take turns here.
    let _turn = take_turn(path, options.patience)?;
    let sql = |error: rusqlite::Error| open_error(path.clone(), &error);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    make(path).map_err(file_error)?;
    let mut connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    connection.busy_timeout(options.patience).map_err(sql)?;
    check(&connection, path)?;
    prepare(&connection, options)?;
    schema::migrate(&mut connection, &schema::MIGRATIONS).map_err(sql)?;
    let store = connection.query_row("SELECT id FROM store", [], |row| row.get(0)).map_err(sql)?;
    Ok((connection, Identity::of(path), store))
}

/// Makes the file if there is none, for this user's eyes only; SQLite gives what it keeps beside it the same permissions.
fn make(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Refuses what is not a store, or one of a newer version, before anything is changed.
fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let sql = |error: rusqlite::Error| open_error(path.to_owned(), &error);
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(sql)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sql)?;
    let found = schema::version(connection).map_err(sql)?;
    let empty = application == 0 && found == 0 && tables == 0;
    if !empty && (application != schema::APPLICATION_ID || found < 1) {
        return Err(OpenError::NotAStore { path: path.to_owned() });
    }
    if found > schema::VERSION {
        return Err(OpenError::Newer { path: path.to_owned(), found, known: schema::VERSION });
    }
    Ok(())
}

fn prepare(connection: &Connection, options: &Options) -> Result<(), OpenError> {
    let path = &options.path;
    let sql = |error: rusqlite::Error| open_error(path.clone(), &error);
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(sql)?;
    if !mode.eq_ignore_ascii_case("wal") {
        let reason = format!("its file system allows journal mode {mode} only, not WAL");
        return Err(OpenError::File { path: path.clone(), reason });
    }
    // FULL: a commit returns after the write-ahead log is on the disk. macOS has a flush of its own that means it.
    let settings = match options.durability {
        Durability::Strict => {
            "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;"
        }
        Durability::Relaxed => "PRAGMA synchronous = NORMAL; PRAGMA checkpoint_fullfsync = ON;",
    };
    connection.execute_batch(settings).map_err(sql)?;
    connection.execute_batch("PRAGMA foreign_keys = ON;").map_err(sql)?;
    connection.pragma_update(None, "journal_size_limit", JOURNAL_BYTES).map_err(sql)?;
    // A little more than an update, for its row.
    let longest = i32::try_from(MAX_UPDATE_BYTES + (64 << 10)).unwrap_or(i32::MAX);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest).map_err(sql)?;
    if let Some(limit) = options.max_bytes {
        let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(sql)?;
        let pages = limit.div_ceil(u64::from(page.max(1))).clamp(1, u64::from(u32::MAX - 1));
        let pages = i64::try_from(pages).unwrap_or(i64::MAX);
        connection.pragma_update(None, "max_page_count", pages).map_err(sql)?;
    }
    Ok(())
}

/// The path with something added to its last part.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A lock that only one process has while it opens the file. `None` where files cannot be locked.
fn take_turn(path: &Path, patience: Duration) -> Result<Option<File>, OpenError> {
    let lock = beside(path, ".lock");
    let file = File::options().create(true).truncate(false).write(true).open(&lock);
    let file = file.map_err(|error| OpenError::File { path: lock, reason: error.to_string() })?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if begin.elapsed() < patience => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => return Err(OpenError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
}
