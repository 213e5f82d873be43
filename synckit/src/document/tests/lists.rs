//! Many items of a list at once: inserted in one go, taken back, received in parts.

use super::replica::{Random, Replica, list, picture, text};
use crate::document::undo::Direction;
use crate::version::{Dot, VersionVector};
use crate::wire::{Change, Snapshot};

fn ids(replica: &Replica) -> Vec<Dot> {
    replica.state.list(&list()).map(|list| list.iter().map(|item| item.id).collect()).unwrap_or_default()
}

fn insert_all(replica: &mut Replica, at: usize, count: usize) -> Option<Change> {
    let all = (0..count).map(|number| text(&number.to_string())).collect();
    replica.write(|tx| tx.list_insert_all(&list(), at, all)).1
}

#[test]
fn what_several_insert_in_one_go_is_the_same_for_all() {
    for seed in 0..12 {
        let mut random = Random::new(seed);
        let mut all = [Replica::new(1), Replica::new(2), Replica::new(3)];
        #[cfg(feature = "history")]
        if seed % 3 == 0 {
            all[0].keep_history();
        }
        for _ in 0..40 {
            let writer = &mut all[random.below(3)];
            writer.now += 1;
            let known = ids(writer);
            match random.below(8) {
                0 => drop(writer.step(Direction::Undo)),
                1 => drop(writer.step(Direction::Redo)),
                2 if !known.is_empty() => {
                    let item = known[random.below(known.len())];
                    writer.write(|tx| tx.list_delete(&list(), item));
                }
                3 if !known.is_empty() => {
                    let (item, to) = (known[random.below(known.len())], random.below(known.len()));
                    writer.write(|tx| tx.list_move(&list(), item, to));
                }
                _ => drop(insert_all(writer, random.below(known.len() + 1), random.below(9))),
            }
            let (from, to) = (random.below(3), random.below(3));
            if from != to {
                let from = all[from].state.clone();
                all[to].pull(&from);
            }
        }
        for round in 0..6 {
            let from = all[round % 3].state.clone();
            all[(round + 1) % 3].pull(&from);
        }
        let expected = picture(&all[0].state);
        assert!(all.iter().all(|replica| picture(&replica.state) == expected));
        let stored = Snapshot::decode(&all[1].state.snapshot().encode()).unwrap();
        let mut loaded = Replica::new(4);
        loaded.state.restore(&stored, crate::document::Origin::Load).unwrap();
        assert_eq!(picture(&loaded.state), expected);
    }
}

#[test]
fn items_inserted_in_one_go_are_taken_back_and_come_again() {
    let mut writer = Replica::new(1);
    insert_all(&mut writer, 0, 3);
    let before = ids(&writer);
    insert_all(&mut writer, 1, 500);
    let after = ids(&writer);
    assert_eq!(after.len(), 503);
    // Somebody else has removed one of them: it stays away.
    let mut other = Replica::new(2);
    other.pull(&writer.state);
    other.write(|tx| tx.list_delete(&list(), after[7]));
    writer.pull(&other.state);
    writer.step(Direction::Undo);
    assert_eq!(ids(&writer), before);
    writer.step(Direction::Redo);
    let expected: Vec<Dot> = after.iter().copied().filter(|id| *id != after[7]).collect();
    assert_eq!(ids(&writer), expected);
}

#[test]
fn of_a_run_only_what_is_news_is_taken() {
    let mut writer = Replica::new(1);
    let whole = insert_all(&mut writer, 0, 20).unwrap();
    let mut begun = Replica::new(1);
    begun.now = writer.now;
    let half = insert_all(&mut begun, 0, 8).unwrap();
    let mut reader = Replica::new(2);
    reader.receive(vec![half]);
    assert_eq!(ids(&reader).len(), 8);
    reader.receive(vec![whole.clone(), whole]);
    assert_eq!(picture(&reader.state), picture(&writer.state));
    assert_eq!(reader.state.version(), &VersionVector::from_iter([(writer.id, 20)]));
    assert!(reader.state.last_change_time() >= writer.state.last_change_time());
}
