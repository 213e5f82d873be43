//! Documents of fields, lists, counters and maps alone, as programs have them that leave out every cargo feature. Run with them and without:
//! `cargo test -p synckit --no-default-features --test plain`.
#![allow(clippy::unwrap_used)]

use synckit::prelude::*;
use synckit::version::VersionVector;

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Board {
    title: String,
    votes: Counter,
    cards: List<Card>,
    people: Map<String>,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Card {
    name: String,
    done: bool,
    labels: List<String>,
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }
}

fn board(seed: u64) -> BoardRef {
    SyncKit::in_memory(seed).document::<Board>("board")
}

fn write(board: &BoardRef, dice: &mut Dice) {
    let word = ["a", "żółw", "👩‍👩‍👧", ""][dice.roll(4)].to_owned();
    let cards = board.cards();
    let (len, at) = (cards.len(), dice.roll(cards.len()));
    match dice.roll(12) {
        0 => board.title().set(word).unwrap(),
        1 => board.votes().increment(dice.roll(5) as i64 - 2).unwrap(),
        2 | 3 => drop(cards.insert(dice.roll(len + 1), Card { name: word, ..Card::default() }).unwrap()),
        4 if len > 0 => cards.remove(cards.at(at).unwrap().id()).unwrap(),
        5 if len > 0 => cards.move_to(cards.at(at).unwrap().id(), dice.roll(len)).unwrap(),
        6 if len > 0 => cards.at(at).unwrap().done().set(dice.roll(2) > 0).unwrap(),
        7 | 8 if len > 0 => drop(cards.at(at).unwrap().labels().push(word).unwrap()),
        9 => drop(board.people().insert(["ada", "bob"][dice.roll(2)], word).unwrap()),
        10 => drop(board.undo_manager().undo()),
        _ => drop(board.undo_manager().redo()),
    }
}

#[test]
fn replicas_that_exchange_at_random_end_with_the_same() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let all = [board(1), board(2), board(3)];
        for _ in 0..150 {
            let (one, other) = (&all[dice.roll(3)], &all[dice.roll(3)]);
            match dice.roll(5) {
                0 => one.import(&other.export_since(&one.version())).unwrap(),
                1 if dice.roll(4) == 0 => one.import(&other.export()).unwrap(),
                _ => write(one, &mut dice),
            }
        }
        for _ in 0..2 {
            for from in &all {
                all.iter().for_each(|to| to.import(&from.export_since(&to.version())).unwrap());
            }
        }
        let (changes, whole) = (board(4), board(5));
        changes.import(&all[0].export_since(&VersionVector::new())).unwrap();
        whole.import(&all[1].export()).unwrap();
        for other in [&all[1], &all[2], &changes, &whole] {
            assert_eq!(other.get().unwrap(), all[0].get().unwrap(), "seed {seed}");
            assert_eq!(other.version(), all[0].version());
        }
    }
}
