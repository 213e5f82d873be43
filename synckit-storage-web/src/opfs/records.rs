//! Records: one file each.

use synckit::storage::StorageError;

use super::files::{self, Folder, Place};
use super::frame::{self, Kind, MAGIC};
use super::names;
use crate::limits::MAX_RECORD_BYTES;

/// Largest file of a record, in bytes.
const LARGEST: usize = MAX_RECORD_BYTES + 1024;

pub(super) async fn get(records: &Folder, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
    let (name, parents) = path(key);
    let Some(folder) = records.find_path(&parents).await? else { return Ok(None) };
    let Some(file) = folder.find_file(&name).await? else { return Ok(None) };
    let bytes = files::read(&files::snapshot(&file).await?, LARGEST).await?;
    let segment =
        frame::decode(&bytes).map_err(|reason| StorageError::Corrupt(format!("a record: {reason}")))?;
    // An empty file: its first writer ended before it had written.
    Ok(segment.frames.first().map(|frame| frame.content.to_vec()))
}

pub(super) async fn set(records: &Folder, key: &str, value: &[u8]) -> Result<(), StorageError> {
    let (name, parents) = path(key);
    let file = records.make_path(&parents).await?.file(&name).await?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend(frame::encode(1, Kind::Update, &[], value));
    files::write(&file, Place::default(), &bytes).await
}

/// The name of a record's file and the folders it is in.
fn path(key: &str) -> (String, Vec<String>) {
    let mut path = names::path(key);
    (path.pop().unwrap_or_default(), path)
}
