//! Very many who write at few places at the same time: so many that their insertions are remembered.

use super::reference::Reference;
use crate::sequence::{Edit, Sequence};
use crate::version::{Dot, ReplicaId, VersionVector};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

/// Everybody starts from the same word. Each writes at one of its first places, some twice, some after they have seen what a few
/// others wrote.
fn edits(dice: &mut Dice, writers: u64) -> Vec<Edit> {
    let first = Dot::new(ReplicaId::new(1 << 40), 1);
    let mut base = Reference::default();
    let start = base.insert(first, 0, "word");
    let mut all = vec![start];
    for writer in 1..=writers {
        let mut own = base.clone();
        if dice.roll(4) == 0 {
            for _ in 0..dice.roll(6) {
                let seen = all[dice.roll(all.len())].clone();
                let needs = seen.dependencies().into_iter().flatten();
                if needs.clone().all(|dot| own.version.contains(dot))
                    && own.version.get(seen.dot().replica) + 1 == seen.dot().seq
                {
                    own.apply(&seen);
                }
            }
        }
        // Numbers in an order that has nothing to do with who comes first.
        let replica = ReplicaId::new(writer.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8);
        let mut seq = 1;
        for _ in 0..=dice.roll(2) {
            all.push(own.insert(Dot::new(replica, seq), dice.roll(3), ["a", "bc", "def"][dice.roll(3)]));
            seq = own.version.get(replica) + 1;
        }
    }
    all
}

/// The same edits in another order, each behind those that it builds on.
fn shuffled(dice: &mut Dice, edits: &[Edit]) -> Vec<Edit> {
    let (mut left, mut order, mut known) = (edits.to_vec(), Vec::new(), VersionVector::new());
    while !left.is_empty() {
        let at = dice.roll(left.len());
        let edit = &left[at];
        let needs = edit.dependencies().into_iter().flatten();
        if needs.clone().all(|dot| known.contains(dot)) && known.get(edit.dot().replica) + 1 == edit.dot().seq
        {
            known.advance(edit.dot().replica, edit.dot().seq + edit.len() as u64 - 1);
            order.push(left.swap_remove(at));
        }
    }
    order
}

#[test]
fn a_crowd_ends_with_the_text_of_the_tree() {
    let mut dice = Dice(7);
    for writers in [40, 150, 250] {
        let edits = edits(&mut dice, writers);
        let mut slow = Reference::default();
        edits.iter().for_each(|edit| slow.apply(edit));
        for _ in 0..4 {
            let mut fast = Sequence::new();
            shuffled(&mut dice, &edits).iter().for_each(|edit| fast.apply(edit).unwrap());
            assert_eq!(fast.to_string(), slow.text());
            assert!(writers < 100 || fast.siblings.is_some());
            let mut bytes = Vec::new();
            assert!(fast.write(&mut bytes));
            let loaded = Sequence::read(crate::wire::bytes::Bytes::new(&bytes)).unwrap();
            assert_eq!(loaded.to_string(), slow.text());
        }
    }
}
