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
use std::rc::Weak;

use synckit::storage::{StorageError, StorageEvent};

use crate::lease::MAX_REPLICAS;
use crate::locks::{self, Mode};
use crate::operation::{Answer, Log, Operation, Performing};
use crate::tabs::{Events, tell};
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

/// A store in files.
pub(crate) struct Directory {
    store: String,
    folders: RefCell<Option<Folders>>,
    known: Cell<bool>,
    appends: Appends,
    /// Where the logs of documents ended when they were last written from here.
    tails: RefCell<BTreeMap<String, Tail>>,
    /// Told when the folders were found missing.
    events: Weak<Events>,
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
    pub(crate) async fn open(store: &str, events: Weak<Events>) -> Result<Self, StorageError> {
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
            events,
        };
        directory.folders().await?;
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
            tell(&self.events, &StorageEvent::Emptied);
        }
        self.known.set(true);
        *self.folders.borrow_mut() = Some(folders.clone());
        Ok(folders)
    }

    /// Performs `operation` under the store's lock, and once more with fresh folders when they were removed under it.
    async fn run(&self, operation: &Operation) -> Result<Answer, StorageError> {
        let mode = match operation {
            Operation::Load { .. }
            | Operation::Documents
            | Operation::Record { .. }
            | Operation::Replicas => Mode::Shared,
            _ => Mode::Alone,
        };
        let Some(_lock) = locks::acquire(&format!("synckit:{}:files", self.store), mode).await else {
            return Err(StorageError::Blocked("it has been writing for too long".into()));
        };
        let mut first = true;
        loop {
            let folders = self.folders().await?;
            match self.steps(&folders, operation).await {
                Err(StorageError::Closed(_)) if first => {
                    self.folders.take();
                    self.tails.take();
                    first = false;
                }
                result => return result,
            }
        }
    }

    async fn steps(&self, folders: &Folders, operation: &Operation) -> Result<Answer, StorageError> {
        match operation {
            Operation::Load { document, after } => {
                log::load(&folders.documents, document, *after).await.map(Answer::Chunks)
            }
            Operation::Append { .. } => {
                self.write_appends(&folders.documents).await.map(|()| Answer::Nothing)
            }
            Operation::Compact { document, read, snapshot } => {
                log::compact(&folders.documents, document, read, snapshot).await.map(Answer::Id)
            }
            Operation::Delete { document } => {
                log::delete(&folders.documents, document).await.map(|()| Answer::Nothing)
            }
            Operation::Documents => log::documents(&folders.documents).await.map(Answer::Names),
            Operation::Record { key } => records::get(&folders.records, key).await.map(Answer::Value),
            Operation::SetRecord { key, value } => {
                records::set(&folders.records, key, value).await.map(|()| Answer::Nothing)
            }
            Operation::Replicas => folders.replicas.file_names().await.map(Answer::Names),
            Operation::AddReplica { replica } => {
                let room = folders.replicas.file_names().await?.len() < MAX_REPLICAS as usize;
                if room {
                    folders.replicas.file(replica).await?;
                }
                Ok(Answer::Yes(room))
            }
        }
    }
}

impl Log for Directory {
    fn perform<'a>(&'a self, operation: &'a Operation) -> Performing<'a> {
        match operation {
            Operation::Append { document, update } => Box::pin(self.append(operation, document, update)),
            _ => Box::pin(self.run(operation)),
        }
    }
}
