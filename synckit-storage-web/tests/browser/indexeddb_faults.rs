//! IndexedDB on a bad day.

use js_sys::{Array, Uint8Array};
use synckit::storage::{ChunkId, Storage, StorageError, StorageEvent, StorageMode};
use synckit_storage_web::{Backend, Durability, WebStorage};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::tabs::drain;
use crate::{faults, open, updates};

async fn open_indexeddb(name: &str) -> WebStorage {
    open(Backend::IndexedDb, name).await
}

async fn refused(name: &str) -> StorageError {
    let builder = WebStorage::builder(name).backend(Backend::IndexedDb);
    builder.open_persistent().await.map(|storage| storage.mode()).unwrap_err()
}

#[wasm_bindgen_test]
async fn a_full_disk_is_reported_and_nothing_is_stored() {
    let storage = open_indexeddb("quota").await;
    storage.append("d", vec![1]).await.unwrap();
    storage.set_record("r", vec![1]).await.unwrap();
    faults::abort_writes(100, Some("QuotaExceededError"));
    let append = storage.append("d", vec![2]).await;
    let compact = storage.compact("d", &[ChunkId(1)], vec![2]).await;
    let record = storage.set_record("r", vec![2]).await;
    faults::restore();
    faults::throw_on_writes("QuotaExceededError");
    let thrown = storage.append("d", vec![2]).await;
    faults::restore();
    for result in [append.map(drop), compact.map(drop), record, thrown.map(drop)] {
        let error = result.unwrap_err();
        assert!(matches!(error, StorageError::Quota(_)), "{error:?}");
        assert!(error.to_string().contains("free some space"));
    }
    assert_eq!(updates(&storage, "d").await, [[1]]);
    assert_eq!(storage.record("r").await.unwrap(), Some(vec![1]));
    storage.append("d", vec![3]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1], [3]]);
}

#[wasm_bindgen_test]
async fn an_aborted_transaction_is_done_again_once_and_then_reported() {
    let storage = open_indexeddb("abort").await;
    faults::abort_writes(1, None);
    let once = storage.append("d", vec![1]).await;
    faults::restore();
    once.unwrap();
    faults::abort_writes(100, None);
    let always = storage.append("d", vec![2]).await;
    faults::restore();
    assert!(matches!(always, Err(StorageError::Aborted(_))), "{always:?}");
    assert_eq!(updates(&storage, "d").await, [[1]]);
}

#[wasm_bindgen_test]
async fn a_connection_that_was_closed_is_opened_again() {
    faults::watch_connections();
    let storage = open_indexeddb("closed").await;
    storage.append("d", vec![1]).await.unwrap();
    // Whether the browser says so or not.
    for announced in [true, false] {
        faults::close_connections(announced);
        storage.append("d", vec![2]).await.unwrap();
    }
    faults::restore();
    faults::close_at_next_transaction();
    let storing = storage.append("d", vec![3]).await;
    faults::restore();
    storing.unwrap();
    assert_eq!(updates(&storage, "d").await, [[1], [2], [2], [3]]);
}

#[wasm_bindgen_test]
async fn a_database_deleted_under_the_program_is_made_again_and_told() {
    let storage = open_indexeddb("deleted").await;
    let mut events = storage.events();
    storage.append("d", vec![1]).await.unwrap();
    faults::delete_database("synckit:deleted").await.unwrap();
    storage.append("d", vec![2]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[2]]);
    assert_eq!(drain(&mut events, 1).await, [StorageEvent::Emptied]);
}

#[wasm_bindgen_test]
async fn an_older_database_is_upgraded_with_what_is_in_it() {
    faults::open_other("synckit:old", 1).await.unwrap();
    faults::close_other();
    let storage = open_indexeddb("old").await;
    assert_eq!(updates(&storage, "d").await, [[1, 2, 3]]);
    assert_eq!(storage.record("r").await.unwrap(), Some(vec![4]));
    assert_eq!(storage.append("d", vec![5]).await.unwrap(), ChunkId(2));
    assert!(storage.lease().await.is_some());
}

#[wasm_bindgen_test]
async fn an_older_tab_that_does_not_let_go_blocks_and_is_named() {
    faults::open_other("synckit:blocked", 1).await.unwrap();
    let error = refused("blocked").await;
    assert!(matches!(error, StorageError::Blocked(_)), "{error:?}");
    assert!(error.to_string().contains("close it and reload"));
    let StorageMode::Memory { reason } = WebStorage::open("blocked").await.mode() else {
        panic!("no other backend: it would look empty");
    };
    assert!(reason.contains("close it and reload"), "{reason}");
    faults::close_other();
    let storage = open_indexeddb("blocked").await;
    assert_eq!(updates(&storage, "d").await, [[1, 2, 3]]);
    drop(storage);
    // The opening that was given up has gone through meanwhile, and does not block anybody either.
    faults::delete_database("synckit:blocked").await.unwrap();
}

#[wasm_bindgen_test]
async fn the_chosen_durability_is_asked_for() {
    for (durability, expected) in [(Durability::Relaxed, "relaxed"), (Durability::Strict, "strict")] {
        let builder = WebStorage::builder("durability").durability(durability);
        let storage = builder.open_persistent().await.unwrap();
        faults::watch_transactions();
        let append = storage.append("d", vec![1]).await;
        let record = storage.set_record("r", vec![1]).await;
        let transactions = faults::watched_transactions();
        faults::restore();
        append.unwrap();
        record.unwrap();
        assert_eq!(transactions, [format!("readwrite {expected}"), format!("readwrite {expected}")]);
    }
}

#[wasm_bindgen_test]
async fn a_newer_version_can_upgrade_and_this_one_stops() {
    let storage = open_indexeddb("newer").await;
    storage.append("d", vec![1]).await.unwrap();
    // Would be blocked if the connection stayed open.
    faults::open_other("synckit:newer", 99).await.unwrap();
    let append = storage.append("d", vec![2]).await;
    faults::close_other();
    let Err(StorageError::Closed(reason)) = append else { panic!("{append:?}") };
    assert!(reason.contains("newer version"), "{reason}");
    assert!(matches!(refused("newer").await, StorageError::Closed(_)));
    assert!(!WebStorage::open("newer").await.mode().is_persistent());
}

#[wasm_bindgen_test]
async fn where_indexeddb_is_forbidden_files_are_used_and_the_mode_says_why() {
    faults::throw_on_open("SecurityError");
    let automatic = WebStorage::open("forbidden").await;
    let explicit = WebStorage::builder("forbidden").backend(Backend::IndexedDb).open().await;
    faults::restore();
    let StorageMode::Persistent { backend, reason, .. } = automatic.mode() else { panic!("in memory") };
    assert_eq!(backend, "opfs");
    assert!(reason.contains("SecurityError"), "{reason}");
    let StorageMode::Memory { reason } = explicit.mode() else { panic!("another backend than chosen") };
    assert!(reason.contains("SecurityError"), "{reason}");
    automatic.append("d", vec![1]).await.unwrap();
    drop(automatic);
    // Allowed again: the store stays where it is.
    let storage = WebStorage::open("forbidden").await;
    assert_eq!(updates(&storage, "d").await, [[1]]);
}

#[wasm_bindgen_test]
async fn where_nothing_can_be_had_the_store_works_in_memory_and_says_why() {
    faults::hide(&["indexedDB"]);
    faults::hide(&["navigator", "storage"]);
    let storage = WebStorage::open("nothing").await;
    let refused = WebStorage::builder("nothing").open_persistent().await.map(drop);
    faults::restore();
    let StorageMode::Memory { reason } = storage.mode() else { panic!("nothing can be had") };
    assert!(reason.contains("IndexedDB") && reason.contains("OPFS"), "{reason}");
    assert!(matches!(refused, Err(StorageError::Unavailable(_))));
    let id = storage.append("d", vec![1]).await.unwrap();
    storage.compact("d", &[id], vec![2]).await.unwrap();
    storage.set_record("r", vec![3]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [[2]]);
    assert_eq!(storage.record("r").await.unwrap(), Some(vec![3]));
    assert_eq!(storage.documents().await.unwrap(), ["d"]);
    storage.delete("d").await.unwrap();
    assert!(updates(&storage, "d").await.is_empty());
}

#[wasm_bindgen_test]
async fn foreign_content_is_damage_and_not_a_panic() {
    let storage = open_indexeddb("foreign").await;
    storage.append("d", vec![1]).await.unwrap();
    let key = Array::of2(&"d".into(), &2.into());
    faults::put_foreign("synckit:foreign", "chunks", &key, &"text".into()).await.unwrap();
    let too_long = Uint8Array::new_with_length((1 << 20) + 1);
    faults::put_foreign("synckit:foreign", "records", &"r".into(), &too_long).await.unwrap();
    assert!(matches!(storage.load("d", None).await, Err(StorageError::Corrupt(_))));
    assert!(matches!(storage.record("r").await, Err(StorageError::Corrupt(_))));
    let key = Array::of2(&"e".into(), &JsValue::from_f64(0.5));
    faults::put_foreign("synckit:foreign", "chunks", &key, &"text".into()).await.unwrap();
    assert!(matches!(storage.load("e", None).await, Err(StorageError::Corrupt(_))));
}
