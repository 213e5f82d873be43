//! Bytes from elsewhere: refused with a reason, and the document stays as it was.

use proptest::prelude::*;

use super::replica::{Random, Replica, picture};
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
