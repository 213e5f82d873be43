//! Small worlds, all of them: every container, every script of a few writes, every order in which they can arrive.
//!
//! What replicas write at the same time forms a grid: a place in it tells how many writes of each have arrived. If each step into a
//! place leads to the same state, whichever replica's write it is that arrives last, then all ways to it do. So a grid of three
//! replicas with four writes each stands for the 34,650 orders in which twelve writes arrive. Grids of scripts that begin
//! alike share their beginning: all scripts of a length are one tree for each replica, and a place is a node of each tree.

use super::letters::{self, Alphabet, Letter};
use super::reference::Reference;
use super::replica::{Replica, picture};
use crate::document::Origin;
use crate::wire::{Change, Snapshot};

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
fn enumerate(Alphabet { start, letters }: Alphabet, len: usize) {
    let mut visited = 0;
    for (at, first) in letters.iter().enumerate() {
        for second in &letters[at + 1..] {
            visited += explore(&start, &[*first, *second], 4);
        }
    }
    visited += explore(&start, &letters, len);
    println!("{visited} places");
    assert!(visited > 3_000);
}

#[test]
fn maps() {
    enumerate(letters::maps(), 2);
}

#[test]
fn lists() {
    enumerate(letters::lists(), 2);
}

#[test]
fn counters() {
    enumerate(letters::counters(), 2);
}

#[test]
fn sets() {
    enumerate(letters::sets(), 4);
}

#[test]
fn texts() {
    enumerate(letters::texts(), 2);
}
