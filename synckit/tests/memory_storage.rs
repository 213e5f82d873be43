//! The store in memory keeps the promises of `Storage`.
#![allow(clippy::unwrap_used)]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use pollster::block_on;
use synckit::storage::{ChunkId, MemoryStorage, Storage, StorageEvent};

fn updates(storage: &MemoryStorage, after: Option<ChunkId>) -> Vec<Vec<u8>> {
    block_on(storage.load("doc", after)).unwrap().into_iter().map(|chunk| chunk.update).collect()
}

fn append(storage: &MemoryStorage, update: u8) -> ChunkId {
    block_on(storage.append("doc", vec![update])).unwrap()
}

fn pending(events: &mut (impl Stream<Item = StorageEvent> + Unpin)) -> Vec<StorageEvent> {
    let mut context = Context::from_waker(Waker::noop());
    let mut seen = Vec::new();
    while let Poll::Ready(Some(event)) = pin!(&mut *events).poll_next(&mut context) {
        seen.push(event);
    }
    seen
}

#[test]
fn chunks_come_in_order_and_compaction_deletes_what_was_read() {
    let storage = MemoryStorage::default();
    let (first, second) = (append(&storage, 1), append(&storage, 2));
    assert!(first < second);
    assert_eq!(updates(&storage, Some(first)), [[2]]);
    let other = storage.clone();
    append(&other, 3);
    let snapshot = block_on(storage.compact("doc", &[second, first], vec![12])).unwrap();
    assert_eq!(updates(&other, None), [[3], [12]], "what another wrote meanwhile stays");
    assert_eq!(updates(&other, Some(snapshot)), [[0; 1]; 0]);
    assert_eq!(block_on(storage.documents()).unwrap(), ["doc"]);
    block_on(storage.delete("doc")).unwrap();
    assert!(updates(&other, None).is_empty());
    assert!(append(&storage, 4) > snapshot, "ids are never used again");
}

#[test]
fn the_others_hear_of_a_write_once_until_they_look() {
    let storage = MemoryStorage::default();
    let other = storage.clone();
    let (mut own, mut others) = (storage.events(), other.events());
    append(&storage, 1);
    append(&storage, 2);
    block_on(storage.set_record("key", vec![7])).unwrap();
    assert!(pending(&mut own).is_empty());
    let document = "doc".to_owned();
    let expected = [StorageEvent::Appended { document }, StorageEvent::Recorded { key: "key".to_owned() }];
    assert_eq!(pending(&mut others), expected);
    assert_eq!(block_on(other.record("key")).unwrap(), Some(vec![7]));
}
