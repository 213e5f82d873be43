//! Private files on a bad day.

use synckit::storage::{Storage, StorageError, StorageEvent};
use synckit_storage_web::{Backend, WebStorage};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::tabs::drain;
use crate::{faults, ids, open, updates};

async fn open_opfs(name: &str) -> WebStorage {
    open(Backend::Opfs, name).await
}

#[wasm_bindgen_test]
async fn a_full_disk_is_reported_and_nothing_is_stored() {
    let storage = open_opfs("quota").await;
    storage.append("d", vec![1]).await.unwrap();
    storage.set_record("r", vec![1]).await.unwrap();
    let read = ids(&storage.load("d", None).await.unwrap());
    for method in ["write", "close"] {
        faults::fail_files(method, 0, "QuotaExceededError");
        let append = storage.append("d", vec![2]).await;
        let compact = storage.compact("d", &read, vec![2]).await;
        let delete = storage.delete("d").await;
        let record = storage.set_record("r", vec![2]).await;
        faults::restore();
        for result in [append.map(drop), compact.map(drop), delete, record] {
            let error = result.unwrap_err();
            assert!(matches!(error, StorageError::Quota(_)), "{method}: {error:?}");
        }
        assert_eq!(updates(&storage, "d").await, [[1]]);
        assert_eq!(storage.record("r").await.unwrap(), Some(vec![1]));
        assert_eq!(storage.documents().await.unwrap(), ["d"]);
    }
    storage.append("d", vec![3]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1], [3]]);
}

#[wasm_bindgen_test]
async fn a_failure_is_told_to_every_append_of_a_batch() {
    let storage = open_opfs("batch").await;
    faults::fail_files("close", 1, "QuotaExceededError");
    // The first goes alone, the second and third wait for it and go together.
    let appends = (1..=3).map(|number| {
        let storage = storage.clone();
        async move { storage.append(if number == 1 { "a" } else { "b" }, vec![number]).await }
    });
    let results = crate::join_all(appends.collect()).await;
    faults::restore();
    assert!(results[0].is_ok() && results[1].is_err() && results[2].is_err(), "{results:?}");
    assert_eq!(updates(&storage, "a").await, [[1]]);
    assert!(updates(&storage, "b").await.is_empty());
    storage.append("b", vec![4]).await.unwrap();
    assert_eq!(updates(&storage, "b").await, [[4]]);
}

#[wasm_bindgen_test]
async fn folders_removed_under_the_program_are_made_again_and_told() {
    let storage = open_opfs("removed").await;
    let mut events = storage.events();
    storage.append("d", vec![1]).await.unwrap();
    faults::remove_files().await.unwrap();
    storage.append("d", vec![2]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[2]]);
    assert_eq!(drain(&mut events, 1).await, [StorageEvent::Emptied]);
}

#[wasm_bindgen_test]
async fn a_torn_tail_is_left_out_and_written_over() {
    let storage = open_opfs("torn").await;
    storage.append("d", vec![1; 50]).await.unwrap();
    storage.append("d", vec![2; 50]).await.unwrap();
    faults::damage_file("torn", "d", 30, None).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1; 50]]);
    storage.append("d", vec![3; 50]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1; 50], [3; 50]]);
    assert_eq!(updates(&open_opfs("torn").await, "d").await, [[1; 50], [3; 50]]);
}

#[wasm_bindgen_test]
async fn damage_is_reported_and_nothing_is_written_over_it() {
    let storage = open_opfs("damaged").await;
    storage.append("d", vec![1; 50]).await.unwrap();
    storage.append("d", vec![2; 50]).await.unwrap();
    // A byte of the first chunk's content.
    faults::damage_file("damaged", "d", 0, Some(40)).await.unwrap();
    assert!(matches!(storage.load("d", None).await, Err(StorageError::Corrupt(_))));
    drop(storage);
    let storage = open_opfs("damaged").await;
    assert!(matches!(storage.append("d", vec![3]).await, Err(StorageError::Corrupt(_))));
    assert!(matches!(storage.load("d", None).await, Err(StorageError::Corrupt(_))));
    storage.append("other", vec![4]).await.unwrap();
}

/// What every operation of a store says that cannot be used.
async fn refusals(storage: &WebStorage) -> [Result<(), StorageError>; 4] {
    let (append, compact) = (storage.append("d", vec![2]), storage.compact("d", &[], vec![2]));
    let (record, load) = (storage.set_record("r", vec![2]), storage.load("d", None));
    // At the same time: each of them waits for as long as there is patience.
    let (first, second) = crate::join(crate::join(append, compact), crate::join(record, load)).await;
    [first.0.map(drop), first.1.map(drop), second.0, second.1.map(drop)]
}

#[wasm_bindgen_test]
async fn a_tab_that_holds_the_lock_for_too_long_blocks_and_is_named() {
    let storage = open_opfs("held").await;
    storage.append("d", vec![1]).await.unwrap();
    storage.set_record("r", vec![1]).await.unwrap();
    faults::hold_lock("synckit:held:files").await.unwrap();
    for refused in refusals(&storage).await {
        assert!(matches!(refused, Err(StorageError::Blocked(_))), "{refused:?}");
    }
    faults::let_go().await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1]]);
    assert_eq!(storage.record("r").await.unwrap(), Some(vec![1]));
    storage.append("d", vec![3]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1], [3]]);
}

#[wasm_bindgen_test]
async fn a_file_that_somebody_holds_is_not_written_and_is_named() {
    let storage = open_opfs("file").await;
    storage.append("d", vec![1]).await.unwrap();
    faults::hold_file("file", "documents/d/0000000000000001").await.unwrap();
    let refused = storage.append("d", vec![2]).await;
    assert!(matches!(refused, Err(StorageError::Blocked(_))), "{refused:?}");
    // Other documents go on.
    storage.append("e", vec![9]).await.unwrap();
    faults::let_go().await.unwrap();
    storage.append("d", vec![3]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1], [3]]);
    assert_eq!(updates(&storage, "e").await, [[9]]);
}
