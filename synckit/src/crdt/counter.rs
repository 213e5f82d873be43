//! Counter: for every replica the totals of what it added and subtracted; the latest totals of a replica replace its
//! earlier ones, so a long-lived counter costs one entry for each replica.

use super::operation::{Action, Live, Stamp};
use crate::version::{ReplicaId, VersionVector};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    stamp: Stamp,
    added: u64,
    subtracted: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct CounterState {
    /// Ascending by replica.
    parts: Vec<Part>,
}

impl CounterState {
    /// Takes a replica's totals. Returns whether they are news.
    pub(crate) fn apply(&mut self, stamp: Stamp, added: u64, subtracted: u64) -> bool {
        let part = Part { stamp, added, subtracted };
        match self.find(stamp.dot.replica) {
            Ok(at) if self.parts[at].stamp.dot.seq >= stamp.dot.seq => false,
            Ok(at) => {
                self.parts[at] = part;
                true
            }
            Err(at) => {
                self.parts.insert(at, part);
                true
            }
        }
    }

    /// The totals of a replica: added, subtracted.
    pub(crate) fn totals(&self, replica: ReplicaId) -> (u64, u64) {
        self.find(replica).map_or((0, 0), |at| (self.parts[at].added, self.parts[at].subtracted))
    }

    /// The sum over all replicas, held at the ends of 64 bits when they are passed. O(replicas).
    pub(crate) fn value(&self) -> i64 {
        crate::steps::count(self.parts.len());
        let sum: i128 =
            self.parts.iter().map(|part| i128::from(part.added) - i128::from(part.subtracted)).sum();
        sum.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }

    /// Hands over what `known` lacks.
    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        for part in self.parts.iter().filter(|part| !known.contains(part.stamp.dot)) {
            let action = Action::CounterAdd { added: part.added, subtracted: part.subtracted };
            emit(Live { stamp: part.stamp, action });
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        self.parts.len() * std::mem::size_of::<Part>()
    }

    fn find(&self, replica: ReplicaId) -> Result<usize, usize> {
        self.parts.binary_search_by_key(&replica, |part| part.stamp.dot.replica)
    }
}
