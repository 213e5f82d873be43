//! Bytes from elsewhere: refused with a reason, and the document stays as it was.

use proptest::prelude::*;

use super::replica::{Random, Replica, note, picture};
use crate::crdt::container::{ContainerId, Kind};
use crate::document::{DocumentState, Origin};
use crate::version::VersionVector;
use crate::wire::Update;

fn update_of(seed: u64) -> Update {
    let mut random = Random::new(seed);
    let mut replica = Replica::new(1);
    for _ in 0..20 {
        replica.act(&mut random);
    }
    replica.state.since(&VersionVector::new())
}

proptest! {
    #[test]
    fn broken_operations_change_nothing(seed in 0u64..50, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut update = update_of(seed);
        let change = at.index(update.changes.len());
        let operations = &mut update.changes[change].operations;
        prop_assume!(!operations.is_empty());
        let place = at.index(operations.len());
        operations[place] = byte;
        let mut document = DocumentState::new();
        match document.apply(&update, Origin::Remote) {
            // Some broken bytes spell other operations: those are applied and can be passed on.
            Ok(_) => {
                let mut other = DocumentState::new();
                other.apply(&document.since(&VersionVector::new()), Origin::Remote).expect("what was taken can be given");
                prop_assert_eq!(picture(&other), picture(&document));
            }
            Err(_) => {
                prop_assert!(document.version().is_empty());
                prop_assert_eq!(picture(&document), "");
            }
        }
    }

    #[test]
    fn cut_and_random_updates_are_errors_or_updates(seed in 0u64..20, cut in any::<prop::sample::Index>(), noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let bytes = update_of(seed).encode();
        for bytes in [&bytes[..cut.index(bytes.len())], noise.as_slice()] {
            if let Ok(update) = Update::decode(bytes) {
                let _ = DocumentState::new().apply(&update, Origin::Remote);
            }
        }
    }
}

#[test]
fn one_unreadable_change_refuses_the_whole_update() {
    let mut update = update_of(3);
    assert!(update.changes.len() > 1);
    if let Some(last) = update.changes.last_mut() {
        last.operations = vec![0xff; 9];
    }
    let mut document = DocumentState::new();
    assert!(document.apply(&update, Origin::Remote).is_err());
    assert!(document.version().is_empty());
    assert_eq!(picture(&document), "");
}

/// Two copies of one replica went on under the same numbers, in texts of their own.
#[test]
fn a_number_that_is_used_twice_keeps_its_first_meaning() {
    let other = || ContainerId::Root.child("other", Kind::Text);
    let (mut one, mut copy) = (Replica::new(7), Replica::new(7));
    one.write(|tx| tx.text_insert(&note(), 0, "abc"));
    copy.write(|tx| tx.text_insert(&other(), 0, "uvwxyz"));
    copy.write(|tx| tx.text_delete(&other(), 0..4));
    one.receive(copy.state.since(&VersionVector::new()).changes);
    let mut fresh = DocumentState::new();
    let applied =
        fresh.apply(&one.state.since(&VersionVector::new()), Origin::Remote).expect("can be passed on");
    assert!(!applied.gap);
    assert_eq!(fresh.version(), one.state.version());
    assert_eq!(picture(&fresh), picture(&one.state));
    assert_eq!(one.state.text(&note()).expect("written").sequence().to_string(), "abc");
}

/// A text and a map of one snapshot were written under the same numbers.
#[test]
fn a_snapshot_that_uses_numbers_twice_is_refused_or_can_be_passed_on() {
    for (typed, keys) in [(3, 1), (1, 3), (8, 5)] {
        let (mut one, mut copy) = (Replica::new(7), Replica::new(7));
        one.write(|tx| tx.text_insert(&note(), 0, &"abcdefgh"[..typed]));
        copy.write(|tx| {
            (0..keys).try_for_each(|key| {
                tx.map_set(&ContainerId::Root, &format!("key{key}").into(), super::replica::text("x"))
                    .map(drop)
            })
        });
        let (mut snapshot, other) = (one.state.snapshot(), copy.state.snapshot());
        let len = snapshot.update.changes[0].len.max(other.update.changes[0].len);
        snapshot.update = other.update;
        snapshot.update.changes[0].len = len;
        let mut state = DocumentState::new();
        if state.restore(&snapshot, Origin::Load).is_ok() {
            let mut fresh = DocumentState::new();
            fresh.apply(&state.since(&VersionVector::new()), Origin::Remote).expect("can be passed on");
            assert_eq!(fresh.version(), state.version());
            let _ = state.snapshot();
        }
    }
}

#[cfg(not(feature = "history"))]
#[test]
fn without_the_feature_a_document_that_keeps_its_history_is_refused_and_not_cut_short() {
    let changes = include_bytes!("../../../tests/golden/history_changes.bin");
    let stored = include_bytes!("../../../tests/golden/history.bin");
    for bytes in [&changes[..], stored] {
        let mut state = DocumentState::new();
        let snapshot = crate::wire::Snapshot::decode(bytes).unwrap();
        let error = state.restore(&snapshot, Origin::Load).unwrap_err();
        assert!(error.to_string().contains("unknown container kind 6"), "{error}");
        assert!(state.version().is_empty());
    }
}
