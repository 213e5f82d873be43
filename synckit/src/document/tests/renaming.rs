//! A replica id that was used twice: the writes that are not acknowledged get a fresh one.

use super::replica::{Random, Replica, counter, list, note, picture, set, text};
use crate::crdt::container::ContainerId;
use crate::document::{DocumentState, Origin};
use crate::value::Value;
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::Update;

#[test]
fn two_writers_under_one_id_keep_all_they_wrote_once_one_of_them_is_renamed() {
    // The device as it was when it was copied.
    let mut original = Replica::new(7);
    original.write(|tx| tx.counter_add(&counter(), 10));
    original.write(|tx| tx.set_add(&set(), Value::Int(1)));
    original.state.acknowledge(&original.state.version().clone());
    let acknowledged = original.state.version().get(original.id);
    let mut copy = Replica::new(7);
    copy.pull(&original.state);

    // Both go on under the same numbers.
    original.write(|tx| tx.list_insert(&list(), 0, text("original")));
    original.write(|tx| tx.counter_add(&counter(), 1));
    copy.write(|tx| tx.list_insert(&list(), 0, text("copy")));
    copy.write(|tx| tx.map_set(&ContainerId::Root, &"title".into(), text("from the copy")));
    copy.write(|tx| tx.counter_add(&counter(), 5));
    copy.write(|tx| Ok(tx.set_remove(&set(), &Value::Int(1))));

    let (changes, _) = copy.state.reissue(Dot::new(copy.id, acknowledged + 1), ReplicaId::new(8));
    assert!(changes.iter().all(|change| change.replica == ReplicaId::new(8)));
    assert_eq!(copy.state.pending_changes(&[(copy.id, acknowledged)].into_iter().collect()), 4);

    original.state.apply(&Update { changes }, Origin::Remote).unwrap();
    copy.pull(&original.state);
    assert_eq!(picture(&original.state), picture(&copy.state));
    assert_eq!(copy.state.list(&list()).unwrap().len(), 2);
    assert_eq!(copy.state.counter(&counter()).unwrap().value(), 16);
    assert_eq!(copy.state.set(&set()).unwrap().len(), 0);
}

#[test]
fn a_renamed_document_reads_the_same() {
    for seed in 0..30 {
        let mut random = Random::new(seed);
        let mut replica = Replica::new(7);
        for _ in 0..40 {
            replica.act(&mut random);
        }
        let before = picture(&replica.state).replace("0000000000000007", "_").replace("7-", "_-");
        replica.state.reissue(Dot::new(replica.id, 1), ReplicaId::new(9));
        let after = picture(&replica.state).replace("0000000000000009", "_").replace("9-", "_-");
        assert_eq!(before, after);

        let mut fresh = DocumentState::new();
        fresh.apply(&replica.state.since(&VersionVector::new()), Origin::Remote).unwrap();
        assert_eq!(picture(&fresh), picture(&replica.state));
    }
}

#[test]
fn text_between_characters_whose_order_turns_with_the_name_is_kept() {
    let insert = |replica: &mut Replica, at: usize, text: &str| {
        replica.write(|tx| tx.text_insert(&note(), at, text));
    };
    let shown = |replica: &Replica| replica.state.text(&note()).unwrap().sequence().to_string();
    let (mut one, mut other) = (Replica::new(7), Replica::new(8));
    insert(&mut one, 0, "a");
    insert(&mut other, 0, "b");
    one.pull(&other.state);
    assert_eq!(shown(&one), "ab");
    insert(&mut one, 1, "XYZ");
    let (changes, _) = one.state.reissue(Dot::new(one.id, 1), ReplicaId::new(9));
    assert!(shown(&one).contains("aXYZ"), "{}", shown(&one));
    other.receive(changes);
    assert_eq!(shown(&other), shown(&one));
    assert_eq!(picture(&other.state), picture(&one.state));
}
