//! When everything was written, in steps.

use std::ops::RangeInclusive;

use crate::sorted::SortedMap;
use crate::version::{Dot, ReplicaId, VersionVector};

/// Milliseconds that one step may take: what a replica wrote within them has one time.
pub(crate) const STEP: u64 = 2_000;

/// What one replica wrote in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// The last sequence number.
    pub(crate) end: u64,
    /// When it began, in milliseconds since 1970; 0 when nobody knows.
    pub(crate) time: u64,
}

/// One step of a document's history: what one replica wrote in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// Everything up to here.
    pub version: VersionVector,
    /// Who wrote it; `None` for what was there when the history began.
    pub replica: Option<ReplicaId>,
    /// When it began, in milliseconds since 1970.
    pub time: u64,
    /// When the last edit in it began, give or take two seconds.
    pub until: u64,
    /// How many sequence numbers were written: one for each character that came or went, and for each other write.
    pub edits: u64,
}

/// Hands over what the operations of a replica between two sequence numbers stand on.
pub(super) type Needs<'a> = &'a dyn Fn(ReplicaId, RangeInclusive<u64>, &mut dyn FnMut(Dot));

/// The steps of every replica, ascending.
///
/// Where a step begins follows from the times alone: at the first operation that is two seconds or more behind the beginning of the
/// one before. As all operations of a step are passed on with its time, whoever gets them finds the same steps.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    writers: SortedMap<ReplicaId, Vec<Step>>,
    /// Whether it is known where the history begins. Until then each time is a step: what comes before the beginning takes
    /// no part in the first one.
    settled: bool,
}

impl Timeline {
    /// What a replica wrote up to `end` was written at `time`. O(1).
    pub(super) fn record(&mut self, replica: ReplicaId, end: u64, time: u64) {
        let steps = self.writers.get_or_default(replica);
        match steps.last_mut() {
            Some(last) if last.end >= end => {}
            Some(last) if time >= last.time && time - last.time < if self.settled { STEP } else { 1 } => {
                last.end = end;
            }
            _ => steps.push(Step { end, time }),
        }
    }

    /// It is known where the history begins.
    pub(super) fn settle(&mut self) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        for (replica, steps) in std::mem::take(&mut self.writers) {
            steps.into_iter().for_each(|step| self.record(replica, step.end, step.time));
        }
    }

    /// What a replica wrote from `first` on has the time of what came before it.
    pub(super) fn join(&mut self, replica: ReplicaId, first: u64) {
        if let Some(steps) = self.writers.get_mut(&replica)
            && let [.., last, next] = steps.as_mut_slice()
            && last.end + 1 == first
        {
            last.end = next.end;
            steps.pop();
        }
    }

    /// The step that an operation was written in. O(log n).
    pub(super) fn step_at(&self, dot: Dot) -> Option<Step> {
        let steps = self.writers.get(&dot.replica)?;
        steps.get(steps.partition_point(|step| step.end < dot.seq)).copied()
    }

    /// Drops what a replica wrote up to `seq`.
    pub(super) fn forget(&mut self, replica: ReplicaId, seq: u64) {
        if let Some(steps) = self.writers.get_mut(&replica) {
            steps.drain(..steps.partition_point(|step| step.end <= seq));
        }
    }

    /// Takes over the steps of replicas of which the other one recorded more: everything beyond `from`, and here everything
    /// beyond `until`.
    pub(super) fn adopt(&mut self, other: &Self, from: &VersionVector, until: &VersionVector) {
        for (replica, steps) in other.iter().filter(|(replica, _)| from.get(*replica) < until.get(*replica)) {
            let own = std::mem::take(self.writers.get_or_default(replica));
            let known = steps.last().map_or(0, |last| last.end);
            let earlier = steps.iter().filter(|step| step.end > from.get(replica));
            let later = own.iter().filter(|step| step.end > known);
            earlier.chain(later).for_each(|step| self.record(replica, step.end, step.time));
        }
    }

    /// The steps of each replica.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ReplicaId, &[Step])> {
        self.writers
            .iter()
            .map(|(replica, steps)| (*replica, &steps[..]))
            .filter(|(_, steps)| !steps.is_empty())
    }

    /// The timeline that has these steps.
    pub(super) fn set(&mut self, replica: ReplicaId, steps: Vec<Step>) {
        self.writers.insert(replica, steps);
    }

    /// All steps by time; those of one replica that follow each other with less than `pause` milliseconds between become
    /// one. `from` is what was there before. O(n log n).
    ///
    /// Where two write at the same time, a step may stand on a part of one that began later: its version holds that part.
    pub(super) fn entries(&self, from: &VersionVector, pause: u64, needs: Needs<'_>) -> Vec<HistoryEntry> {
        let mut steps: Vec<(u64, ReplicaId, u64, u64)> = Vec::new();
        for (replica, own) in self.iter().filter(|(replica, _)| *replica != super::keeper()) {
            let (mut before, mut time) = (from.get(replica), 0);
            for step in own {
                // Clocks that went back do not take the order along.
                time = step.time.max(time);
                steps.push((time, replica, step.end, step.end.saturating_sub(before)));
                before = step.end;
            }
        }
        steps.sort_unstable();
        let mut version = from.clone();
        let mut entries: Vec<HistoryEntry> = Vec::new();
        for (time, replica, end, edits) in steps {
            advance(&mut version, Dot::new(replica, end), needs);
            match entries.last_mut() {
                Some(last) if last.replica == Some(replica) && time - last.until < pause => {
                    last.version = version.clone();
                    last.until = time;
                    last.edits += edits;
                }
                _ => entries.push(HistoryEntry {
                    version: version.clone(),
                    replica: Some(replica),
                    time,
                    until: time,
                    edits,
                }),
            }
        }
        entries
    }

    pub(super) fn byte_size(&self) -> usize {
        self.writers.iter().map(|(_, steps)| steps.capacity() * size_of::<Step>()).sum()
    }
}

/// Adds everything of a replica up to an operation, and what that stands on. O(what is added).
fn advance(version: &mut VersionVector, dot: Dot, needs: Needs<'_>) {
    let mut needed = vec![dot];
    while let Some(Dot { replica, seq }) = needed.pop() {
        let known = version.get(replica);
        if seq > known {
            version.advance(replica, seq);
            needs(replica, known + 1..=seq, &mut |dot| needed.push(dot));
        }
    }
}
