//! Files and folders of the origin private file system as futures.

use js_sys::{Array, ArrayBuffer, AsyncIterator, IteratorNext, Promise, Reflect, Uint8Array};
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

/// Where in a file is written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// What is before stays.
    pub(super) position: usize,
    /// The size of the file now: what lies between is dropped.
    pub(super) size: usize,
}

async fn settle(promise: Promise) -> Result<JsValue, StorageError> {
    JsFuture::from(promise).await.map_err(|thrown| storage_error(&thrown))
}

/// `None` when what was looked for is not there. What should have been made is always there, unless the folder that it
/// should be in has been removed.
async fn find(promise: Promise, make: bool) -> Result<Option<JsValue>, StorageError> {
    match JsFuture::from(promise).await {
        Err(thrown) if !make && name(&thrown) == "NotFoundError" => Ok(None),
        result => result.map(Some).map_err(|thrown| storage_error(&thrown)),
    }
}

/// Whether files can be written here without sync handles.
pub(super) fn check_writable() -> Result<(), StorageError> {
    let prototype = global("FileSystemFileHandle").and_then(|class| property(&class, "prototype"));
    if prototype.is_some_and(|prototype| Reflect::has(&prototype, &"createWritable".into()) == Ok(true)) {
        return Ok(());
    }
    Err(StorageError::Unavailable("this browser cannot write private files here".into()))
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

    /// The folder at the end of a path, made if need be and wanted.
    pub(super) async fn walk(&self, path: &[String], make: bool) -> Result<Option<Self>, StorageError> {
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(make);
        let mut folder = self.clone();
        for part in path {
            match find(folder.0.get_directory_handle_with_options(part, &options), make).await? {
                Some(next) => folder = Self(next.unchecked_into()),
                None => return Ok(None),
            }
        }
        Ok(Some(folder))
    }

    /// A file in it, made empty if need be and wanted.
    pub(super) async fn file(
        &self,
        name: &str,
        make: bool,
    ) -> Result<Option<FileSystemFileHandle>, StorageError> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(make);
        let found = find(self.0.get_file_handle_with_options(name, &options), make).await?;
        Ok(found.map(JsCast::unchecked_into))
    }

    /// What is in it, in no order.
    pub(super) async fn entries(&self) -> Result<Vec<FileSystemHandle>, StorageError> {
        let mut entries = Vec::new();
        let values: AsyncIterator = self.0.values();
        loop {
            let next = values.next().map_err(|thrown| storage_error(&thrown))?;
            let next: IteratorNext = settle(next).await?.unchecked_into();
            if next.done() {
                return Ok(entries);
            }
            if entries.len() == MAX_ENTRIES {
                return Err(StorageError::Corrupt(format!("more than {MAX_ENTRIES} files in one folder")));
            }
            entries.push(next.value().unchecked_into());
        }
    }

    /// Removes an entry with all that is in it.
    pub(super) async fn remove(&self, name: &str) -> Result<(), StorageError> {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        settle(self.0.remove_entry_with_options(name, &options)).await.map(drop)
    }

    /// Replaces everything from a position of a file on by `content`; the file is made if need be. What was there before
    /// stays until all of it is written.
    pub(super) async fn write(&self, name: &str, place: Place, content: &[u8]) -> Result<(), StorageError> {
        let Some(file) = self.file(name, true).await? else { return Ok(()) };
        let options = FileSystemCreateWritableOptions::new();
        options.set_keep_existing_data(place.position > 0);
        let stream = settle(file.create_writable_with_options(&options)).await?;
        let stream: FileSystemWritableFileStream = stream.unchecked_into();
        let steps = steps(&stream, place, content).map_err(|thrown| storage_error(&thrown))?;
        let mut written = settle(Promise::all(&steps)).await;
        if written.is_ok() {
            // Only now the new content takes the place of the old one.
            written = settle(stream.close()).await;
        }
        if written.is_err() {
            // Leaves the file as it was. That it failed before is what counts.
            let _ = settle(stream.abort()).await;
        }
        written.map(drop)
    }
}

/// The steps of writing a file. A stream does them one after the other, and none after one that failed.
fn steps(stream: &FileSystemWritableFileStream, place: Place, content: &[u8]) -> Result<Array, JsValue> {
    let steps = Array::new();
    let position = place.position as f64;
    if place.position > 0 {
        if place.size > place.position {
            steps.push(&stream.truncate_with_f64(position)?.into());
        }
        steps.push(&stream.seek_with_f64(position)?.into());
    }
    // A copy: the bytes are taken later, and a view would not survive growing memory.
    steps.push(&stream.write_with_js_u8_array(&Uint8Array::from(content))?.into());
    Ok(steps)
}

/// An entry that is a folder.
pub(super) fn as_folder(entry: &FileSystemHandle) -> Option<Folder> {
    (entry.kind() == FileSystemHandleKind::Directory).then(|| Folder(entry.clone().unchecked_into()))
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
