//! Edits that no honest writer makes.

use crate::sequence::{Edit, Inserted, Sequence, SequenceError};
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::bytes::Bytes;

fn a(seq: u64) -> Dot {
    Dot::new(ReplicaId::new(1), seq)
}

fn b(seq: u64) -> Dot {
    Dot::new(ReplicaId::new(2), seq)
}

fn reloaded(sequence: &Sequence) -> Sequence {
    let mut bytes = Vec::new();
    assert!(sequence.write(&mut bytes));
    Sequence::read(Bytes::new(&bytes)).unwrap()
}

#[test]
fn only_characters_can_be_deleted() {
    let mut text = Sequence::new();
    text.insert(a(1), 0, "ab").unwrap();
    text.delete(a(3), 0..1).unwrap();
    let deletion = Edit::Delete { dot: b(1), target: a(3), len: 1, descending: false };
    assert_eq!(text.apply(&deletion), Err(SequenceError::Missing));
    let deletion = Edit::Delete { dot: b(1), target: a(2), len: 2, descending: false };
    assert_eq!(text.apply(&deletion), Err(SequenceError::Missing));
    assert_eq!(text.to_string(), "b");
    assert_eq!(reloaded(&text).to_string(), "b");
}

#[test]
fn runs_of_a_billion_stay_apart() {
    const LEN: usize = (1 << 30) - 1;
    let mut text = Sequence::new();
    let run = |seq: u64, left| Edit::Insert { dot: a(seq), left, right: None, text: Inserted::Gone(LEN) };
    text.apply(&run(1, None)).unwrap();
    text.apply(&run(LEN as u64 + 1, Some(a(LEN as u64)))).unwrap();
    for (dot, target) in [(b(1), a(1)), (b(LEN as u64 + 1), a(LEN as u64 + 1))] {
        text.apply(&Edit::Delete { dot, target, len: LEN, descending: false }).unwrap();
    }
    let edits = text.since(&VersionVector::new());
    assert_eq!(edits.len(), 4);
    let loaded = reloaded(&text);
    assert_eq!(loaded.version(), text.version());
    assert_eq!(loaded.since(&VersionVector::new()), edits);
}

#[test]
fn an_insertion_between_the_wrong_ends_has_no_effect() {
    let mut text = Sequence::new();
    text.insert(a(1), 0, "abc").unwrap();
    let text_of = |text: &str| Inserted::Text(text.into());
    let edit = Edit::Insert { dot: b(1), left: Some(a(3)), right: Some(a(1)), text: text_of("x") };
    assert_eq!(text.apply(&edit), Err(SequenceError::Missing));
    let edit = Edit::Insert { dot: b(1), left: Some(a(9)), right: None, text: text_of("x") };
    assert_eq!(text.apply(&edit), Err(SequenceError::Missing));
    text.insert(b(2), 3, "d").unwrap();
    assert_eq!(reloaded(&text).to_string(), "abcd");
}
