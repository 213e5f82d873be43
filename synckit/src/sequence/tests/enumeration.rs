//! Every way in which three replicas can make a few edits and see each other's.

use super::reference::Reference;
use crate::sequence::{Edit, Sequence};
use crate::version::{Dot, ReplicaId};

/// What one replica does in one step: insert at a place, delete at a place, or take all that another one has.
#[derive(Clone, Copy, Debug)]
enum Move {
    Insert(usize),
    Delete(usize),
    Pull(usize),
}

#[derive(Clone)]
struct World {
    fast: Vec<Sequence>,
    slow: Vec<Reference>,
    left: Vec<usize>,
    worlds: u64,
}

fn id(at: usize) -> ReplicaId {
    // Not in the order of their turns.
    ReplicaId::new([2, 3, 1][at])
}

impl World {
    fn moves(&self, who: usize) -> Vec<Move> {
        let len = self.fast[who].len();
        let mut moves: Vec<Move> = (0..=len).map(Move::Insert).collect();
        moves.extend((0..len).map(Move::Delete));
        let news =
            |&from: &usize| from != who && !self.fast[who].version().includes(&self.fast[from].version());
        moves.extend((0..self.fast.len()).filter(news).map(Move::Pull));
        moves
    }

    fn step(&mut self, who: usize, step: Move) {
        let dot = Dot::new(id(who), self.slow[who].version.get(id(who)) + 1);
        match step {
            Move::Insert(at) => {
                let text = char::from(b'a' + who as u8 * 8 + dot.seq as u8).to_string();
                self.fast[who].insert(dot, at, &text).unwrap();
                self.slow[who].insert(dot, at, &text);
            }
            Move::Delete(at) => {
                self.fast[who].delete(dot, at..at + 1).unwrap();
                self.slow[who].delete(dot, at, 1);
            }
            Move::Pull(from) => self.pull(who, from),
        }
    }

    fn pull(&mut self, who: usize, from: usize) {
        let edits: Vec<Edit> = self.fast[from].since(&self.fast[who].version());
        for edit in &edits {
            self.fast[who].apply(edit).unwrap();
            self.slow[who].apply(edit);
        }
    }

    fn explore(&self, visited: &mut u64) {
        let mut any = false;
        for who in (0..self.fast.len()).filter(|&who| self.left[who] > 0) {
            for step in self.moves(who) {
                any = true;
                let mut next = self.clone();
                next.left[who] -= 1;
                next.step(who, step);
                assert_eq!(next.fast[who].to_string(), next.slow[who].text());
                next.explore(visited);
            }
        }
        if !any {
            *visited += 1;
            let mut end = self.clone();
            let last = end.fast.len() - 1;
            (0..last).for_each(|from| end.pull(last, from));
            (0..last).for_each(|who| end.pull(who, last));
            let text = end.slow[0].text();
            assert!(end.fast.iter().all(|fast| fast.to_string() == text));
            assert!(end.slow.iter().all(|slow| slow.text() == text));
        }
    }
}

fn enumerate(replicas: usize, each: usize, start: &str) -> u64 {
    let mut world = World {
        fast: vec![Sequence::new(); replicas],
        slow: vec![Reference::default(); replicas],
        left: vec![each; replicas],
        worlds: 0,
    };
    if !start.is_empty() {
        let dot = Dot::new(ReplicaId::new(9), 1);
        let edit = world.slow[0].clone().insert(dot, 0, start);
        world.fast.iter_mut().for_each(|fast| fast.apply(&edit).unwrap());
        world.slow.iter_mut().for_each(|slow| slow.apply(&edit));
    }
    let mut visited = world.worlds;
    world.explore(&mut visited);
    visited
}

#[test]
fn two_replicas_three_steps_each() {
    assert!(enumerate(2, 3, "") > 10_000);
}

#[test]
fn two_replicas_two_steps_each_in_a_word() {
    assert!(enumerate(2, 2, "xyz") > 1_000);
}

#[test]
fn three_replicas_two_steps_each() {
    assert!(enumerate(3, 2, "") > 10_000);
}

/// All concurrent: each replica makes up to four inserts anywhere in its own text, then everybody sees everything.
#[test]
fn three_replicas_four_inserts_each_at_the_same_time() {
    // A replica's way of typing four characters: where each goes among those before.
    let ways: Vec<[usize; 4]> = (0..24).map(|way| [0, way % 2, way / 2 % 3, way / 6]).collect();
    for a in &ways {
        for b in &ways {
            for c in &ways {
                let mut slow = [Reference::default(), Reference::default(), Reference::default()];
                let mut edits = Vec::new();
                for (who, way) in [a, b, c].into_iter().enumerate() {
                    for (step, &at) in way.iter().enumerate() {
                        let text = char::from(b'a' + who as u8 * 4 + step as u8).to_string();
                        edits.push(slow[who].insert(Dot::new(id(who), step as u64 + 1), at, &text));
                    }
                }
                // Three orders of arrival.
                let mut text = None;
                for turn in 0..3 {
                    let mut fast = Sequence::new();
                    let mut reference = Reference::default();
                    edits.rotate_left(4 * turn);
                    for edit in &edits {
                        fast.apply(edit).unwrap();
                        reference.apply(edit);
                    }
                    assert_eq!(fast.to_string(), reference.text());
                    assert_eq!(*text.get_or_insert(fast.to_string()), fast.to_string());
                }
            }
        }
    }
}
