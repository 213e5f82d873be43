//! Snapshots that are compressed: smaller, readable, and bounded.

#![allow(clippy::unwrap_used)]

use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use synckit::prelude::*;
use synckit::wire::{DecodeError, Snapshot, Update};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Page {
    items: List<String>,
}

fn page(words: &[&str]) -> PageRef {
    let page = SyncKit::in_memory(1).document::<Page>("page");
    page.update(|page| words.iter().try_for_each(|word| page.items().push((*word).to_owned()).map(drop)))
        .unwrap();
    page
}

/// Bytes that say that they inflate to `size`.
fn claim(size: u64, deflated: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 1];
    let mut rest = size;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes.extend(deflated);
    bytes
}

#[test]
fn a_compressed_snapshot_is_smaller_and_loads() {
    let words = ["grüße", "aus", "der", "Stadt"].repeat(100);
    let written = page(&words);
    let (plain, small) = (written.export(), written.export_compressed());
    assert!(small.len() < plain.len() / 2, "{} bytes became {}", plain.len(), small.len());
    let read = SyncKit::in_memory(2).document::<Page>("page");
    read.import(&small).unwrap();
    assert_eq!(read.get(), written.get());
    assert_eq!(Snapshot::decode(&small), Snapshot::decode(&plain));
    // Not an update: those travel as they are.
    assert!(Update::decode(&small).is_err());
}

#[test]
fn what_is_short_or_repeats_without_end_stays_as_it_is() {
    assert_eq!(page(&["a"]).export_compressed(), page(&["a"]).export());
    let endless = page(&[&"a".repeat(500_000)]);
    assert_eq!(endless.export_compressed(), endless.export());
}

#[test]
fn a_bomb_is_refused_before_it_is_inflated() {
    let deflated = compress_to_vec(&vec![0; 10 << 20], 6);
    for size in [10 << 20, 1 << 40, u64::MAX] {
        let refused = Snapshot::decode(&claim(size, &deflated)).unwrap_err();
        assert!(matches!(refused, DecodeError::TooLarge { .. }), "{size}: {refused}");
    }
    // It says less than there is, and more.
    let deflated = compress_to_vec(b"0123456789", 6);
    for size in [9, 11] {
        let refused = Snapshot::decode(&claim(size, &deflated)).unwrap_err();
        assert!(refused.to_string().contains("do not inflate to the size"), "{refused}");
    }
    let unknown = Snapshot::decode(&[0, 9, 0]).unwrap_err();
    assert!(unknown.to_string().contains("unknown compression 9"), "{unknown}");
}

proptest! {
    #[test]
    fn broken_bytes_are_refused_or_another_snapshot(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = page(&["grüße", "aus", "der", "Stadt"].repeat(100)).export_compressed();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let read = SyncKit::in_memory(2).document::<Page>("page");
        if read.import(&bytes).is_err() {
            prop_assert!(read.version().is_empty());
        }
    }
}
