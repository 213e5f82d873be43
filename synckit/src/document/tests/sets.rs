//! Sets whose removed elements are told by their additions, as whoever loads one knows them.

use super::reference::Reference;
use super::replica::{Random, Replica, picture, set};
use crate::document::Origin;
use crate::value::Value;
use crate::wire::Snapshot;

/// Stores a replica and loads it again: what it knew of removed elements beyond their additions is gone.
fn reload(replica: &mut Replica) {
    let stored = Snapshot::decode(&replica.state.snapshot().encode()).unwrap();
    let version = replica.state.version().clone();
    *replica = Replica { now: replica.now, ..Replica::new(replica.id.get()) };
    replica.state.restore(&stored, Origin::Load).unwrap();
    assert_eq!(replica.state.version(), &version);
}

#[test]
fn replicas_that_forget_what_was_removed_show_what_the_rules_say() {
    for seed in 1..400 {
        let mut random = Random::new(seed);
        let mut replicas: Vec<(Replica, Reference)> =
            (1..=3).map(|id| (Replica::new(id), Reference::default())).collect();
        for _ in 0..60 {
            let at = random.below(3);
            match random.below(8) {
                0 => reload(&mut replicas[at].0),
                1 | 2 => {
                    let (from, slow) = replicas[random.below(3)].clone();
                    replicas[at].0.pull(&from.state);
                    replicas[at].1.pull(&slow);
                }
                turn => {
                    let element = Value::Int(random.below(4) as i64);
                    let (replica, slow) = &mut replicas[at];
                    replica.now += random.below(2) as u64;
                    let change = replica.write(|tx| match turn % 2 {
                        0 => tx.set_add(&set(), element).map(drop),
                        _ => {
                            tx.set_remove(&set(), &element);
                            Ok(())
                        }
                    });
                    slow.take(&change.1);
                }
            }
            let (replica, slow) = &replicas[at];
            assert_eq!(picture(&replica.state), slow.picture(), "seed {seed}");
        }
        // In the end everybody knows everything.
        for _ in 0..2 {
            for at in 0..3 {
                let (from, slow) = replicas[(at + 1) % 3].clone();
                replicas[at].0.pull(&from.state);
                replicas[at].1.pull(&slow);
                let (replica, slow) = &mut replicas[at];
                assert_eq!(picture(&replica.state), slow.picture(), "seed {seed}");
                reload(replica);
                assert_eq!(picture(&replica.state), slow.picture(), "seed {seed}");
            }
        }
    }
}

#[test]
fn what_was_removed_is_not_stored() {
    let mut replica = Replica::new(7);
    // What is acknowledged is merged into few changes.
    let stored = |replica: &mut Replica| {
        let version = replica.state.version().clone();
        replica.state.acknowledge(&version);
        replica.state.snapshot().encode().len()
    };
    // None begins like the one before.
    let element = |number: usize| Value::String(format!("{number}: an element of some length").into());
    for number in 0..1_000 {
        replica.write(|tx| tx.set_add(&set(), element(number)));
    }
    let full = stored(&mut replica);
    for number in 0..1_000 {
        replica.write(|tx| Ok(tx.set_remove(&set(), &element(number))));
    }
    let empty = stored(&mut replica);
    assert!(empty < 3_000 && full > 30_000, "{full} bytes, {empty} when all are removed");
    // And again after it was loaded.
    reload(&mut replica);
    assert_eq!(stored(&mut replica), empty);
    // Who has all of them hears of it.
    let mut other = Replica::new(8);
    for number in 0..1_000 {
        other.write(|tx| tx.set_add(&set(), element(number)));
    }
    other.pull(&replica.state);
    assert_eq!(other.state.set(&set()).unwrap().len(), 1_000);
}
