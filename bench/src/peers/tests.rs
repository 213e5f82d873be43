use super::{Automerge, Cola, ColaPositions, DiamondTypes, Loro, Rope, Yrs};
use crate::ours::{OurSequence, Ours};
use crate::replica::{
    CounterReplica, Edit, Item, ListReplica, MapReplica, ObservedText, RawText, SetReplica, StoredText,
    TextReplica,
};

fn raw<T: RawText>() -> String {
    let mut text = T::create();
    for edit in [Edit::insertion(0, "hello"), Edit::insertion(5, " world"), Edit::deletion(0, 1)] {
        text.edit(&edit).unwrap();
    }
    text.edit(&Edit { at: 0, delete: 4, insert: "J".into() }).unwrap();
    text.text()
}

#[test]
fn bare_sequences_edit() {
    assert_eq!(raw::<OurSequence>(), "J world");
    assert_eq!(raw::<Rope>(), "J world");
    assert_eq!(raw::<Cola>(), "J world");
    assert_eq!(raw::<DiamondTypes>(), "J world");
    assert_eq!(raw::<ColaPositions>(), "");
}

/// Edits at both ends, concurrent ones, all at once and one by one, and what is stored.
fn text<T: TextReplica>() {
    let (mut here, mut there) = (T::create(1).unwrap(), T::create(2).unwrap());
    here.publish().unwrap();
    there.publish().unwrap();
    here.edit(&[Edit::insertion(0, "hello world"), Edit::deletion(0, 6)]).unwrap();
    there.apply(&here.take_update().unwrap()).unwrap();
    assert_eq!(there.text().unwrap(), "world");
    here.edit(&[Edit::insertion(0, "my ")]).unwrap();
    there.edit(&[Edit::insertion(5, "!"), Edit { at: 0, delete: 1, insert: "W".into() }]).unwrap();
    let (first, second) = (here.take_update().unwrap(), there.take_update().unwrap());
    here.apply(&second).unwrap();
    there.apply_all(&[first]).unwrap();
    let text = here.text().unwrap();
    assert_eq!(text, there.text().unwrap());
    assert!(text.contains("my ") && text.ends_with("orld!"), "{text}");
    let mut loaded = T::load(3, &here.save().unwrap()).unwrap();
    assert_eq!(loaded.text().unwrap(), text);
    loaded.edit(&[Edit::deletion(0, text.len())]).unwrap();
    assert_eq!(loaded.text().unwrap(), "");
}

#[test]
fn texts_are_written_exchanged_and_stored() {
    text::<Ours>();
    text::<Automerge>();
    text::<Cola>();
    text::<DiamondTypes>();
    text::<Loro>();
    text::<Yrs>();
}

fn observed<T: ObservedText>() -> u64 {
    let mut document = T::create(1).unwrap();
    document.observe().unwrap();
    for at in 0..5 {
        document.edit(&[Edit::insertion(at, "x"), Edit::insertion(at, "y"), Edit::deletion(at, 1)]).unwrap();
    }
    document.notifications()
}

#[test]
fn observers_are_told_of_each_transaction() {
    assert_eq!(observed::<Ours>(), 5);
    assert_eq!(observed::<Automerge>(), 5);
    assert_eq!(observed::<Loro>(), 5);
    assert_eq!(observed::<Yrs>(), 5);
}

/// Which ways of storing there are: state, history.
fn stored<T: StoredText>() -> (bool, bool) {
    let make = |mut document: T| {
        document.edit(&[Edit::insertion(0, "some text")]).unwrap();
        document
    };
    let state = make(T::create(1).unwrap()).state().unwrap();
    let history = make(T::create_with_history(1).unwrap()).history().unwrap();
    let stores = |bytes: Option<Vec<u8>>| bytes.is_some_and(|bytes| bytes.len() >= 9);
    (stores(state), stores(history))
}

#[test]
fn documents_are_stored_with_and_without_history() {
    assert_eq!(stored::<Ours>(), (true, false));
    assert_eq!(stored::<Automerge>(), (false, true));
    assert_eq!(stored::<Cola>(), (true, false));
    assert_eq!(stored::<DiamondTypes>(), (false, true));
    assert_eq!(stored::<Loro>(), (true, true));
    assert_eq!(stored::<Yrs>(), (true, true));
}

fn list<T: ListReplica>() {
    let (mut here, mut there) = (T::create(1).unwrap(), T::create(2).unwrap());
    here.publish().unwrap();
    here.insert(0, &[Item::Number(1), Item::Number(3)]).unwrap();
    there.apply(&here.take_update().unwrap()).unwrap();
    here.insert(1, &[Item::Text("two".into())]).unwrap();
    there.apply(&here.take_update().unwrap()).unwrap();
    let expected = serde_json::json!([1, "two", 3]);
    assert_eq!(serde_json::Value::from(here.items().unwrap()), expected);
    assert_eq!(serde_json::Value::from(there.items().unwrap()), expected);
    let mut loaded = T::load(3, &there.save().unwrap()).unwrap();
    assert_eq!(serde_json::Value::from(loaded.items().unwrap()), expected);
}

#[test]
fn lists_are_written_exchanged_and_stored() {
    list::<Ours>();
    list::<Automerge>();
    list::<Loro>();
    list::<Yrs>();
}

fn map<T: MapReplica>() {
    let object = Item::Object(vec![("name", "7".into()), ("address", "here".into())]);
    let (mut here, mut there) = (T::create(1).unwrap(), T::create(2).unwrap());
    here.publish().unwrap();
    here.set(&[("a", Item::Number(7)), ("b", Item::Text("seven".into())), ("c", object)]).unwrap();
    there.apply(&here.take_update().unwrap()).unwrap();
    here.set(&[("a", Item::Number(8))]).unwrap();
    there.apply_all(&[here.take_update().unwrap()]).unwrap();
    let expected = serde_json::json!({"a": 8, "b": "seven", "c": {"name": "7", "address": "here"}});
    assert_eq!(serde_json::Value::from(there.entries().unwrap()), expected);
    let mut loaded = T::load(3, &here.save().unwrap()).unwrap();
    assert_eq!(serde_json::Value::from(loaded.entries().unwrap()), expected);
}

#[test]
fn maps_are_written_exchanged_and_stored() {
    map::<Ours>();
    map::<Automerge>();
    map::<Loro>();
    map::<Yrs>();
}

fn counter<T: CounterReplica>() {
    let (mut here, mut there) = (T::create(1).unwrap(), T::create(2).unwrap());
    here.publish().unwrap();
    for _ in 0..3 {
        here.increment().unwrap();
        there.apply(&here.take_update().unwrap()).unwrap();
    }
    there.increment().unwrap();
    assert_eq!((here.value().unwrap(), there.value().unwrap()), (3, 4));
    assert_eq!(T::load(3, &there.save().unwrap()).unwrap().value().unwrap(), 4);
}

#[test]
fn counters_count() {
    counter::<Ours>();
    counter::<Automerge>();
    counter::<Loro>();
}

fn set<T: SetReplica>() {
    let mut set = T::create(1).unwrap();
    for element in ["b", "a", "c"] {
        set.add(element).unwrap();
    }
    set.remove("b").unwrap();
    assert_eq!(set.elements().unwrap(), ["a", "c"]);
    assert_eq!(T::load(2, &set.save().unwrap()).unwrap().elements().unwrap(), ["a", "c"]);
}

#[test]
fn sets_hold_what_was_added_and_not_removed() {
    set::<Ours>();
    set::<Automerge>();
    set::<Loro>();
    set::<Yrs>();
}
