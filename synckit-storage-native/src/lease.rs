//! Replica ids by file locks: the same few ids again and again, each held by one client at a time.
//!
//! The ids are the names of files in a folder next to the store, and whoever has such a file locked holds its id. The
//! operating system lets go of a lock when the process ends, however it ends. The names begin with the number of the
//! store: when somebody removes the store's file, the ids that were used with it are not used again. When somebody removes
//! the folder, its ids are forgotten, and new ones are drawn.

use std::fs::{self, File};
use std::path::Path;

use synckit::storage::ReplicaLease;
use synckit::version::ReplicaId;

use crate::limits::MAX_REPLICAS;
use crate::platform::random;
use crate::sqlite::connection::beside;

/// New ids that are tried when others snatch each one between its making and its locking.
const ATTEMPTS: usize = 16;

/// The first known id that nobody holds, or a new one. `None` when there are too many, or where files cannot be locked.
pub(crate) fn lease(store_path: &Path, store: i64) -> Option<ReplicaLease> {
    let folder = beside(store_path, ".replicas");
    fs::create_dir_all(&folder).ok()?;
    let prefix = format!("{:016x}-", store.cast_unsigned());
    let mut known = Vec::new();
    for entry in fs::read_dir(&folder).ok()?.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        match name.strip_prefix(&prefix).and_then(|id| u64::from_str_radix(id, 16).ok()) {
            Some(id) => known.push((id, entry.path())),
            None => forget(&entry.path(), name),
        }
    }
    // The same few first, whatever order a file system lists them in.
    known.sort();
    for (id, path) in known.iter().take(MAX_REPLICAS) {
        let Ok(file) = File::options().write(true).open(path) else { continue };
        if let Some(lease) = hold(*id, file, path) {
            return Some(lease);
        }
    }
    let room = MAX_REPLICAS.saturating_sub(known.len());
    for _ in 0..ATTEMPTS.min(room) {
        let id = ReplicaId::new(random()).get();
        let path = folder.join(format!("{prefix}{id:016x}"));
        let file = File::options().write(true).create_new(true).open(&path).ok()?;
        if let Some(lease) = hold(id, file, &path) {
            return Some(lease);
        }
    }
    None
}

/// Locks the file. `None` when somebody else has, or when it is not at its path any more.
fn hold(id: u64, file: File, path: &Path) -> Option<ReplicaLease> {
    file.try_lock().ok()?;
    path.exists().then(|| ReplicaLease { replica: ReplicaId::new(id), guard: Box::new(file) })
}

/// Removes the lock file of a store that was at this path before, if nobody holds it. Other files are let be.
fn forget(path: &Path, name: &str) {
    let ours = name.len() == 33 && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if ours
        && let Ok(file) = File::options().write(true).open(path)
        && file.try_lock().is_ok()
    {
        // A file that stays is looked at again the next time.
        let _ = fs::remove_file(path);
    }
}
