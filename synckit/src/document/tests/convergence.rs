//! Whatever order changes arrive in, however often and in whatever batches: the same state.

use proptest::prelude::*;

use super::reference::Reference;
use super::replica::{Random, Replica, counter, list, map, note, picture, set, text};
use crate::crdt::container::{ContainerId, Kind};
use crate::crdt::marks::Expand;
use crate::document::DocumentState;
use crate::value::Value;
use crate::version::VersionVector;
use crate::wire::{Change, Snapshot};

/// Replicas that write at random and now and then take from each other. Returns them and every change ever made.
fn history(seed: u64, replicas: usize, steps: usize) -> (Vec<Replica>, Vec<Change>) {
    let mut random = Random::new(seed);
    let mut all: Vec<Replica> = (1..=replicas as u64).map(Replica::new).collect();
    let mut log = Vec::new();
    for _ in 0..steps {
        let at = random.below(replicas);
        if random.below(4) == 0 {
            let from = all[random.below(replicas)].state.clone();
            all[at].pull(&from);
        } else {
            log.extend(all[at].act(&mut random));
        }
    }
    (all, log)
}

fn exchange(replicas: &mut [Replica]) {
    for _ in 0..2 {
        for at in 0..replicas.len() {
            let from = replicas[at].state.clone();
            replicas.iter_mut().for_each(|replica| replica.pull(&from));
        }
    }
}

fn assert_same(replicas: &[Replica]) -> String {
    let pictures: Vec<String> = replicas.iter().map(|replica| picture(&replica.state)).collect();
    for other in &pictures[1..] {
        assert_eq!(&pictures[0], other);
    }
    pictures[0].clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_replica_shows_what_the_reference_shows(seed in any::<u64>(), replicas in 2usize..5) {
        let mut random = Random::new(seed);
        let mut all: Vec<(Replica, Reference)> =
            (1..=replicas as u64).map(|id| (Replica::new(id), Reference::default())).collect();
        for _ in 0..60 {
            let at = random.below(replicas);
            if random.below(4) == 0 {
                let (fast, slow) = all[random.below(replicas)].clone();
                all[at].0.pull(&fast.state);
                all[at].1.pull(&slow);
            } else {
                let change = all[at].0.act(&mut random);
                all[at].1.take(&change);
            }
            prop_assert_eq!(picture(&all[at].0.state), all[at].1.picture());
        }
    }

    #[test]
    fn replicas_converge(seed in any::<u64>(), replicas in 2usize..6) {
        let (mut all, log) = history(seed, replicas, 200);
        exchange(&mut all);
        let picture_of_all = assert_same(&all);

        // The full log, shuffled, in random batches, with duplicates.
        let mut random = Random::new(seed ^ 7);
        let mut log: Vec<Change> = log.iter().chain(log.iter().step_by(3)).cloned().collect();
        for at in (1..log.len()).rev() {
            log.swap(at, random.below(at + 1));
        }
        let mut fresh = Replica::new(99);
        while !log.is_empty() {
            let batch = log.split_off(log.len() - (1 + random.below(9)).min(log.len()));
            fresh.receive(batch);
        }
        prop_assert!(!fresh.state.is_parked());
        prop_assert_eq!(&picture(&fresh.state), &picture_of_all);
        prop_assert_eq!(fresh.state.version(), all[0].state.version());
    }

    #[test]
    fn a_snapshot_and_the_rest_are_the_full_log(seed in any::<u64>(), cut in 1usize..150) {
        let (mut early, _) = history(seed, 3, cut);
        exchange(&mut early);
        let mut snapshot = Replica::new(50);
        snapshot.pull(&early[0].state);
        prop_assert_eq!(picture(&snapshot.state), picture(&early[0].state));

        let mut random = Random::new(seed ^ 3);
        for step in 0..100 {
            early[step % 3].act(&mut random);
        }
        exchange(&mut early);
        snapshot.pull(&early[0].state);
        let mut whole = Replica::new(51);
        whole.pull(&early[1].state);
        // Loaded as it is stored, into an empty document and into one that has something already.
        let stored = Snapshot::decode(&early[2].state.snapshot().encode()).unwrap();
        for mut loaded in [Replica::new(52), snapshot.clone()] {
            loaded.state.restore(&stored, crate::document::Origin::Load).unwrap();
            prop_assert_eq!(picture(&loaded.state), picture(&early[2].state));
            prop_assert_eq!(loaded.state.version(), early[2].state.version());
            // And it goes on from there as the others do.
            let mut rest = [loaded, early[0].clone()];
            rest[0].id = crate::version::ReplicaId::new(77);
            for step in 0..20 {
                rest[step % 2].act(&mut random);
            }
            exchange(&mut rest);
            assert_same(&rest);
        }
        prop_assert_eq!(picture(&snapshot.state), picture(&early[0].state));
        prop_assert_eq!(picture(&whole.state), picture(&early[0].state));

        // What has been overwritten is not sent, but its numbers are covered.
        prop_assert_eq!(whole.state.version(), early[0].state.version());
        let nothing = whole.state.since(early[0].state.version());
        prop_assert!(nothing.is_empty());
    }
}

#[test]
fn ten_thousand_operations_of_five_replicas_converge() {
    let (mut all, log) = history(2026, 5, 10_000);
    assert!(log.len() > 6_000);
    exchange(&mut all);
    assert_same(&all);
}

#[test]
fn a_part_that_comes_too_early_waits_and_is_told() {
    let mut writer = Replica::new(1);
    let changes: Vec<Change> = (0..3)
        .filter_map(|step| {
            writer.write(|tx| tx.map_set(&ContainerId::Root, &"n".into(), text(&step.to_string()))).1
        })
        .collect();
    let mut reader = Replica::new(2);
    let update = |at: usize| crate::wire::Update { changes: vec![changes[at].clone()] };
    let applied = reader.state.apply(&update(2), crate::document::Origin::Remote).unwrap();
    assert!(applied.gap && applied.changes.is_empty());
    assert!(reader.state.version().is_empty());
    assert!(reader.state.apply(&update(0), crate::document::Origin::Remote).unwrap().gap);
    let applied = reader.state.apply(&update(1), crate::document::Origin::Remote).unwrap();
    assert!(!applied.gap);
    assert_eq!(applied.changes.len(), 2);
    assert_eq!(reader.state.version(), writer.state.version());
}

#[test]
fn concurrent_moves_of_one_item_end_at_one_place() {
    let mut a = Replica::new(1);
    let ids: Vec<_> =
        (0..5).map(|at| a.write(|tx| tx.list_insert(&list(), at, text(&at.to_string()))).0).collect();
    let mut b = Replica::new(2);
    b.pull(&a.state);
    a.write(|tx| tx.list_move(&list(), ids[2], 0));
    b.write(|tx| tx.list_move(&list(), ids[2], 4));
    let mut both = [a, b];
    exchange(&mut both);
    assert_same(&both);
    assert_eq!(both[0].state.list(&list()).unwrap().len(), 5);
}

#[test]
fn what_is_deleted_and_made_again_is_new() {
    let mut a = Replica::new(1);
    let old =
        a.write(|tx| tx.map_set(&map(), &"ada".into(), crate::document::edit::New::Container(Kind::Map))).0;
    let inside = |dot| ContainerId::Created { dot, kind: Kind::Map };
    a.write(|tx| tx.map_set(&inside(old), &"name".into(), text("old")));
    let mut b = Replica::new(2);
    b.pull(&a.state);
    a.write(|tx| {
        tx.map_delete(&map(), &"ada".into());
        tx.map_set(&map(), &"ada".into(), crate::document::edit::New::Container(Kind::Map))
    });
    b.write(|tx| tx.map_set(&inside(old), &"name".into(), text("late")));
    let mut both = [a, b];
    exchange(&mut both);
    assert_same(&both);
    let now = both[0].state.map(&map()).unwrap().get("ada").and_then(|slot| slot.container()).unwrap();
    assert_ne!(now, inside(old));
    assert!(both[0].state.map(&now).is_none_or(|map| map.get("name").is_none()));
}

#[test]
fn of_a_concurrent_add_and_remove_the_add_wins() {
    let red = || Value::String("red".into());
    let mut a = Replica::new(1);
    a.write(|tx| tx.set_add(&set(), red()));
    let mut b = Replica::new(2);
    b.pull(&a.state);
    // Removed and added again here, removed there.
    a.write(|tx| Ok(tx.set_remove(&set(), &red())));
    a.write(|tx| tx.set_add(&set(), red()));
    b.write(|tx| Ok(tx.set_remove(&set(), &red())));
    let mut both = [a, b];
    exchange(&mut both);
    assert_same(&both);
    assert!(both[0].state.set(&set()).unwrap().contains(&red()));
    // Seen by both, a remove is a remove.
    both[1].write(|tx| Ok(tx.set_remove(&set(), &red())));
    exchange(&mut both);
    assert_same(&both);
    assert!(!both[0].state.set(&set()).unwrap().contains(&red()));
}

#[test]
fn what_was_overwritten_costs_nothing() {
    let mut writer = Replica::new(1);
    for step in 0..10_000u32 {
        let key = format!("field{}", step % 10).into();
        writer.write(|tx| tx.map_set(&ContainerId::Root, &key, text(&step.to_string())));
        writer.write(|tx| tx.counter_add(&counter(), 1));
    }
    writer.state.acknowledge(&writer.state.version().clone());
    let snapshot = writer.state.since(&VersionVector::new());
    assert!(snapshot.encode().len() < 400, "{} bytes for ten fields and a counter", snapshot.encode().len());
    assert!(writer.state.byte_size() < 2_000);
    let mut reader = Replica::new(2);
    reader.pull(&writer.state);
    assert_eq!(picture(&reader.state), picture(&writer.state));
}

#[test]
fn changes_are_counted_until_they_are_acknowledged_also_after_a_snapshot() {
    let mut writer = Replica::new(1);
    for step in 0..5 {
        writer.write(|tx| tx.counter_add(&counter(), step + 1));
    }
    let half: VersionVector = [(writer.id, 2)].into_iter().collect();
    assert_eq!(writer.state.pending_changes(&VersionVector::new()), 5);
    assert_eq!(writer.state.pending_changes(&half), 3);
    writer.state.acknowledge(&half);
    let mut reloaded = Replica::new(1);
    reloaded.pull(&writer.state);
    assert_eq!(reloaded.state.pending_changes(&half), 3);
    writer.state.acknowledge(&writer.state.version().clone());
    assert_eq!(writer.state.pending_changes(&half), 0);
}

#[test]
fn very_many_inserts_at_one_place_keep_their_order_and_stay_small() {
    let mut writer = Replica::new(1);
    let mut expected: Vec<crate::version::Dot> = Vec::new();
    for step in 0..1_500usize {
        // Alternately before and after the middle: the worst there is for positions.
        let at = (expected.len() / 2 + step % 2).min(expected.len());
        let id = writer.write(|tx| tx.list_insert(&list(), at, text("x"))).0;
        expected.insert(at, id);
    }
    let state: &DocumentState = &writer.state;
    let items: Vec<_> = state.list(&list()).unwrap().iter().collect();
    assert_eq!(items.iter().map(|item| item.id).collect::<Vec<_>>(), expected);
    assert!(items.iter().all(|item| item.position().unwrap().as_bytes().len() <= 48));
}

#[test]
fn what_two_wrote_in_turns_is_loaded_from_a_snapshot_and_passed_on() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    for turn in 0..350 {
        for (writer, other) in [(0, 1), (1, 0)] {
            let both = [&mut a, &mut b];
            both[writer].write(|tx| {
                let len = tx.state.text(&note()).map_or(0, |text| text.sequence().len());
                tx.text_insert(&note(), len / 2, "x")?;
                let key = format!("comment:{turn}").into();
                tx.text_mark(&note(), len / 2..len / 2 + 1, &key, Some(Value::Bool(true)), Expand::None)
            });
            let from = both[writer].state.clone();
            both[other].pull(&from);
        }
    }
    for replica in [&mut a, &mut b] {
        let version = replica.state.version().clone();
        replica.state.acknowledge(&version);
    }
    let stored = Snapshot::decode(&a.state.snapshot().encode()).unwrap();
    // Into nothing, into something, and on from there to somebody who has nothing.
    let mut other = Replica::new(3);
    other.write(|tx| tx.counter_add(&counter(), 1));
    for mut loaded in [Replica::new(4), other] {
        let applied = loaded.state.restore(&stored, crate::document::Origin::Remote).unwrap();
        assert!(!applied.gap);
        assert!(loaded.state.version().includes(a.state.version()));
        let mut next = Replica::new(5);
        next.receive(applied.changes);
        assert!(next.state.version().includes(a.state.version()));
        let mut last = Replica::new(6);
        last.pull(&loaded.state);
        assert_eq!(picture(&last.state), picture(&loaded.state));
    }
}
