//! Files and folders of the origin private file system as futures.

use js_sys::{ArrayBuffer, AsyncIterator, IteratorNext, Promise, Reflect, Uint8Array};
use synckit::storage::StorageError;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemCreateWritableOptions, FileSystemDirectoryHandle, FileSystemFileHandle,
    FileSystemGetDirectoryOptions, FileSystemGetFileOptions, FileSystemHandle, FileSystemHandleKind,
    FileSystemRemoveOptions, FileSystemWritableFileStream, StorageManager,
};

use crate::error::{name, storage_error};
use crate::web::{global, property};

/// Most entries that one folder may have.
const MAX_ENTRIES: usize = 1 << 20;

async fn settle(promise: Promise) -> Result<JsValue, StorageError> {
    JsFuture::from(promise).await.map_err(|thrown| storage_error(&thrown))
}

/// `None` when what was asked for is not there.
async fn found(promise: Promise) -> Result<Option<JsValue>, StorageError> {
    match JsFuture::from(promise).await {
        Ok(value) => Ok(Some(value)),
        Err(thrown) if name(&thrown) == "NotFoundError" => Ok(None),
        Err(thrown) => Err(storage_error(&thrown)),
    }
}

/// A folder.
#[derive(Clone)]
pub(super) struct Folder(FileSystemDirectoryHandle);

impl Folder {
    /// The origin's own folder.
    pub(super) async fn root() -> Result<Self, StorageError> {
        let storage = global("navigator").and_then(|navigator| property(&navigator, "storage"));
        let storage = storage
            .filter(|storage| property(storage, "getDirectory").is_some())
            .ok_or_else(|| StorageError::Unavailable("this browser has no private files here".into()))?;
        let root = settle(storage.unchecked_into::<StorageManager>().get_directory()).await?;
        Ok(Self(root.unchecked_into()))
    }

    /// A folder in it, if it is there.
    pub(super) async fn find_folder(&self, name: &str) -> Result<Option<Self>, StorageError> {
        let found = found(self.0.get_directory_handle(name)).await?;
        Ok(found.map(|handle| Self(handle.unchecked_into())))
    }

    /// A folder in it, made if need be.
    pub(super) async fn folder(&self, name: &str) -> Result<Self, StorageError> {
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(true);
        let handle = settle(self.0.get_directory_handle_with_options(name, &options)).await?;
        Ok(Self(handle.unchecked_into()))
    }

    /// The folder at the end of a path, if it is there.
    pub(super) async fn find_path(&self, path: &[String]) -> Result<Option<Self>, StorageError> {
        let mut folder = self.clone();
        for part in path {
            match folder.find_folder(part).await? {
                Some(next) => folder = next,
                None => return Ok(None),
            }
        }
        Ok(Some(folder))
    }

    /// The folder at the end of a path, made if need be.
    pub(super) async fn make_path(&self, path: &[String]) -> Result<Self, StorageError> {
        let mut folder = self.clone();
        for part in path {
            folder = folder.folder(part).await?;
        }
        Ok(folder)
    }

    /// The names of the files in it.
    pub(super) async fn file_names(&self) -> Result<Vec<String>, StorageError> {
        Ok(self.entries().await?.files.into_iter().map(|(name, _)| name).collect())
    }

    /// A file in it, if it is there.
    pub(super) async fn find_file(&self, name: &str) -> Result<Option<FileSystemFileHandle>, StorageError> {
        Ok(found(self.0.get_file_handle(name)).await?.map(JsCast::unchecked_into))
    }

    /// A file in it, made empty if need be.
    pub(super) async fn file(&self, name: &str) -> Result<FileSystemFileHandle, StorageError> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        Ok(settle(self.0.get_file_handle_with_options(name, &options)).await?.unchecked_into())
    }

    /// The names and handles of the files and of the folders in it, in no order.
    pub(super) async fn entries(&self) -> Result<Entries, StorageError> {
        let mut entries = Entries::default();
        let values: AsyncIterator = self.0.values();
        loop {
            let next = values.next().map_err(|thrown| storage_error(&thrown))?;
            let next: IteratorNext = settle(next).await?.unchecked_into();
            if next.done() {
                return Ok(entries);
            }
            let handle: FileSystemHandle = next.value().unchecked_into();
            let name = handle.name();
            if handle.kind() == FileSystemHandleKind::Directory {
                entries.folders.push((name, Self(handle.unchecked_into())));
            } else {
                entries.files.push((name, handle.unchecked_into()));
            }
            if entries.folders.len() + entries.files.len() > MAX_ENTRIES {
                return Err(StorageError::Corrupt(format!("more than {MAX_ENTRIES} files in one folder")));
            }
        }
    }

    /// Removes an entry with all that is in it. Nothing happens when it is not there.
    pub(super) async fn remove(&self, name: &str) -> Result<(), StorageError> {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        found(self.0.remove_entry_with_options(name, &options)).await.map(drop)
    }
}

/// What is in a folder.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) files: Vec<(String, FileSystemFileHandle)>,
    pub(super) folders: Vec<(String, Folder)>,
}

/// A file as it is now.
pub(super) async fn snapshot(file: &FileSystemFileHandle) -> Result<File, StorageError> {
    Ok(settle(file.get_file()).await?.unchecked_into())
}

/// The content of a file of at most `limit` bytes.
pub(super) async fn read(file: &File, limit: usize) -> Result<Vec<u8>, StorageError> {
    let size = file.size() as u64;
    if size > limit as u64 {
        return Err(StorageError::Corrupt(format!("a file of {size} bytes where {limit} are the most")));
    }
    let buffer: ArrayBuffer = settle(file.array_buffer()).await?.unchecked_into();
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Whether files can be written here without sync handles.
pub(super) fn check_writable() -> Result<(), StorageError> {
    let prototype = global("FileSystemFileHandle").and_then(|class| property(&class, "prototype"));
    if prototype.is_some_and(|prototype| Reflect::has(&prototype, &"createWritable".into()) == Ok(true)) {
        return Ok(());
    }
    Err(StorageError::Unavailable("this browser cannot write private files here".into()))
}

/// Where in a file is written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// What is before stays.
    pub(super) position: usize,
    /// The size of the file now: what lies between is dropped.
    pub(super) size: usize,
}

/// Replaces everything from a position on by `content`. What was there before stays until all of it is written.
pub(super) async fn write(
    file: &FileSystemFileHandle,
    place: Place,
    content: &[u8],
) -> Result<(), StorageError> {
    let options = FileSystemCreateWritableOptions::new();
    options.set_keep_existing_data(place.position > 0);
    let stream = settle(file.create_writable_with_options(&options)).await?;
    let stream: FileSystemWritableFileStream = stream.unchecked_into();
    let written = fill(&stream, place, content).await;
    if written.is_err() {
        // Leaves the file as it was. That it failed before is what counts.
        let _ = settle(stream.abort()).await;
    }
    written
}

async fn fill(
    stream: &FileSystemWritableFileStream,
    place: Place,
    content: &[u8],
) -> Result<(), StorageError> {
    let thrown = |thrown: JsValue| storage_error(&thrown);
    let position = place.position as f64;
    if place.position > 0 {
        if place.size > place.position {
            settle(stream.truncate_with_f64(position).map_err(thrown)?).await?;
        }
        settle(stream.seek_with_f64(position).map_err(thrown)?).await?;
    }
    // A copy: the bytes are taken later, and a view would not survive growing memory.
    let content = Uint8Array::from(content);
    settle(stream.write_with_js_u8_array(&content).map_err(thrown)?).await?;
    settle(stream.close()).await.map(drop)
}
