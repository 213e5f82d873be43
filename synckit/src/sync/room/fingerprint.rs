//! Tells a change that is sent again from another one under the same replica and sequence number.

use std::collections::{BTreeMap, VecDeque};

use crate::version::{ReplicaId, Timestamp};
use crate::wire::operations::Reader;
use crate::wire::{Change, DecodeError};

/// How many operations of each replica are remembered.
const REMEMBERED: usize = 8;

/// When the operations of a change were made.
pub(super) struct Stamps(Vec<(u64, Timestamp)>);

impl Stamps {
    /// Reads them.
    ///
    /// # Errors
    /// When the operations are not readable.
    pub(super) fn of(change: &Change) -> Result<Self, DecodeError> {
        let mut stamps = Vec::new();
        Reader::new(change)?
            .each(&mut |operation| stamps.push((operation.stamp.dot.seq, operation.stamp.time)))?;
        Ok(Self(stamps))
    }

    /// The latest of all times.
    pub(super) fn latest(&self) -> Timestamp {
        self.0.iter().map(|stamp| stamp.1).max().unwrap_or_default()
    }
}

/// For every replica the times of its latest operations. The same change may be cut and encoded in more than one way
/// once parts of it are overwritten, but an operation keeps its time; and two copies of one replica that write on their
/// own do not write under the same number at the same millisecond and counter.
#[derive(Default)]
pub(super) struct Fingerprints {
    replicas: BTreeMap<ReplicaId, VecDeque<(u64, Timestamp)>>,
}

impl Fingerprints {
    /// Remembers what was applied.
    pub(super) fn note(&mut self, changes: &[Change]) {
        for change in changes {
            let Ok(stamps) = Stamps::of(change) else { continue };
            let latest = self.replicas.entry(change.replica).or_default();
            let known = latest.back().map_or(0, |last| last.0);
            latest.extend(stamps.0.into_iter().filter(|stamp| stamp.0 > known));
            let excess = latest.len().saturating_sub(REMEMBERED);
            latest.drain(..excess);
        }
    }

    /// Whether one of these operations is remembered with another time.
    pub(super) fn contradict(&self, replica: ReplicaId, stamps: &Stamps) -> bool {
        let latest = self.replicas.get(&replica);
        latest.is_some_and(|latest| {
            latest.iter().any(|&(seq, time)| {
                let same = stamps.0.binary_search_by_key(&seq, |stamp| stamp.0);
                same.is_ok_and(|at| stamps.0[at].1 != time)
            })
        })
    }
}
