//! Tells a change that is sent again from another one under the same replica and sequence number.

use std::collections::{BTreeMap, VecDeque};

use crate::crdt::operation::{Action, Stamp};
use crate::version::{ReplicaId, Timestamp};
use crate::wire::reader::Reader;
use crate::wire::{Change, DecodeError};

/// How many operations of each replica are remembered.
const REMEMBERED: usize = 8;

/// Characters of one run that are looked at: the last ones.
const CHARACTERS: usize = 256;
/// Operations and characters of one change that are looked at: the last ones.
const OPERATIONS: usize = 4096;

/// What tells the operations of a change from others: when they were made; of characters, which they are.
pub(super) struct Stamps {
    marks: Vec<(u64, u64)>,
    latest: Timestamp,
}

impl Stamps {
    /// Reads them.
    ///
    /// # Errors
    /// When the operations are not readable.
    pub(super) fn of(change: &Change) -> Result<Self, DecodeError> {
        let mut stamps = Self { marks: Vec::new(), latest: Timestamp::default() };
        Reader::new(change)?.each(&mut |operation| {
            let Stamp { time, dot } = operation.stamp;
            stamps.latest = stamps.latest.max(time);
            // Runs of characters are cut and joined freely, so each character stands for itself.
            let characters = match &operation.action {
                Action::Text(action) => action.fingerprints(CHARACTERS),
                _ => None,
            };
            match characters {
                Some(characters) => stamps.marks.extend(characters),
                None => stamps.marks.push((dot.seq, time.0)),
            }
            // Now and then, so that it is not moved with each.
            if stamps.marks.len() > 2 * OPERATIONS {
                stamps.marks.drain(..stamps.marks.len() - OPERATIONS);
            }
        })?;
        Ok(stamps)
    }

    /// The latest of all times.
    pub(super) fn latest(&self) -> Timestamp {
        self.latest
    }
}

/// For every replica what tells its latest operations from others. The same change may be cut and encoded in more than one way
/// once parts of it are overwritten, but an operation keeps its time; and two copies of one replica that write on their
/// own do not write under the same number at the same millisecond and counter.
#[derive(Default)]
pub(super) struct Fingerprints {
    replicas: BTreeMap<ReplicaId, VecDeque<(u64, u64)>>,
}

impl Fingerprints {
    /// Remembers what was applied.
    pub(super) fn note(&mut self, changes: &[Change]) {
        for change in changes {
            let Ok(stamps) = Stamps::of(change) else { continue };
            let latest = self.replicas.entry(change.replica).or_default();
            let known = latest.back().map_or(0, |last| last.0);
            latest.extend(stamps.marks.into_iter().filter(|stamp| stamp.0 > known));
            let excess = latest.len().saturating_sub(REMEMBERED);
            latest.drain(..excess);
        }
    }

    /// Whether one of these operations is remembered with another time.
    pub(super) fn contradict(&self, replica: ReplicaId, stamps: &Stamps) -> bool {
        let latest = self.replicas.get(&replica);
        latest.is_some_and(|latest| {
            latest.iter().any(|&(seq, mark)| {
                let same = stamps.marks.binary_search_by_key(&seq, |stamp| stamp.0);
                same.is_ok_and(|at| stamps.marks[at].1 != mark)
            })
        })
    }
}
