use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

fn store() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    (folder, path)
}

fn open(path: &Path) -> SqliteLog {
    SqliteLog::open(path, &SqliteOptions::default()).unwrap()
}

async fn contents(log: &SqliteLog, document: &str) -> Vec<Vec<u8>> {
    log.load(document).await.unwrap().into_iter().map(|chunk| chunk.update).collect()
}

#[tokio::test]
async fn what_was_appended_is_there_in_order_after_opening_again() {
    let (_folder, path) = store();
    let log = open(&path);
    let epoch = log.epoch();
    assert_ne!(epoch, 0);
    assert!(log.load("a").await.unwrap().is_empty());
    let appends: Vec<_> = (0..100u8).map(|n| log.append(["a", "b"][usize::from(n % 2)], vec![n])).collect();
    let mut last = ChunkId(0);
    for append in appends {
        let id = append.await.unwrap();
        assert!(id > last);
        last = id;
    }
    log.close().await.unwrap();
    assert_eq!(log.append("a", vec![1]).await, Err(LogError::Closed));
    assert_eq!(log.load("a").await, Err(LogError::Closed));

    let log = open(&path);
    assert_eq!(log.epoch(), epoch);
    let even: Vec<_> = (0..100).filter(|n| n % 2 == 0).map(|n| vec![n]).collect();
    assert_eq!(contents(&log, "a").await, even);
}

#[tokio::test]
async fn what_waits_for_the_disk_shares_a_flush() {
    let (_folder, path) = store();
    let log = open(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let appends: Vec<_> = (0..200).map(|n| log.append(&format!("document{n}"), vec![0; 100])).collect();
    // The first one may be tried alone; the others gather behind it.
    tokio::time::sleep(Duration::from_millis(100)).await;
    other.execute_batch("ROLLBACK").unwrap();
    for append in appends {
        append.await.unwrap();
    }
    assert!(log.commits() <= 3, "{} commits", log.commits());
}

#[tokio::test]
async fn one_that_cannot_be_stored_does_not_take_the_others_with_it() {
    let (_folder, path) = store();
    let options = SqliteOptions { max_bytes: Some(256 << 10), ..SqliteOptions::default() };
    let log = SqliteLog::open(&path, &options).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let small = log.append("small", vec![1; 100]);
    let large = log.append("large", vec![2; 1 << 20]);
    let after = log.append("large", vec![3; 100]);
    let late = log.append("small", vec![4; 100]);
    tokio::time::sleep(Duration::from_millis(50)).await;
    other.execute_batch("ROLLBACK").unwrap();
    assert!(small.await.is_ok());
    assert!(matches!(large.await, Err(LogError::Full(_))));
    assert!(after.await.is_err(), "a hole in the log");
    assert!(late.await.is_ok());
    assert_eq!(contents(&log, "small").await, [vec![1; 100], vec![4; 100]]);
    assert!(contents(&log, "large").await.is_empty());
}

#[tokio::test]
async fn the_probe_fails_while_writes_do() {
    let (_folder, path) = store();
    let options = SqliteOptions {
        max_bytes: Some(128 << 10),
        busy_timeout: Duration::from_millis(20),
        ..SqliteOptions::default()
    };
    let log = SqliteLog::open(&path, &options).unwrap();
    log.probe().await.unwrap();
    assert!(matches!(log.append("a", vec![0; 1 << 20]).await, Err(LogError::Full(_))));
    assert!(matches!(log.probe().await, Err(LogError::Full(_))), "what failed has to go in again");
    log.append("a", vec![0; 10]).await.unwrap();
    log.probe().await.unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(log.probe().await, Err(LogError::Locked(_))));
    other.execute_batch("ROLLBACK").unwrap();
    log.probe().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_replaces_exactly_what_it_covers() {
    let (_folder, path) = store();
    let log = open(&path);
    for n in 0..3 {
        log.append("a", vec![n]).await.unwrap();
    }
    let covered: Vec<_> = log.load("a").await.unwrap().iter().map(|chunk| chunk.id).collect();
    log.append("a", vec![9]).await.unwrap();
    log.append("b", vec![7]).await.unwrap();
    let parts = log.compact("a", covered.clone(), vec![vec![100], vec![101]]).await.unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!(contents(&log, "a").await, [[100], [101], [9]], "the snapshot comes first");
    assert_eq!(contents(&log, "b").await, [[7]]);
    // Cut from what is no longer there: nothing happens.
    assert_eq!(log.compact("a", covered, vec![vec![200]]).await, Err(LogError::Stale));
    assert_eq!(contents(&log, "a").await, [[100], [101], [9]]);
    // Names are never used again.
    let mut ids: Vec<_> = log.load("a").await.unwrap().iter().map(|chunk| chunk.id).collect();
    let next = log.append("a", vec![10]).await.unwrap();
    ids.extend(parts);
    assert!(ids.iter().all(|&id| id < next));
}

#[tokio::test]
async fn what_waits_for_the_disk_is_bounded() {
    let (_folder, path) = store();
    let options = SqliteOptions { max_waiting: 1_000, ..SqliteOptions::default() };
    let log = SqliteLog::open(&path, &options).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let first = log.append("a", vec![0; 5_000]);
    let second = log.append("a", vec![0; 10]);
    assert!(matches!(second.await, Err(LogError::Overloaded { .. })));
    other.execute_batch("ROLLBACK").unwrap();
    first.await.unwrap();
    log.append("a", vec![0; 10]).await.unwrap();
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_left_alone() {
    let (_folder, path) = store();
    open(&path).close().await.unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let error = SqliteLog::open(&path, &SqliteOptions::default()).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 2, known: 1, .. }), "{error}");
}
