//! The origin private file system: a folder for every document with segment files, and one file for every record.
//!
//! A segment is rewritten with the new frame at its end, which the browser does in a copy that takes the file's place
//! when it is closed: a writer that ends half way has changed nothing. Small appends share a segment of up to 64 KiB, so
//! that the copy stays small and ten thousand changes are a few files. Every operation runs under one Web Lock per store,
//! reading shared, writing alone.

mod append;
mod files;
mod frame;
mod log;
mod names;
mod records;
mod segments;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;

use synckit::storage::StorageError;

use crate::locks;
use crate::task::within;
use append::Appends;
use files::Folder;
use segments::Tail;

/// Folder of all stores in the origin's own.
const ROOT: &str = "synckit";
/// Folder of a folder for every document.
const DOCUMENTS: &str = "documents";
/// Folder of a file for every record.
const RECORDS: &str = "records";
/// Folder of an empty file for every known replica id.
const REPLICAS: &str = "replicas";

/// How long another tab may keep the store to itself, in milliseconds.
const LOCK_MS: u64 = 15_000;

/// A store in files.
pub(crate) struct Directory {
    store: String,
    folders: RefCell<Option<Folders>>,
    known: Cell<bool>,
    appends: Appends,
    /// Where the logs of documents ended when they were last written from here.
    tails: RefCell<BTreeMap<String, Tail>>,
    /// Called when the folders were found missing.
    emptied: Box<dyn Fn()>,
}

#[derive(Clone)]
struct Folders {
    documents: Folder,
    records: Folder,
    replicas: Folder,
}

/// Whether files of this store exist already.
pub(crate) async fn exists(store: &str) -> bool {
    async fn find(store: &str) -> Result<bool, StorageError> {
        let Some(root) = Folder::root().await?.find_folder(ROOT).await? else { return Ok(false) };
        Ok(root.find_folder(&names::path(store).concat()).await?.is_some())
    }
    find(store).await.unwrap_or(false)
}

impl Directory {
    /// Opens the folders of this store, making them if need be.
    pub(crate) async fn open(store: &str, emptied: impl Fn() + 'static) -> Result<Self, StorageError> {
        if !locks::available() {
            return Err(StorageError::Unavailable("files of several tabs need Web Locks (https)".into()));
        }
        files::check_writable()?;
        let directory = Self {
            store: store.to_owned(),
            folders: RefCell::new(None),
            known: Cell::new(false),
            appends: Appends::default(),
            tails: RefCell::default(),
            emptied: Box::new(emptied),
        };
        directory.run(true, |_| async { Ok(()) }).await?;
        Ok(directory)
    }

    async fn folders(&self) -> Result<Folders, StorageError> {
        if let Some(folders) = self.folders.borrow().clone() {
            return Ok(folders);
        }
        // A store's name has at most 64 bytes, which is at most two parts.
        let name = names::path(&self.store).concat();
        let root = Folder::root().await?.folder(ROOT).await?;
        let missing = root.find_folder(&name).await?.is_none();
        let store = root.folder(&name).await?;
        let folders = Folders {
            documents: store.folder(DOCUMENTS).await?,
            records: store.folder(RECORDS).await?,
            replicas: store.folder(REPLICAS).await?,
        };
        if missing && self.known.get() {
            (self.emptied)();
        }
        self.known.set(true);
        *self.folders.borrow_mut() = Some(folders.clone());
        Ok(folders)
    }

    /// Runs `operation` under the store's lock, and once more with fresh folders when they were removed under it.
    async fn run<T, F>(&self, alone: bool, operation: impl Fn(Folders) -> F) -> Result<T, StorageError>
    where
        F: Future<Output = Result<T, StorageError>>,
    {
        let lock = within(LOCK_MS, locks::wait(&format!("synckit:{}:files", self.store), !alone)).await;
        let _lock = lock
            .ok_or_else(|| StorageError::Blocked("it has been writing for too long".into()))?
            .ok_or_else(|| StorageError::Unavailable("no lock can be had".into()))?;
        match operation(self.folders().await?).await {
            Err(StorageError::Closed(_)) => {
                self.folders.take();
                self.tails.take();
                operation(self.folders().await?).await
            }
            result => result,
        }
    }
}
