//! The origin private file system: a folder for every document with segment files, and one file for every record.
//!
//! A segment is rewritten with the new frame at its end, which the browser does in a copy that takes the file's place
//! when it is closed: a writer that ends half way has changed nothing. Small appends share a segment of up to 64 KiB, so
//! that the copy stays small and ten thousand changes are a few files. Every operation runs under one Web Lock per store,
//! reading shared, writing alone.
//!
//! ```text
//! synckit/<store>/documents/<document>/<number>   segments: see `frame`
//!                 records/<key>                   a segment with one frame
//!                 replicas/<id>                   empty
//! ```

mod append;
mod files;
mod frame;
mod log;
mod names;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Weak;

use synckit::storage::{StorageError, StorageEvent};

use crate::lease::MAX_REPLICAS;
use crate::limits::MAX_RECORD_BYTES;
use crate::locks::{self, Mode};
use crate::operation::{Answer, Log, Operation, Performing, insert};
use crate::tabs::{Events, tell};
use append::Appends;
use files::{Folder, Place};
use frame::{Kind, MAGIC};
use log::{Step, Tail};

const ROOT: &str = "synckit";
const DOCUMENTS: &str = "documents";
const RECORDS: &str = "records";
const REPLICAS: &str = "replicas";

/// A store in files.
pub(crate) struct Directory {
    store: String,
    folder: RefCell<Option<Folder>>,
    appends: Appends,
    /// Where the logs of documents ended when they were last written from here.
    tails: RefCell<BTreeMap<String, Tail>>,
    /// Told when the folder was found missing.
    events: Weak<Events>,
}

/// The folder of a store, made if need be and wanted.
async fn folder(store: &str, make: bool) -> Result<Option<Folder>, StorageError> {
    // A store's name has at most 64 bytes, which is one or two parts.
    let path = [ROOT.to_owned(), names::path(store).concat()];
    Folder::root().await?.walk(&path, make).await
}

/// Whether files of this store exist already.
pub(crate) async fn exists(store: &str) -> bool {
    matches!(folder(store, false).await, Ok(Some(_)))
}

impl Directory {
    /// Opens the folder of this store, making it if need be.
    pub(crate) async fn open(store: &str, events: Weak<Events>) -> Result<Self, StorageError> {
        if !locks::available() {
            return Err(StorageError::Unavailable("files of several tabs need Web Locks (https)".into()));
        }
        files::check_writable()?;
        let folder = RefCell::new(folder(store, true).await?);
        let (appends, tails) = (Appends::default(), RefCell::default());
        Ok(Self { store: store.to_owned(), folder, appends, tails, events })
    }

    /// Performs `operation` under the store's lock, and once more when the folder was removed under it.
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
            let known = self.folder.borrow().clone();
            let result = match known {
                Some(folder) => self.perform_in(&folder, operation).await,
                None => Err(StorageError::Closed("its folder is missing".into())),
            };
            match result {
                // What is looked for in a folder that is gone may look like nothing found, but not when writing.
                Err(StorageError::Closed(_)) if first => {
                    first = false;
                    self.tails.take();
                    let emptied = !exists(&self.store).await;
                    let folder = folder(&self.store, true).await?;
                    *self.folder.borrow_mut() = folder;
                    if emptied {
                        tell(&self.events, &StorageEvent::Emptied);
                    }
                }
                result => return result,
            }
        }
    }

    async fn perform_in(&self, store: &Folder, operation: &Operation) -> Result<Answer, StorageError> {
        let (top, name) = match operation {
            Operation::Append { .. } => return self.write_appends(store).await,
            Operation::Documents => return documents(store).await,
            Operation::Load { document, .. }
            | Operation::Compact { document, .. }
            | Operation::Delete { document } => (DOCUMENTS, document.as_str()),
            Operation::Record { key } | Operation::SetRecord { key, .. } => (RECORDS, key.as_str()),
            Operation::Replicas | Operation::AddReplica { .. } => (REPLICAS, ""),
        };
        let mut path = path(top, name);
        // The last part of a record's path is its file.
        let file = if top == RECORDS { path.pop() } else { None }.unwrap_or_default();
        let make = matches!(
            operation,
            Operation::Compact { .. } | Operation::SetRecord { .. } | Operation::AddReplica { .. }
        );
        let Some(folder) = store.walk(&path, make).await? else {
            return Ok(match operation {
                Operation::Load { .. } => Answer::Chunks(Vec::new()),
                Operation::Record { .. } => Answer::Value(None),
                Operation::Replicas => Answer::Names(Vec::new()),
                _ => Answer::Nothing,
            });
        };
        let step = match operation {
            Operation::Load { after, .. } => Step::Load(after.map_or(0, |after| after.0)),
            Operation::Compact { read, snapshot, .. } => Step::Compact(read, snapshot),
            Operation::Delete { .. } => Step::Delete,
            Operation::Record { .. } => return record(&folder, &file).await,
            Operation::SetRecord { value, .. } => {
                let bytes = [&MAGIC[..], &frame::encode(1, Kind::Update, &[], value)].concat();
                folder.write(&file, Place::default(), &bytes).await?;
                return Ok(Answer::Nothing);
            }
            _ => {
                let known: Vec<String> =
                    folder.entries().await?.into_iter().map(|entry| entry.name()).collect();
                return match operation {
                    Operation::AddReplica { replica } if known.len() < MAX_REPLICAS as usize => {
                        folder.file(replica, true).await?;
                        Ok(Answer::Yes(true))
                    }
                    Operation::AddReplica { .. } => Ok(Answer::Yes(false)),
                    _ => Ok(Answer::Names(known)),
                };
            }
        };
        Ok(log::perform(&folder, step, None).await?.0)
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

/// The path of a document or a record in the folder of the store.
fn path(top: &str, name: &str) -> Vec<String> {
    let mut path = vec![top.to_owned()];
    if !name.is_empty() {
        path.append(&mut names::path(name));
    }
    path
}

async fn record(folder: &Folder, file: &str) -> Result<Answer, StorageError> {
    /// Largest file of a record, in bytes.
    const LARGEST: usize = MAX_RECORD_BYTES + 1024;
    let Some(file) = folder.file(file, false).await? else { return Ok(Answer::Value(None)) };
    let bytes = files::read(&files::snapshot(&file).await?, LARGEST).await?;
    let segment =
        frame::decode(&bytes).map_err(|reason| StorageError::Corrupt(format!("a record: {reason}")))?;
    // An empty file: its first writer ended before it had written.
    Ok(Answer::Value(segment.frames.first().map(|frame| frame.content.to_vec())))
}

async fn documents(store: &Folder) -> Result<Answer, StorageError> {
    let mut found = Vec::new();
    let mut waiting = Vec::new();
    if let Some(folder) = store.walk(&path(DOCUMENTS, ""), false).await? {
        waiting.push((String::new(), folder));
    }
    while let Some((before, folder)) = waiting.pop() {
        for entry in folder.entries().await? {
            let Some(folder) = files::as_folder(&entry) else { continue };
            let name = entry.name();
            if names::goes_on(&name) {
                waiting.push((before.clone() + name.trim_end_matches('+'), folder));
            } else if let Some(id) = names::id(&(before.clone() + &name))
                && let (Answer::Yes(true), _) = log::perform(&folder, Step::IsStored, None).await?
            {
                insert(&mut found, id);
            }
        }
    }
    Ok(Answer::Names(found))
}
