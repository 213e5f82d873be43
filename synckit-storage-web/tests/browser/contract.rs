//! What every store has to keep, whichever backend it has.

use synckit::storage::{ChunkId, Storage, StorageError, StorageMode};
use synckit_storage_web::{Backend, WebStorage};

use crate::{both_backends, ids, join, join_all, open, updates};

both_backends! {
    appends_are_loaded_in_order
    load_begins_after_a_chunk
    what_is_stored_is_there_after_opening_again
    compaction_deletes_only_what_it_read
    compaction_while_another_appends
    compaction_of_a_compaction
    ten_thousand_changes_then_compaction
    a_deleted_document_is_gone_and_its_ids_are_not_used_again
    documents_are_those_with_something_stored
    documents_of_any_name
    records_are_replaced
    limits_are_refused_and_change_nothing
    large_and_empty_updates
    the_mode_tells_the_backend
}

async fn appends_are_loaded_in_order(backend: Backend) {
    let storage = open(backend, "order").await;
    assert_eq!(storage.load("d", None).await.unwrap(), []);
    let mut appended = Vec::new();
    for number in 0..20_u8 {
        appended.push(storage.append("d", vec![number; 100]).await.unwrap());
    }
    storage.append("other", vec![99]).await.unwrap();
    let chunks = storage.load("d", None).await.unwrap();
    assert_eq!(ids(&chunks), appended);
    assert!(appended.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(chunks.iter().zip(0..).all(|(chunk, number)| chunk.update == vec![number; 100]));
}

async fn load_begins_after_a_chunk(backend: Backend) {
    let storage = open(backend, "after").await;
    let mut appended = Vec::new();
    for number in 0..5 {
        // Large enough for more than one file where files are filled up.
        appended.push(storage.append("d", vec![number; 40_000]).await.unwrap());
    }
    for (index, id) in appended.iter().enumerate() {
        let chunks = storage.load("d", Some(*id)).await.unwrap();
        assert_eq!(ids(&chunks), appended[index + 1..]);
    }
    assert_eq!(storage.load("d", Some(ChunkId(u64::MAX))).await.unwrap(), []);
    assert_eq!(ids(&storage.load("d", Some(ChunkId(0))).await.unwrap()), appended);
}

async fn what_is_stored_is_there_after_opening_again(backend: Backend) {
    let storage = open(backend, "again").await;
    let first = storage.append("d", vec![1]).await.unwrap();
    storage.set_record("r", vec![2]).await.unwrap();
    drop(storage);
    let storage = open(backend, "again").await;
    assert_eq!(updates(&storage, "d").await, [[1]]);
    assert_eq!(storage.record("r").await.unwrap(), Some(vec![2]));
    assert!(storage.append("d", vec![3]).await.unwrap() > first);
    assert_eq!(updates(&storage, "d").await, [[1], [3]]);
}

async fn compaction_deletes_only_what_it_read(backend: Backend) {
    let storage = open(backend, "compact").await;
    for number in 0..10 {
        storage.append("d", vec![number]).await.unwrap();
    }
    let other = storage.append("other", vec![100]).await.unwrap();
    let read = ids(&storage.load("d", None).await.unwrap());
    // What somebody else stored between reading and compacting, and ids that this document does not have.
    let kept = [read[3], read[7]];
    let mut given: Vec<ChunkId> = read.iter().copied().filter(|id| !kept.contains(id)).collect();
    given.extend([ChunkId(other.0 + 1000), ChunkId(u64::MAX)]);
    if backend == Backend::IndexedDb {
        given.push(other);
    }
    let snapshot = storage.compact("d", &given, b"snapshot".to_vec()).await.unwrap();
    let chunks = storage.load("d", None).await.unwrap();
    assert_eq!(ids(&chunks), [kept[0], kept[1], snapshot]);
    assert_eq!(chunks[2].update, b"snapshot");
    assert_eq!(updates(&storage, "other").await, [[100]]);
}

async fn compaction_while_another_appends(backend: Backend) {
    let one = open(backend, "compact-race").await;
    let two = open(backend, "compact-race").await;
    for number in 0..50 {
        one.append("d", vec![number]).await.unwrap();
    }
    let read = ids(&one.load("d", None).await.unwrap());
    let (done, appended) =
        join(async { one.compact("d", &read, b"snapshot".to_vec()).await.unwrap() }, async {
            let mut appended = Vec::new();
            for number in 100..120 {
                appended.push(two.append("d", vec![number]).await.unwrap());
            }
            appended
        })
        .await;
    let chunks = two.load("d", None).await.unwrap();
    let mut expected = appended.clone();
    expected.push(done);
    expected.sort_unstable();
    assert_eq!(ids(&chunks), expected);
    assert!(read.iter().all(|id| !expected.contains(id)), "no id is used again");
}

async fn compaction_of_a_compaction(backend: Backend) {
    let storage = open(backend, "compact-twice").await;
    for round in 0..4 {
        storage.append("d", vec![round]).await.unwrap();
        storage.append("d", vec![round]).await.unwrap();
        let read = ids(&storage.load("d", None).await.unwrap());
        let id = storage.compact("d", &read, vec![100 + round]).await.unwrap();
        assert!(id > *read.last().unwrap());
        assert_eq!(updates(&storage, "d").await, [[100 + round]]);
    }
    drop(storage);
    assert_eq!(updates(&open(backend, "compact-twice").await, "d").await, [[103]]);
}

async fn ten_thousand_changes_then_compaction(backend: Backend) {
    let storage = open(backend, "ten-thousand").await;
    for burst in 0..40_u32 {
        let appends = (burst * 250..(burst + 1) * 250).map(|number| {
            let storage = storage.clone();
            async move { storage.append("d", number.to_le_bytes().repeat(10)).await.unwrap() }
        });
        let ids = join_all(appends.collect()).await;
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "in the order of asking");
    }
    let chunks = storage.load("d", None).await.unwrap();
    assert_eq!(chunks.len(), 10_000);
    assert!(chunks.iter().zip(0..).all(|(chunk, number)| chunk.update[..4] == u32::to_le_bytes(number)));
    storage.compact("d", &ids(&chunks), vec![7; 400_000]).await.unwrap();
    assert_eq!(updates(&storage, "d").await, [vec![7; 400_000]]);
    storage.append("d", vec![1]).await.unwrap();
    assert_eq!(updates(&open(backend, "ten-thousand").await, "d").await, [vec![7; 400_000], vec![1]]);
}

async fn a_deleted_document_is_gone_and_its_ids_are_not_used_again(backend: Backend) {
    let storage = open(backend, "delete").await;
    storage.delete("never stored").await.unwrap();
    storage.append("d", vec![1]).await.unwrap();
    let last = storage.append("d", vec![2]).await.unwrap();
    storage.append("other", vec![3]).await.unwrap();
    storage.delete("d").await.unwrap();
    assert_eq!(storage.load("d", None).await.unwrap(), []);
    assert_eq!(storage.documents().await.unwrap(), ["other"]);
    drop(storage);
    let storage = open(backend, "delete").await;
    assert!(storage.append("d", vec![4]).await.unwrap() > last);
    assert_eq!(updates(&storage, "d").await, [[4]]);
}

async fn documents_are_those_with_something_stored(backend: Backend) {
    let storage = open(backend, "documents").await;
    assert!(storage.documents().await.unwrap().is_empty());
    for document in ["b", "a", "c", "b", "lists/1"] {
        storage.append(document, vec![1]).await.unwrap();
    }
    storage.set_record("no document", vec![1]).await.unwrap();
    assert_eq!(storage.documents().await.unwrap(), ["a", "b", "c", "lists/1"]);
    let read = ids(&storage.load("b", None).await.unwrap());
    storage.compact("b", &read, vec![2]).await.unwrap();
    storage.delete("c").await.unwrap();
    assert_eq!(storage.documents().await.unwrap(), ["a", "b", "lists/1"]);
}

async fn documents_of_any_name(backend: Backend) {
    let storage = open(backend, "names").await;
    let (longest, wide) = ("x".repeat(256), "Ä".repeat(128));
    let mut names = [
        "a",
        "A",
        ".",
        "..",
        "+",
        "_",
        "a/b",
        "\0",
        "\u{1F600}",
        "\u{FFFD}",
        longest.as_str(),
        wide.as_str(),
    ];
    for name in names {
        storage.append(name, name.as_bytes().to_vec()).await.unwrap();
    }
    for name in names {
        assert_eq!(updates(&storage, name).await, [name.as_bytes()]);
    }
    names.sort_unstable();
    assert_eq!(storage.documents().await.unwrap(), names);
}

async fn records_are_replaced(backend: Backend) {
    let storage = open(backend, "records").await;
    assert_eq!(storage.record("r").await.unwrap(), None);
    for value in [vec![1; 1000], vec![], vec![2]] {
        storage.set_record("r", value.clone()).await.unwrap();
        assert_eq!(storage.record("r").await.unwrap(), Some(value));
    }
    let key = "Ö".repeat(150);
    storage.set_record(&key, vec![9; 1 << 20]).await.unwrap();
    assert_eq!(storage.record(&key).await.unwrap(), Some(vec![9; 1 << 20]));
    assert_eq!(storage.record("R").await.unwrap(), None);
}

async fn limits_are_refused_and_change_nothing(backend: Backend) {
    let storage = open(backend, "limits").await;
    let limit = |result: Result<(), StorageError>| assert!(matches!(result, Err(StorageError::Limit(_))));
    let long = "x".repeat(257);
    for document in ["", long.as_str()] {
        limit(storage.append(document, vec![1]).await.map(drop));
        limit(storage.load(document, None).await.map(drop));
        limit(storage.compact(document, &[], vec![1]).await.map(drop));
        limit(storage.delete(document).await);
    }
    limit(storage.append("d", vec![0; (64 << 20) + 1]).await.map(drop));
    limit(storage.compact("d", &[], vec![0; (64 << 20) + 1]).await.map(drop));
    let long = "x".repeat(301);
    for key in ["", long.as_str()] {
        limit(storage.record(key).await.map(drop));
        limit(storage.set_record(key, vec![1]).await);
    }
    limit(storage.set_record("r", vec![0; (1 << 20) + 1]).await);
    assert!(storage.documents().await.unwrap().is_empty());
    assert_eq!(storage.record("r").await.unwrap(), None);
    let name = "x".repeat(65);
    for name in ["", name.as_str()] {
        let opened = WebStorage::builder(name).backend(backend).open_persistent().await;
        limit(opened.map(drop));
    }
}

async fn large_and_empty_updates(backend: Backend) {
    let storage = open(backend, "sizes").await;
    let sizes = [0, 1, 65_535, 65_536, 65_537, 3 << 20, 0, 16 << 20, 2];
    for size in sizes {
        storage.append("d", vec![size as u8 | 1; size]).await.unwrap();
    }
    let chunks = storage.load("d", None).await.unwrap();
    assert!(chunks.iter().map(|chunk| chunk.update.len()).eq(sizes));
    assert!(chunks.iter().all(|chunk| chunk.update.iter().all(|byte| *byte == chunk.update.len() as u8 | 1)));
}

async fn the_mode_tells_the_backend(backend: Backend) {
    let expected = if backend == Backend::Opfs { "opfs" } else { "indexeddb" };
    let StorageMode::Persistent { backend, reason, .. } = open(backend, "mode").await.mode() else {
        panic!("not persistent");
    };
    assert_eq!((backend, reason.as_str()), (expected, "chosen by the application"));
}
