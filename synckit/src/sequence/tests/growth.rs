//! What edits cost as texts grow, counted in memory and steps, not in time.

use crate::sequence::Sequence;
use crate::version::{Dot, ReplicaId};

#[test]
fn typing_is_one_piece() {
    let a = ReplicaId::new(1);
    let mut text = Sequence::new();
    for seq in 0..10_000 {
        text.insert(Dot::new(a, seq + 1), seq as usize, "x").unwrap();
    }
    assert_eq!(text.chunks().count(), 1);
    assert_eq!(text.since(&Default::default()).len(), 1);
}

#[test]
fn held_backspace_is_one_deletion() {
    let a = ReplicaId::new(1);
    let mut text = Sequence::new();
    text.insert(Dot::new(a, 1), 0, &"x".repeat(1000)).unwrap();
    for step in 0..500 {
        let len = text.len();
        text.delete(Dot::new(a, 1001 + step), len - 1..len).unwrap();
    }
    assert_eq!(text.since(&Default::default()).len(), 2);
    assert_eq!(text.chunks().count(), 1);
}
