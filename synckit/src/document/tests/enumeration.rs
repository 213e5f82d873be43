//! Small worlds, all of them: every container, every script of a few writes, every order in which they can arrive.
//!
//! What replicas write at the same time forms a grid: a place in it tells how many writes of each have arrived. If each step into a
//! place leads to the same state, whichever replica's write it is that arrives last, then all ways to it do. So a grid of three
//! replicas with four writes each stands for the 34,650 orders in which twelve writes arrive. Grids of scripts that begin
//! alike share their beginning: all scripts of a length are one tree for each replica, and a place is a node of each tree.

use super::reference::Reference;
use super::replica::{Replica, counter, list, map, note, picture, set, text};
use crate::crdt::container::{ContainerId, Kind};
use crate::crdt::marks::Expand;
use crate::document::edit::New;
use crate::document::transaction::Transaction;
use crate::document::{Origin, WriteError};
use crate::value::Value;
use crate::wire::{Change, Snapshot};

/// One write of a script, by a replica with this number.
type Letter = fn(&mut Transaction<'_>, u64) -> Result<(), WriteError>;

/// A replica at one place of the grid, and all that has arrived there.
#[derive(Clone)]
struct Place {
    fast: Replica,
    slow: Reference,
    picture: String,
}

impl Place {
    fn new(start: &Replica, slow: &Reference) -> Self {
        let mut fast = start.clone();
        fast.id = crate::version::ReplicaId::new(99);
        Self { picture: picture(&fast.state), fast, slow: slow.clone() }
    }

    fn with(&self, change: &Change) -> Self {
        let mut next = self.clone();
        next.fast.receive(vec![change.clone()]);
        next.slow.take([change]);
        next.picture = picture(&next.fast.state);
        next
    }
}

/// A script, begun: which node it goes on from, and the change that its last write made.
struct Node {
    parent: usize,
    change: Change,
}

/// All scripts of up to `len` writes; the root is missing, so parents count from 1.
fn scripts(start: &Replica, id: u64, letters: &[Letter], len: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut writer = start.clone();
    writer.id = crate::version::ReplicaId::new(id);
    let mut level = vec![(0, writer)];
    for _ in 0..len {
        let mut next = Vec::new();
        for (parent, writer) in &level {
            for letter in letters {
                let mut writer = writer.clone();
                // Two replicas' clocks are often at the same millisecond.
                writer.now += 1;
                // Some writes have no effect where they are made, as the removal of what is not there.
                if let Some(change) = writer.write(|tx| letter(tx, id)).1 {
                    nodes.push(Node { parent: *parent, change });
                    next.push((nodes.len(), writer));
                }
            }
        }
        level = next;
    }
    nodes
}

/// Visits every place that the scripts of three replicas lead to. Returns how many there are.
fn explore(start: &[Letter], letters: &[Letter], len: usize) -> usize {
    let (mut first, mut slow) = (Replica::new(9), Reference::default());
    for letter in start {
        slow.take(&first.write(|tx| letter(tx, 9)).1);
    }
    // Not in the order of their turns.
    let trees: Vec<_> = [2, 3, 1].into_iter().map(|id| scripts(&first, id, letters, len)).collect();
    let [a, b, c] = &trees[..] else { unreachable!() };
    let (width, depth) = (c.len() + 1, b.len() + 1);
    let mut planes: Vec<Option<Vec<Place>>> = vec![];
    let mut visited = 0;
    for at in 0..=a.len() {
        let own = at.checked_sub(1).map(|at| &a[at]);
        let mut plane: Vec<Place> = Vec::with_capacity(width * depth);
        for row in 0..depth {
            let above = row.checked_sub(1).map(|row| &b[row]);
            for column in 0..width {
                let left = column.checked_sub(1).map(|column| &c[column]);
                let from_own = own.map(|node| {
                    let before = planes[node.parent].as_ref().expect("kept while it is needed");
                    before[row * width + column].with(&node.change)
                });
                let from_above = above.map(|node| plane[node.parent * width + column].with(&node.change));
                let from_left = left.map(|node| plane[row * width + node.parent].with(&node.change));
                let mut ways = [from_own, from_above, from_left].into_iter().flatten();
                let place = ways.next().unwrap_or_else(|| Place::new(&first, &slow));
                for other in ways {
                    assert_eq!(place.picture, other.picture);
                }
                assert_eq!(place.picture, place.slow.picture());
                plane.push(place);
            }
        }
        visited += plane.len();
        check_snapshots(&plane);
        planes.push(Some(plane));
        // The leaves of the tree are the last level: nobody goes on from them.
        if !a.iter().any(|node| node.parent == at) {
            planes[at] = None;
        }
    }
    visited
}

/// What is stored shows the same when it is loaded, and so does what somebody gets who has nothing.
fn check_snapshots(plane: &[Place]) {
    for place in plane.iter().step_by(37) {
        let stored = Snapshot::decode(&place.fast.state.snapshot().encode()).expect("readable bytes");
        let mut loaded = Replica::new(50);
        loaded.state.restore(&stored, Origin::Load).expect("a readable snapshot");
        assert_eq!(picture(&loaded.state), place.picture);
        let mut fresh = Replica::new(51);
        fresh.pull(&place.fast.state);
        assert_eq!(picture(&fresh.state), place.picture);
    }
}

/// Four writes each of every two of the letters, and `len` of all. Writes without an effect where they are made end a script.
fn enumerate(start: &[Letter], letters: &[Letter], len: usize) {
    let mut visited = 0;
    for (at, first) in letters.iter().enumerate() {
        for second in &letters[at + 1..] {
            visited += explore(start, &[*first, *second], 4);
        }
    }
    visited += explore(start, letters, len);
    println!("{visited} places");
    assert!(visited > 3_000);
}

fn item(tx: &Transaction<'_>, at: usize) -> Option<crate::version::Dot> {
    tx.state.list(&list()).and_then(|list| Some(list.at(at.min(list.len().checked_sub(1)?))?.id))
}

fn length(tx: &Transaction<'_>) -> usize {
    tx.state.text(&note()).map_or(0, |text| text.sequence().len())
}

#[test]
fn maps() {
    let letters: [Letter; 3] = [
        |tx, who| tx.map_set(&ContainerId::Root, &"key".into(), text(&who.to_string())).map(drop),
        |tx, _| {
            tx.map_delete(&ContainerId::Root, &"key".into());
            Ok(())
        },
        |tx, who| {
            let dot = tx.map_set(&map(), &"ada".into(), New::Container(Kind::Map))?;
            let inside = ContainerId::Created { dot, kind: Kind::Map };
            tx.map_set(&inside, &"name".into(), text(&who.to_string())).map(drop)
        },
    ];
    enumerate(&letters[..1], &letters, 2);
}

#[test]
fn lists() {
    let insert: Letter = |tx, who| {
        let at = tx.state.list(&list()).map_or(0, |list| list.len().min(1));
        tx.list_insert(&list(), at, text(&who.to_string())).map(drop)
    };
    let append: Letter = |tx, who| {
        let len = tx.state.list(&list()).map_or(0, |list| list.len());
        tx.list_insert(&list(), len, text(&who.to_string())).map(drop)
    };
    let to_front: Letter = |tx, _| item(tx, 9).map_or(Ok(()), |item| tx.list_move(&list(), item, 0));
    let delete: Letter = |tx, _| item(tx, 0).map_or(Ok(()), |item| tx.list_delete(&list(), item).map(drop));
    let set: Letter =
        |tx, who| item(tx, 0).map_or(Ok(()), |item| tx.list_set(&list(), item, text(&who.to_string())));
    enumerate(&[append, append, append], &[insert, to_front, delete, set], 2);
}

#[test]
fn counters() {
    let letters: [Letter; 2] =
        [|tx, _| tx.counter_add(&counter(), 5), |tx, _| tx.counter_add(&counter(), -3)];
    enumerate(&letters[..1], &letters, 2);
}

#[test]
fn sets() {
    let letters: [Letter; 3] = [
        |tx, _| tx.set_add(&set(), Value::Bool(true)).map(drop),
        |tx, _| {
            tx.set_remove(&set(), &Value::Bool(true));
            Ok(())
        },
        |tx, who| tx.set_add(&set(), Value::String(who.to_string().into())).map(drop),
    ];
    enumerate(&letters[..1], &letters, 4);
}

#[test]
fn texts() {
    let write: Letter = |tx, _| tx.text_insert(&note(), 0, "abc").map(drop);
    let insert: Letter = |tx, who| {
        let at = length(tx).min(1);
        tx.text_insert(&note(), at, &who.to_string()).map(drop)
    };
    let delete: Letter = |tx, _| {
        let end = length(tx).min(2);
        tx.text_delete(&note(), 0..end)
    };
    let mark: Letter = |tx, who| {
        let end = length(tx).min(2);
        let value = (who != 3).then(|| Value::String(who.to_string().into()));
        tx.text_mark(&note(), 0..end, &"bold".into(), value, Expand::After).map(drop)
    };
    enumerate(&[write], &[insert, delete, mark], 2);
}
