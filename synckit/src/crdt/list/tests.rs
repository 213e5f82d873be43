//! Items that are inserted in one go, against the same ones inserted one by one.

use proptest::prelude::*;

use super::{Effect, ListState};
use crate::crdt::container::Slot;
use crate::crdt::operation::{Action, ListRun, Stamp};
use crate::crdt::position::Position;
use crate::value::Value;
use crate::version::{Dot, ReplicaId, Timestamp};

fn stamp(replica: u64, seq: u64) -> Stamp {
    Stamp { time: Timestamp(1_000 + seq), dot: Dot::new(ReplicaId::new(replica), seq) }
}

/// Positions that ascend, descend, or lie anywhere, some of them alike.
fn positions(count: usize, form: u8, dice: u64) -> Vec<Position> {
    let mut all = Position::spread(None, None, 60);
    match form {
        0 => all.truncate(count),
        1 => {
            all.truncate(count);
            all.reverse();
        }
        _ => {
            all = (0..count as u64)
                .map(|at| all[(dice.wrapping_mul(at + 7) >> 9) as usize % 60].clone())
                .collect()
        }
    }
    all
}

proptest! {
    #[test]
    fn items_inserted_in_one_go_are_those_inserted_one_by_one(
        runs in prop::collection::vec((1..4u64, 1..40usize, 0..3u8, any::<u64>(), 0..3u64), 1..6),
        deleted in prop::collection::vec((1..4u64, 1..90u64), 0..6),
    ) {
        let (mut one, mut other) = (ListState::default(), ListState::default());
        let mut next = [1u64; 4];
        // Some are gone before they arrive.
        for (replica, seq) in deleted {
            let item = Dot::new(ReplicaId::new(replica), seq);
            for list in [&mut one, &mut other] {
                list.apply(stamp(9, seq), &Action::ListDelete { item });
            }
        }
        for (replica, count, form, dice, gap) in runs {
            let first = next[replica as usize] + gap;
            next[replica as usize] = first + count as u64;
            let slot = |at: usize| Slot::Value(Value::Int((dice >> 8) as i64 + at as i64));
            let items: Vec<_> =
                positions(count, form, dice).into_iter().enumerate().map(|(at, position)| (position, slot(at))).collect();
            let mut changed = false;
            for (at, (position, slot)) in items.iter().cloned().enumerate() {
                let insert = Action::ListInsert { position, slot };
                changed |= one.apply(stamp(replica, first + at as u64), &insert) != Effect::Nothing;
            }
            let effect = other.insert_all(stamp(replica, first), ListRun { items: items.clone(), step: 1 });
            prop_assert_eq!(effect != Effect::Nothing, changed);
            // What is known has no second effect.
            let again = other.insert_all(stamp(replica, first), ListRun { items, step: 1 });
            prop_assert_eq!(again, Effect::Nothing);
        }
        let picture = |list: &ListState| list.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>();
        prop_assert_eq!(picture(&one), picture(&other));
        for (index, item) in other.iter().enumerate() {
            prop_assert_eq!(other.index_of(item.id), Some(index));
        }
    }
}
