//! Files that are full, locked, damaged, removed, or of somebody else.

use std::io::{Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use synckit::prelude::*;
use synckit::storage::{Storage, StorageError, StorageEvent};
use synckit_storage_contract::updates;
use synckit_storage_native::{Native, NativeStorage, OpenError};
use tempfile::TempDir;

use crate::child::{Board, loaded};
use crate::processes::{drain, until};

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("below/store.sqlite");
    (folder, file)
}

async fn open(file: &Path) -> NativeStorage {
    NativeStorage::open_at(file).await.unwrap()
}

async fn refused(file: &Path) -> OpenError {
    NativeStorage::open_at(file).await.map(drop).unwrap_err()
}

/// The file as another program has it open.
fn database(file: &Path) -> Connection {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    Connection::open(file).unwrap()
}

#[tokio::test]
async fn a_full_store_refuses_what_does_not_fit_and_keeps_the_rest() {
    let (_folder, file) = place();
    let storage = NativeStorage::builder_at(&file).max_bytes(1 << 20).open().await.unwrap();
    storage.append("d", vec![1; 100_000]).await.unwrap();
    let error = storage.append("d", vec![2; 1 << 20]).await.unwrap_err();
    assert!(matches!(&error, StorageError::Quota(_)), "{error:?}");
    assert!(error.to_string().contains("free some space"), "{error}");
    // In one batch with it, small ones are not taken along.
    let (large, small) =
        tokio::join!(storage.append("d", vec![3; 1 << 20]), storage.append("d", vec![4; 1_000]));
    assert!(matches!(large, Err(StorageError::Quota(_))));
    small.unwrap();
    let sizes: Vec<usize> = updates(&storage, "d").await.iter().map(Vec::len).collect();
    assert_eq!(sizes, [100_000, 1_000]);
    // What is deleted makes room.
    storage.delete("d").await.unwrap();
    storage.append("d", vec![5; 800_000]).await.unwrap();
}

#[tokio::test]
async fn a_locked_file_is_waited_for_and_then_told() {
    let (_folder, file) = place();
    let storage = NativeStorage::builder_at(&file).patience(Duration::from_millis(200)).open().await.unwrap();
    storage.append("d", vec![1]).await.unwrap();
    let other = database(&file);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begin = Instant::now();
    let error = storage.append("d", vec![2]).await.unwrap_err();
    assert!(matches!(&error, StorageError::Blocked(_)), "{error:?}");
    assert!(begin.elapsed() >= Duration::from_millis(150), "after {:?}", begin.elapsed());
    // Reading goes on.
    assert_eq!(updates(&storage, "d").await, [[1]]);
    let ((), appended) = tokio::join!(
        async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            other.execute_batch("COMMIT").unwrap();
        },
        storage.append("d", vec![3])
    );
    appended.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1], [3]]);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_let_be() {
    let (_folder, file) = place();
    let storage = open(&file).await;
    storage.append("d", vec![1]).await.unwrap();
    database(&file).pragma_update(None, "user_version", 99).unwrap();
    let error = refused(&file).await;
    assert!(matches!(error, OpenError::Newer { found: 99, known: 1, .. }), "{error:?}");
    assert!(error.to_string().contains("install a newer version"), "{error}");
    // A program that had it open before the upgrade does not write what the newer one may not understand.
    let error = storage.append("d", vec![2]).await.unwrap_err();
    assert!(matches!(&error, StorageError::Closed(_)), "{error:?}");
    assert!(error.to_string().contains("restart"), "{error}");
    database(&file).pragma_update(None, "user_version", 1).unwrap();
    assert_eq!(updates(&storage, "d").await, [[1]]);
}

#[tokio::test]
async fn files_of_other_programs_are_let_be() {
    let (_folder, file) = place();
    database(&file).execute_batch("CREATE TABLE theirs (id INTEGER)").unwrap();
    assert!(matches!(refused(&file).await, OpenError::NotAStore { .. }));
    database(&file).prepare("SELECT * FROM theirs").unwrap();

    let text = file.with_file_name("notes.txt");
    std::fs::write(&text, "Milk, bread and butter. ".repeat(100)).unwrap();
    assert!(matches!(refused(&text).await, OpenError::NotAStore { .. }));
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("Milk"));

    // Neither a folder nor something below a file can be one.
    assert!(matches!(refused(file.parent().unwrap()).await, OpenError::File { .. }));
    assert!(matches!(refused(&text.join("store.sqlite")).await, OpenError::File { .. }));
}

#[tokio::test]
async fn a_damaged_file_is_an_error_and_is_not_written_to() {
    let (_folder, file) = place();
    let storage = open(&file).await;
    for number in 0..100 {
        storage.append("d", vec![number; 10_000]).await.unwrap();
    }
    drop(storage);
    // The last of them puts the write-ahead log into the file when it has closed.
    until("it is closed", || !file.with_file_name("store.sqlite-wal").exists()).await;
    let mut bytes = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    let size = bytes.metadata().unwrap().len();
    bytes.seek(SeekFrom::Start(4_096)).unwrap();
    bytes.write_all(&vec![0xa5; usize::try_from(size).unwrap() - 4_096]).unwrap();
    drop(bytes);
    let damaged = std::fs::read(&file).unwrap();
    match NativeStorage::open_at(&file).await {
        Err(error) => {
            assert!(matches!(&error, OpenError::Corrupt { .. }), "{error:?}");
            assert!(error.to_string().contains("backup"), "{error}");
        }
        Ok(storage) => {
            let error = storage.load("d", None).await.unwrap_err();
            assert!(matches!(error, StorageError::Corrupt(_)), "{error:?}");
        }
    }
    assert!(std::fs::read(&file).unwrap() == damaged);
}

#[tokio::test]
async fn rows_that_this_crate_never_wrote_are_errors() {
    let (_folder, file) = place();
    let storage = open(&file).await;
    storage.append("d", vec![1]).await.unwrap();
    let other = database(&file);
    other
        .execute_batch(
            "INSERT INTO document (id, name) VALUES (77, x'ff00');
             INSERT INTO chunk (document, writer, content) VALUES (77, 1, x'00');
             INSERT INTO document (id, name) VALUES (78, CAST('huge' AS BLOB));
             INSERT INTO chunk (document, writer, content) VALUES (78, 1, zeroblob(70 * 1024 * 1024));",
        )
        .unwrap();
    assert!(matches!(storage.documents().await, Err(StorageError::Corrupt(_))));
    assert!(matches!(storage.load("huge", None).await, Err(StorageError::Corrupt(_))));
    // What is sound is still served.
    assert_eq!(updates(&storage, "d").await, [[1]]);
    storage.append("d", vec![2]).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_stored_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, file) = place();
    let storage = open(&file).await;
    storage.append("d", vec![1]).await.unwrap();
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        let mode = std::fs::metadata(&name).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", name.display());
    }
}

/// Removes the store's file and what SQLite keeps beside it, as somebody who cleans up does.
#[cfg(unix)]
fn remove(file: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        let _ = std::fs::remove_file(name);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_removed_is_made_anew_and_told() {
    let (_folder, file) = place();
    let storage = open(&file).await;
    let mut events = storage.events();
    let before = storage.lease().await.unwrap().replica;
    storage.append("d", vec![1]).await.unwrap();
    remove(&file);
    assert_eq!(drain(&mut events, 1).await, [StorageEvent::Emptied]);
    assert!(updates(&storage, "d").await.is_empty());
    storage.append("d", vec![2]).await.unwrap();
    // In the file, where others find it.
    assert_eq!(updates(&open(&file).await, "d").await, [[2]]);
    // An id that was used with what is gone is not used again.
    assert_ne!(storage.lease().await.unwrap().replica, before);

    // Also when writing is what finds it out, and the folder is gone too.
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    storage.append("d", vec![3]).await.unwrap();
    assert_eq!(updates(&open(&file).await, "d").await, [[3]]);
    assert_eq!(drain(&mut events, 1).await, [StorageEvent::Emptied]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_file_is_removed_stores_everything_again() {
    let (_folder, file) = place();
    let sync = SyncKit::builder(Native::new().unwrap()).storage(open(&file).await).connect().await.unwrap();
    let board = sync.document::<Board>("board");
    loaded(&board).await;
    for number in 0..10 {
        board.lines().push(number.to_string()).unwrap();
    }
    board.flush(Tier::Device).await.unwrap();
    remove(&file);
    board.lines().push("after".into()).unwrap();
    let begin = Instant::now();
    loop {
        let later = SyncKit::builder(Native::new().unwrap())
            .storage(open(&file).await)
            .connect()
            .await
            .unwrap()
            .document::<Board>("board");
        loaded(&later).await;
        if later.lines().len() == 11 {
            break;
        }
        assert!(begin.elapsed() < crate::processes::PATIENCE, "{} lines", later.lines().len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
