//! The log of a document: appended, loaded, compacted, deleted.

use synckit::storage::{ChunkId, Storage};

use crate::{Backend, ids, join, join_all, updates};

/// Chunks come back in the order they were appended in, with ascending ids, and only those of the document.
pub async fn appends_are_loaded_in_order(backend: &impl Backend) {
    let storage = backend.open("order").await;
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

/// Loading can begin behind any chunk.
pub async fn load_begins_after_a_chunk(backend: &impl Backend) {
    let storage = backend.open("after").await;
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

/// Chunks and records outlive the handle, and ids go on ascending.
pub async fn what_is_stored_is_there_after_opening_again(backend: &impl Backend) {
    let storage = backend.open("again").await;
    let first = storage.append("d", vec![1]).await.unwrap();
    storage.set_record("r", vec![2]).await.unwrap();
    drop(storage);
    let storage = backend.open("again").await;
    assert_eq!(updates(&storage, "d").await, [[1]]);
    assert_eq!(storage.record("r").await.unwrap(), Some(vec![2]));
    assert!(storage.append("d", vec![3]).await.unwrap() > first);
    assert_eq!(updates(&storage, "d").await, [[1], [3]]);
}

/// Chunks that a compaction was not given stay, those of other documents too.
pub async fn compaction_deletes_only_what_it_read(backend: &impl Backend) {
    let storage = backend.open("compact").await;
    for number in 0..10 {
        storage.append("d", vec![number]).await.unwrap();
    }
    let other = storage.append("other", vec![100]).await.unwrap();
    let read = ids(&storage.load("d", None).await.unwrap());
    // What somebody else stored between reading and compacting, and ids that this document does not have.
    let kept = [read[3], read[7]];
    let mut given: Vec<ChunkId> = read.iter().copied().filter(|id| !kept.contains(id)).collect();
    given.extend([ChunkId(other.0 + 1000), ChunkId(u64::MAX)]);
    if backend.ids_are_unique() {
        given.push(other);
    }
    let snapshot = storage.compact("d", &given, b"snapshot".to_vec()).await.unwrap();
    let chunks = storage.load("d", None).await.unwrap();
    assert_eq!(ids(&chunks), [kept[0], kept[1], snapshot]);
    assert_eq!(chunks[2].update, b"snapshot");
    assert_eq!(updates(&storage, "other").await, [[100]]);
}

/// What another handle appends during a compaction stays.
pub async fn compaction_while_another_appends(backend: &impl Backend) {
    let one = backend.open("compact-race").await;
    let two = backend.open("compact-race").await;
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

/// A snapshot is a chunk like any other.
pub async fn compaction_of_a_compaction(backend: &impl Backend) {
    let storage = backend.open("compact-twice").await;
    for round in 0..4 {
        storage.append("d", vec![round]).await.unwrap();
        storage.append("d", vec![round]).await.unwrap();
        let read = ids(&storage.load("d", None).await.unwrap());
        let id = storage.compact("d", &read, vec![100 + round]).await.unwrap();
        assert!(id > *read.last().unwrap());
        assert_eq!(updates(&storage, "d").await, [[100 + round]]);
    }
    drop(storage);
    assert_eq!(updates(&backend.open("compact-twice").await, "d").await, [[103]]);
}

/// Ten thousand appends, 250 at a time, keep the order of asking, and one snapshot replaces them.
pub async fn ten_thousand_changes_then_compaction(backend: &impl Backend) {
    let storage = backend.open("ten-thousand").await;
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
    assert_eq!(updates(&backend.open("ten-thousand").await, "d").await, [vec![7; 400_000], vec![1]]);
}

/// A deleted document leaves nothing behind but ids that are never used again.
pub async fn a_deleted_document_is_gone_and_its_ids_are_not_used_again(backend: &impl Backend) {
    let storage = backend.open("delete").await;
    storage.delete("never stored").await.unwrap();
    storage.append("d", vec![1]).await.unwrap();
    let last = storage.append("d", vec![2]).await.unwrap();
    storage.append("other", vec![3]).await.unwrap();
    storage.delete("d").await.unwrap();
    assert_eq!(storage.load("d", None).await.unwrap(), []);
    assert_eq!(storage.documents().await.unwrap(), ["other"]);
    drop(storage);
    let storage = backend.open("delete").await;
    assert!(storage.append("d", vec![4]).await.unwrap() > last);
    assert_eq!(updates(&storage, "d").await, [[4]]);
}

/// Only what has chunks is listed, ascending.
pub async fn documents_are_those_with_something_stored(backend: &impl Backend) {
    let storage = backend.open("documents").await;
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

/// Names are bytes: case, slashes, dots, zeros and emoji make a difference.
pub async fn documents_of_any_name(backend: &impl Backend) {
    let storage = backend.open("names").await;
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

/// Updates from 0 bytes to 16 MiB.
pub async fn large_and_empty_updates(backend: &impl Backend) {
    let storage = backend.open("sizes").await;
    let sizes = [0, 1, 65_535, 65_536, 65_537, 3 << 20, 0, 16 << 20, 2];
    for size in sizes {
        storage.append("d", vec![size as u8 | 1; size]).await.unwrap();
    }
    let chunks = storage.load("d", None).await.unwrap();
    assert!(chunks.iter().map(|chunk| chunk.update.len()).eq(sizes));
    assert!(chunks.iter().all(|chunk| chunk.update.iter().all(|byte| *byte == chunk.update.len() as u8 | 1)));
}
