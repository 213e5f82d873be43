//! Private files as other versions of the program have left them, put there byte by byte.

use js_sys::Uint8Array;
use synckit::storage::{ChunkId, Storage, StorageError};
use synckit_storage_web::{Backend, WebStorage};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{faults, ids, open, updates};

/// Two updates, `one` and `two`.
const FIRST: &[u8] =
    b"SYNCKIT1\xae\xa2H\x06\x03\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01one\
    \xc9|p\x1a\x03\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01two";
/// A snapshot, `snap`, in the place of the first update.
const SECOND: &[u8] =
    b"SYNCKIT1q\xe4@\xaf\x04\x00\x00\x00\x01\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x01\
    \x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00snap";
/// A record, `r`.
const RECORD: &[u8] =
    b"SYNCKIT1\xc33\x9b\xc0\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01r";
/// What version 2 has behind its name, nobody knows.
const NEWER: &[u8] = b"SYNCKIT2 something else altogether";

async fn put(store: &str, files: &[(&str, &[u8])]) -> WebStorage {
    for (path, bytes) in files {
        faults::put_file(store, path, bytes).await.unwrap();
    }
    open(Backend::Opfs, store).await
}

async fn file(store: &str, path: &str) -> Vec<u8> {
    Uint8Array::from(faults::file_bytes(store, path).await.unwrap()).to_vec()
}

#[wasm_bindgen_test]
async fn a_store_as_the_first_version_left_it_is_read_and_goes_on() {
    let storage = put(
        "first-version",
        &[
            ("documents/d/0000000000000001", FIRST),
            ("documents/d/0000000000000002", SECOND),
            ("records/r", RECORD),
            ("replicas/00000000000000aa", b""),
        ],
    )
    .await;
    assert_eq!(storage.documents().await.unwrap(), ["d"]);
    let chunks = storage.load("d", None).await.unwrap();
    assert_eq!(ids(&chunks), [ChunkId(2), ChunkId(3)]);
    assert_eq!(updates(&storage, "d").await, [b"two".to_vec(), b"snap".to_vec()]);
    assert_eq!(storage.record("r").await.unwrap(), Some(b"r".to_vec()));
    assert_eq!(storage.lease().await.unwrap().replica.to_string(), "00000000000000aa");
    assert_eq!(storage.append("d", b"more".to_vec()).await.unwrap(), ChunkId(4));
    storage.compact("d", &[ChunkId(2), ChunkId(3), ChunkId(4)], b"all".to_vec()).await.unwrap();
    drop(storage);
    assert_eq!(updates(&open(Backend::Opfs, "first-version").await, "d").await, [b"all".to_vec()]);
}

#[wasm_bindgen_test]
async fn what_a_newer_version_wrote_is_named_and_left_as_it_is() {
    let path = "documents/d/0000000000000002";
    let files = [("documents/d/0000000000000001", FIRST), (path, NEWER), ("records/r", NEWER)];
    let storage = put("newer-version", &files).await;
    let results = [
        storage.load("d", None).await.map(drop),
        storage.append("d", vec![1]).await.map(drop),
        storage.compact("d", &[ChunkId(1)], vec![1]).await.map(drop),
        storage.delete("d").await,
        storage.record("r").await.map(drop),
    ];
    for result in results {
        let Err(StorageError::Closed(reason)) = result else { panic!("{result:?}") };
        assert!(reason.contains("newer version"), "{reason}");
    }
    assert_eq!(file("newer-version", path).await, NEWER);
    assert_eq!(file("newer-version", "records/r").await, NEWER);
    // Documents of this version are as good as ever.
    storage.append("e", vec![1]).await.unwrap();
    assert_eq!(updates(&storage, "e").await, [[1]]);
}

#[wasm_bindgen_test]
async fn another_name_or_a_lower_version_is_damage() {
    for (store, bytes) in [("lower", b"SYNCKIT0 before the first"), ("foreign", b"LEVELDB2, somebody else's")]
    {
        let storage = put(store, &[("documents/d/0000000000000001", bytes)]).await;
        let load = storage.load("d", None).await;
        assert!(matches!(load, Err(StorageError::Corrupt(_))), "{load:?}");
        let append = storage.append("d", vec![1]).await;
        assert!(matches!(append, Err(StorageError::Corrupt(_))), "{append:?}");
    }
}
