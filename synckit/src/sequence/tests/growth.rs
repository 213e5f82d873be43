//! What edits cost as texts grow, counted in memory and steps, not in time.

use crate::sequence::{Edit, Inserted, Sequence};
use crate::steps;
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

/// Steps that n writers take who insert between the same characters, at so many places in turns, each in front of or behind the one before.
fn crowd(places: u64, n: u64, replica: impl Fn(u64) -> u64) -> u64 {
    let first = ReplicaId::new(1 << 60);
    let mut text = Sequence::new();
    text.insert(Dot::new(first, 1), 0, &"x".repeat(places as usize + 1)).unwrap();
    let character = |seq| Some(Dot::new(first, seq));
    let edits: Vec<_> = (0..n)
        .map(|at| Edit::Insert {
            dot: Dot::new(ReplicaId::new(replica(at)), 1),
            left: character(1 + at % places),
            right: character(2 + at % places),
            text: Inserted::Text("ab".into()),
        })
        .collect();
    let (steps, ()) = steps::of(|| edits.iter().for_each(|edit| text.apply(edit).unwrap()));
    assert_eq!(text.len() as u64, 2 * n + places + 1);
    steps
}

#[test]
fn one_more_writer_at_a_crowded_place_costs_the_same_whatever_else_is_crowded() {
    for places in [1, 2, 7] {
        let ascending = |at: u64| at + 1;
        let descending = |at: u64| (1 << 40) - at;
        let anyhow = |at: u64| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8) + 1;
        for replica in [&ascending as &dyn Fn(u64) -> u64, &descending, &anyhow] {
            let (few, many) = (crowd(places, 1000, replica), crowd(places, 10_000, replica));
            println!("{places} places: {few} and {many} steps");
            assert!(many <= 15 * few, "{few} and {many} steps");
        }
    }
}
