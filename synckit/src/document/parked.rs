//! Changes that arrived before what they build on.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::apply::Applied;
use super::state::DocumentState;
use crate::hash::HashMap;
use crate::sorted::SortedMap;
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::Change;

/// Bytes of changes that may wait for a gap to fill; beyond, they are dropped and have to be asked for again.
const MAX_PARKED: usize = 4 << 20;

/// A change, and one of the things that it waits for.
#[derive(Debug, Clone)]
struct Waiting {
    /// The sequence number that has to be known.
    seq: u64,
    change: Change,
    /// What its operations stand on, beyond what its header says.
    beyond: VersionVector,
}

impl Waiting {
    fn size(&self) -> usize {
        self.change.encoded_len() + 16 * self.beyond.len()
    }

    fn dot(&self) -> Dot {
        Dot::new(self.change.replica, self.change.first_seq)
    }

    /// The greatest is the one on top of a heap: the one that waits for the least.
    fn rank(&self) -> impl Ord {
        std::cmp::Reverse((self.seq, self.change.replica, self.change.first_seq))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting {}

#[derive(Debug, Clone, Default)]
pub(super) struct Parked {
    /// By whose operation they wait for.
    waiting: SortedMap<ReplicaId, BinaryHeap<Waiting>>,
    /// The longest change that is here by its first operation, so that what comes again is not kept twice.
    lens: HashMap<Dot, u64>,
    bytes: usize,
}

impl Parked {
    fn is_empty(&self) -> bool {
        self.lens.is_empty()
    }

    fn push(&mut self, lacking: Dot, change: Change, beyond: VersionVector) {
        let waiting = Waiting { seq: lacking.seq, change, beyond };
        let (first, len) = (waiting.dot(), waiting.change.len);
        if self.lens.get(&first).is_none_or(|&known| known < len) {
            self.lens.insert(first, len);
            self.bytes += waiting.size();
            self.waiting.get_or_default(lacking.replica).push(waiting);
        }
    }

    /// Takes out a change that waited for an operation of `replica` which is known by now. O(log n).
    fn pop(&mut self, replica: ReplicaId, known: u64) -> Option<Waiting> {
        let heap = self.waiting.get_mut(&replica)?;
        if heap.peek().is_none_or(|next| next.seq > known) {
            return None;
        }
        let next = heap.pop()?;
        if heap.is_empty() {
            self.waiting.remove(&replica);
        }
        self.bytes -= next.size();
        if self.lens.get(&next.dot()) == Some(&next.change.len) {
            self.lens.remove(&next.dot());
        }
        Some(next)
    }

    /// Drops what is too much: what waits longest first.
    fn bound(&mut self) {
        if self.bytes <= MAX_PARKED {
            return;
        }
        let mut all = std::mem::take(self);
        let replicas: Vec<ReplicaId> = all.waiting.keys().copied().collect();
        for replica in replicas {
            while let Some(next) = all.pop(replica, u64::MAX) {
                if self.bytes + next.size() <= MAX_PARKED {
                    self.push(Dot::new(replica, next.seq), next.change, next.beyond);
                }
            }
        }
    }
}

impl DocumentState {
    /// Something that has to be known before a change can be applied, and is not.
    pub(super) fn lacking(&self, change: &Change, beyond: &VersionVector) -> Option<Dot> {
        if change.first_seq > self.version.get(change.replica) + 1 {
            return Some(Dot::new(change.replica, change.first_seq - 1));
        }
        let needed = change.dependencies.iter().chain(beyond.iter());
        let mut lacking = needed.filter(|&(replica, seq)| self.version.get(replica) < seq);
        lacking.next().map(|(replica, seq)| Dot::new(replica, seq))
    }

    /// Keeps changes until what they build on is there, and applies those of all kept ones that are ready. O(n log n), whatever order they
    /// have come in.
    pub(super) fn park(
        &mut self,
        late: impl IntoIterator<Item = (Change, VersionVector)>,
        applied: &mut Applied,
    ) {
        let mut parked = self.parked.take().unwrap_or_default();
        for (change, beyond) in late {
            // One that is ready waits for what is there.
            let lacking = self.lacking(&change, &beyond);
            parked.push(lacking.unwrap_or(Dot::new(change.replica, 0)), change, beyond);
        }
        let mut known: Vec<ReplicaId> = parked.waiting.keys().copied().collect();
        while let Some(replica) = known.pop() {
            while let Some(Waiting { change, beyond, .. }) = parked.pop(replica, self.version.get(replica)) {
                match self.lacking(&change, &beyond) {
                    Some(lacking) => parked.push(lacking, change, beyond),
                    None => {
                        known.push(change.replica);
                        self.take_parked(change, applied);
                    }
                }
            }
        }
        parked.bound();
        self.parked = (!parked.is_empty()).then_some(parked);
    }
}
