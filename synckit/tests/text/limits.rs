//! What is refused, and that nothing has changed then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use synckit::prelude::*;
use synckit::{Expand, WriteError};

use super::{drawn, exchange, note, notes, read};

const MIB: usize = 1 << 20;

#[test]
fn a_refused_write_leaves_the_document_its_version_and_its_followers_alone() {
    let note = note(1);
    let body = note.body();
    body.push("hello").unwrap();
    body.mark(0..2, "bold", true, Expand::None).unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let _following = body.follow(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let (version, picture, steps) = (note.version(), drawn(&note), note.undo_manager().get().unwrap());
    let long = "x".repeat(MIB + 1);
    let past = |index| Err(WriteError::OutOfBounds { index, len: 5 });
    let too_large = |result: Result<(), WriteError>| {
        assert!(matches!(result, Err(WriteError::TooLarge { limit: MIB | 1024, .. })), "{result:?}");
    };
    too_large(body.insert(0, &long));
    too_large(body.insert(0, &"é".repeat(MIB / 2 + 1)));
    too_large(body.push(&long));
    too_large(body.replace(1..3, &long));
    too_large(body.set(&long));
    too_large(body.mark(0..1, &"k".repeat(1025), true, Expand::None));
    too_large(body.mark(0..1, "link", long, Expand::None));
    too_large(body.unmark(0..1, &"k".repeat(1025)));
    assert_eq!(body.insert(6, "x"), past(6));
    assert_eq!(body.insert(usize::MAX, "x"), past(usize::MAX));
    assert_eq!(body.delete(0..6), past(6));
    assert_eq!(body.delete(5..usize::MAX), past(usize::MAX));
    assert_eq!(body.replace(4..6, "x"), past(6));
    assert_eq!(body.mark(0..6, "bold", true, Expand::Both), past(6));
    assert_eq!(body.unmark(4..usize::MAX, "bold"), past(usize::MAX));
    assert_eq!(drawn(&note), picture);
    assert_eq!(note.version(), version);
    assert_eq!(note.undo_manager().get().unwrap(), steps);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[test]
fn exactly_one_mebibyte_fits_and_travels() {
    let [a, b] = notes::<2>("<>");
    a.body().insert(1, &"é".repeat(MIB / 2)).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(b.body().len(), MIB / 2 + 2);
    assert_eq!(b.body().slice(MIB / 2..usize::MAX), "é>");
    b.body().delete(1..MIB / 2 + 1).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&a), "<>");
    assert!(b.undo_manager().undo());
    exchange(&[a.clone(), b]);
    assert_eq!(a.body().len(), MIB / 2 + 2);
}

#[test]
fn a_range_that_ends_before_it_begins_is_empty() {
    let note = note(1);
    let body = note.body();
    body.push("hello").unwrap();
    let version = note.version();
    #[allow(clippy::reversed_empty_ranges)]
    let backwards = 4..2;
    body.delete(backwards.clone()).unwrap();
    body.mark(backwards.clone(), "bold", true, Expand::Both).unwrap();
    assert_eq!(body.slice(backwards), "");
    assert_eq!(body.slice(9..12), "");
    assert_eq!(body.marks_at(9), []);
    assert_eq!(note.version(), version);
    assert_eq!(drawn(&note), "hello");
}

#[test]
fn bytes_that_are_no_snapshot_change_nothing() {
    let here = note(1);
    here.body().push("hello").unwrap();
    let (good, version) = (here.export(), here.version());
    let mut refused = 0;
    for at in 0..good.len() {
        let mut broken = good.clone();
        broken[at] ^= 0x55;
        for bytes in [&good[..at], &broken] {
            let there = note(2);
            there.import(&good).unwrap();
            if there.import(bytes).is_err() {
                refused += 1;
                assert_eq!(there.version(), version);
                assert_eq!(read(&there), "hello");
            }
        }
    }
    assert!(refused > good.len());
}
