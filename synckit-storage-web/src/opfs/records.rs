//! Records and known replica ids.

use synckit::storage::StorageError;

use super::files::{self, Folder, Place};
use super::frame::{self, Kind, MAGIC};
use super::{Directory, names};
use crate::lease::Replicas;
use crate::limits::MAX_RECORD_BYTES;

/// Largest file of a record, in bytes.
const LARGEST: usize = MAX_RECORD_BYTES + 1024;

impl Directory {
    pub(crate) async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.run(false, |folders| async move {
            let mut folder = folders.records;
            let (name, parents) = path(key);
            for parent in parents {
                match folder.find_folder(&parent).await? {
                    Some(next) => folder = next,
                    None => return Ok(None),
                }
            }
            let Some(file) = folder.find_file(&name).await? else { return Ok(None) };
            let bytes = files::read(&files::snapshot(&file).await?, LARGEST).await?;
            let segment = frame::decode(&bytes)
                .map_err(|reason| StorageError::Corrupt(format!("a record: {reason}")))?;
            // An empty file: its first writer ended before it had written.
            Ok(segment.frames.first().map(|frame| frame.content.to_vec()))
        })
        .await
    }

    pub(crate) async fn set_record(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        self.run(true, |folders| async move {
            let mut folder = folders.records;
            let (name, parents) = path(key);
            for parent in parents {
                folder = folder.folder(&parent).await?;
            }
            let mut bytes = MAGIC.to_vec();
            bytes.extend(frame::encode(1, Kind::Update, &[], value));
            files::write(&folder.file(&name).await?, Place::default(), &bytes).await
        })
        .await
    }
}

/// The name of a record's file and the folders it is in.
fn path(key: &str) -> (String, Vec<String>) {
    let mut path = names::path(key);
    (path.pop().unwrap_or_default(), path)
}

impl Replicas for Directory {
    async fn replicas(&self, limit: u32) -> Result<Vec<String>, StorageError> {
        self.run(false, |folders| async move { known(&folders.replicas, limit).await }).await
    }

    async fn add_replica(&self, replica: &str, limit: u32) -> Result<bool, StorageError> {
        self.run(true, |folders| async move {
            let room = known(&folders.replicas, limit).await?.len() < limit as usize;
            if room {
                folders.replicas.file(replica).await?;
            }
            Ok(room)
        })
        .await
    }
}

async fn known(replicas: &Folder, limit: u32) -> Result<Vec<String>, StorageError> {
    let mut names: Vec<String> = replicas.entries().await?.files.into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.truncate(limit as usize);
    Ok(names)
}
