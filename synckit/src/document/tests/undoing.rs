//! Undo takes back one's own writes and nobody else's.

use super::replica::{Random, Replica, counter, list, picture, set, text};
use crate::crdt::container::{ContainerId, Slot};
use crate::document::undo::Direction;
use crate::value::Value;

fn title(replica: &Replica) -> Option<String> {
    match replica.state.map(&ContainerId::Root)?.get("title")? {
        Slot::Value(Value::String(text)) => Some(text.to_string()),
        _ => None,
    }
}

fn set_title(replica: &mut Replica, to: &str) {
    replica.write(|tx| tx.map_set(&ContainerId::Root, &"title".into(), text(to)));
}

#[test]
fn every_step_is_taken_back_and_made_again() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let mut replica = Replica::new(1);
        let mut pictures = vec![picture(&replica.state)];
        for _ in 0..150 {
            if replica.transact(&mut random).is_some() {
                pictures.push(picture(&replica.state));
            }
        }
        for expected in pictures.iter().rev().skip(1) {
            assert!(replica.step(Direction::Undo).is_some());
            assert_eq!(&picture(&replica.state), expected, "seed {seed}");
        }
        for expected in pictures.iter().skip(1) {
            assert!(replica.step(Direction::Redo).is_some());
            assert_eq!(&picture(&replica.state), expected, "seed {seed}");
        }
    }
}

#[test]
fn what_somebody_else_wrote_since_stays() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    set_title(&mut a, "mine");
    b.pull(&a.state);
    set_title(&mut b, "theirs");
    a.pull(&b.state);
    assert!(a.step(Direction::Undo).is_none(), "there is nothing of mine left to take back");
    assert_eq!(title(&a).as_deref(), Some("theirs"));
}

#[test]
fn a_remote_edit_in_between_is_kept() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    set_title(&mut a, "one");
    set_title(&mut a, "two");
    a.write(|tx| tx.counter_add(&counter(), 5));
    b.pull(&a.state);
    b.write(|tx| tx.counter_add(&counter(), 2));
    b.write(|tx| tx.set_add(&set(), Value::Bool(true)));
    let theirs = b.write(|tx| tx.list_insert(&list(), 0, text("theirs"))).0;
    a.pull(&b.state);
    a.step(Direction::Undo);
    assert_eq!(a.state.counter(&counter()).unwrap().value(), 2);
    a.step(Direction::Undo);
    assert_eq!(title(&a).as_deref(), Some("one"));
    a.step(Direction::Undo);
    assert_eq!(title(&a), None);
    assert!(a.state.set(&set()).unwrap().contains(&Value::Bool(true)));
    assert!(a.state.list(&list()).unwrap().item(theirs).unwrap().visible());
    a.step(Direction::Redo);
    a.step(Direction::Redo);
    assert_eq!(title(&a).as_deref(), Some("two"));
    b.pull(&a.state);
    assert_eq!(picture(&a.state), picture(&b.state));
}

#[test]
fn a_deleted_item_comes_back_with_everything_in_it_and_at_its_place() {
    let mut a = Replica::new(1);
    let ids: Vec<_> =
        (0..3).map(|at| a.write(|tx| tx.list_insert(&list(), at, text(&at.to_string()))).0).collect();
    let before = picture(&a.state);
    a.write(|tx| tx.list_delete(&list(), ids[1]));
    a.step(Direction::Undo);
    assert_eq!(picture(&a.state), before);
    let mut b = Replica::new(2);
    b.pull(&a.state);
    assert_eq!(picture(&b.state), before);
}

#[test]
fn typing_into_one_field_is_one_step() {
    let mut a = Replica::new(1);
    a.undo.merge_within = 500;
    set_title(&mut a, "before");
    a.now += 10_000;
    for word in ["h", "he", "hel"] {
        a.now += 100;
        set_title(&mut a, word);
    }
    assert_eq!(a.undo.depth(), (2, 0));
    a.step(Direction::Undo);
    assert_eq!(title(&a).as_deref(), Some("before"));
}

#[test]
fn fields_that_were_added_together_go_together_but_for_those_of_others() {
    let field = |replica: &Replica, key: &str| match replica.state.map(&ContainerId::Root).unwrap().get(key) {
        Some(Slot::Value(Value::String(text))) => text.to_string(),
        _ => String::new(),
    };
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    let keys = ["one", "two", "three", "four"];
    a.write(|tx| {
        keys.iter()
            .try_for_each(|key| tx.map_set(&ContainerId::Root, &(*key).into(), text("mine")).map(drop))?;
        // What stood there is known again.
        tx.map_set(&ContainerId::Root, &"two".into(), text("mine too")).map(drop)
    });
    b.pull(&a.state);
    b.write(|tx| tx.map_set(&ContainerId::Root, &"three".into(), text("theirs")));
    a.pull(&b.state);
    let all = |replica: &Replica| keys.map(|key| field(replica, key));
    for _ in 0..3 {
        assert!(a.step(Direction::Undo).is_some());
        assert_eq!(all(&a), ["", "", "theirs", ""]);
        assert!(a.step(Direction::Redo).is_some());
        assert_eq!(all(&a), ["mine", "mine too", "theirs", "mine"]);
    }
    b.pull(&a.state);
    assert_eq!(picture(&a.state), picture(&b.state));
}
