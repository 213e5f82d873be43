//! What another replica lacks, cut from what is live.

use std::sync::atomic::Ordering;

use super::state::DocumentState;
use crate::crdt::causal;
use crate::crdt::container::Part;
use crate::crdt::operation::{Action, Live, Operation, Stamp};
use crate::sorted::{SortedMap, sort_by_number};
use crate::version::{Dot, ReplicaId, Timestamp, VersionVector};
use crate::wire::{Change, Update, operations};

/// Operations in one encoded change, so that an update can be split and read in pieces.
const MAX_OPERATIONS: usize = 256;
/// Bytes of operations in one encoded change, roughly; a single larger operation stays whole.
const MAX_BYTES: usize = 32 << 10;

impl DocumentState {
    /// Everything that `version` lacks, each change behind those that it depends on. O(change) for a version that is a few
    /// changes behind, else O(document).
    ///
    /// Changes that are acknowledged ([`acknowledge`](Self::acknowledge)) are merged; the others keep their boundaries.
    pub fn since(&self, version: &VersionVector) -> Update {
        self.cut(version, false)
    }

    /// [`since`](Self::since); with the edits of texts left out when they are `beside` it.
    pub(super) fn cut(&self, version: &VersionVector, beside: bool) -> Update {
        if version.includes(&self.version) {
            return Update::default();
        }
        self.handed_out.0.store(true, Ordering::Relaxed);
        if !beside && let Some(changes) = self.cut_one(version) {
            return Update { changes };
        }
        let mut missing: SortedMap<ReplicaId, Vec<Operation>> = SortedMap::default();
        for (replica, _) in self.version.iter().filter(|&(replica, seq)| seq > version.get(replica)) {
            missing.insert(replica, Vec::new());
        }
        let is_recorded = !beside
            && self.past(version, &mut |operation| {
                if let Some(operations) = missing.get_mut(&operation.stamp.dot.replica) {
                    operations.push(operation);
                }
            });
        let mut take = |at: usize, part: &Part| {
            let (id, content) = &self.containers[at];
            content.live_at(part, version, &mut |live| {
                let is_elsewhere = if live.action.is_timed() { is_recorded } else { beside };
                if is_elsewhere {
                    return;
                }
                if let Some(operations) = missing.get_mut(&live.stamp.dot.replica) {
                    let Live { stamp, action } = live;
                    let operation = Operation { stamp, container: id.clone(), action };
                    self.dated(operation, &mut |operation| operations.push(operation));
                }
            });
        };
        match self.recent.places(version, &self.version) {
            Some(places) => places.into_iter().for_each(|(at, part)| take(*at as usize, part)),
            None => (0..self.containers.len()).for_each(|at| take(at, &Part::Whole)),
        }
        let mut streams = Vec::new();
        for (replica, mut operations) in missing {
            sort_by_number(&mut operations, |operation| operation.stamp.dot.seq);
            drop_second_meanings(&mut operations);
            streams.push((replica, self.stretches(replica, version.get(replica) + 1, operations)));
        }
        let mut ordered = Vec::new();
        if beside || !cfg!(feature = "text") {
            // Nothing has to come before anything else.
            streams.into_iter().for_each(|(_, stretches)| ordered.extend(stretches));
        } else {
            if let Some(leading) = streams.iter().position(|(replica, _)| Self::comes_first(*replica)) {
                ordered = streams.remove(leading).1;
            }
            let first = |stretch: &Stretch| Dot::new(stretch.replica, stretch.first);
            ordered.extend(causal::merge(streams, false, first, |stretch, need| {
                let operations = stretch.operations.iter();
                operations.flat_map(|operation| operation.action.dependencies()).flatten().for_each(need);
            }));
        }
        let mut update = Update::default();
        for stretch in join(ordered) {
            // Who reads a snapshot may not take other places for ends of changes: there nothing is cut.
            self.put_changes(stretch, beside, &mut update.changes);
        }
        update
    }

    /// What a version lacks that is behind in one change of one replica, which needs no order: somebody types and everybody hears of it
    /// at once.
    fn cut_one(&self, version: &VersionVector) -> Option<Vec<Change>> {
        // Without texts there is little to order, and one way weighs less than two.
        if !cfg!(feature = "text") {
            return None;
        }
        let mut ahead = self.version.iter().filter(|&(replica, seq)| seq > version.get(replica));
        let (replica, last) = ahead.next()?;
        if ahead.next().is_some() || self.keeps_history() {
            return None;
        }
        let first = version.get(replica) + 1;
        let mut ends = self.boundaries.get(&replica).into_iter().flatten().rev();
        if ends.find(|&&end| end < last).is_some_and(|&end| end >= first) {
            return None;
        }
        let places = self.recent.places(version, &self.version)?;
        if let (Some((at, _)), 1) = (places.get(0), places.len())
            && let Some(change) = self.edit_alone(*at, replica, (first, last), self.clock.last())
        {
            return Some(vec![change]);
        }
        let mut operations = Vec::new();
        for (at, part) in places {
            let (id, content) = &self.containers[*at as usize];
            content.live_at(part, version, &mut |Live { stamp, action }| {
                operations.push(Operation { stamp, container: id.clone(), action });
            });
        }
        sort_by_number(&mut operations, |operation| operation.stamp.dot.seq);
        drop_second_meanings(&mut operations);
        let mut changes = Vec::new();
        let stretch = Stretch { replica, first, last, closed: true, operations };
        self.put_changes(stretch, false, &mut changes);
        Some(changes)
    }

    /// Cuts a replica's live operations into stretches that together cover everything from `next` on. A pending change
    /// is one; what comes before the first is not known to be pending, so each operation there that others stand before begins one.
    fn stretches(&self, replica: ReplicaId, mut next: u64, rest: Vec<Operation>) -> Vec<Stretch> {
        let mut rest = Rest { cut_off: None, all: rest.into_iter() };
        let last = self.version.get(replica);
        let boundaries = self.boundaries.get(&replica).map_or(&[][..], Vec::as_slice);
        let mut ends = boundaries[boundaries.partition_point(|&end| end < next)..].iter();
        let (mut stretches, mut is_first) = (Vec::new(), true);
        while next <= last {
            let end = ends.next().copied().unwrap_or(last).min(last);
            let mut operations = split_at(&mut rest, end);
            let mut push = |operations: Vec<Operation>, last, closed| {
                stretches.push(Stretch { replica, first: next, last, closed, operations });
                next = last + 1;
            };
            // What others' operations are needed for begins a stretch.
            let depends = |operation: &Operation| {
                operation.action.dependencies().into_iter().flatten().any(|dot| dot.replica != replica)
            };
            if is_first && operations.iter().any(depends) {
                let mut group: Vec<Operation> = Vec::new();
                for operation in std::mem::take(&mut operations) {
                    if depends(&operation)
                        && let Some(Operation { stamp, action, .. }) = group.last()
                    {
                        let last = stamp.dot.seq + action.span() - 1;
                        push(std::mem::take(&mut group), last, false);
                    }
                    group.push(operation);
                }
                operations = group;
            }
            push(operations, end, true);
            is_first = false;
        }
        stretches
    }

    /// One change, or several when it is too large for one and not to stay `whole`.
    fn put_changes(&self, stretch: Stretch, whole: bool, changes: &mut Vec<Change>) {
        let Stretch { replica, first, last, operations, .. } = stretch;
        let (mut next, mut part) = (first, &operations[..]);
        loop {
            let (head, tail) = part.split_at(if whole { part.len() } else { fitting(part) });
            let stop = tail.first().map_or(last, |after| after.stamp.dot.seq - 1);
            changes.push(self.change(replica, next, stop, head));
            if tail.is_empty() {
                return;
            }
            (next, part) = (stop + 1, tail);
        }
    }

    fn change(&self, replica: ReplicaId, first_seq: u64, last_seq: u64, live: &[Operation]) -> Change {
        let timed = |operation: &&Operation| {
            operation.action.is_timed() || operation.stamp.time != Timestamp::default()
        };
        let time = live.iter().find(timed).map_or(self.clock.last(), |operation| operation.stamp.time);
        let mut dependencies = VersionVector::new();
        live.iter().for_each(|operation| operations::depend(&mut dependencies, operation));
        Change {
            replica,
            first_seq,
            len: last_seq + 1 - first_seq,
            time,
            operations: match live {
                [] => Vec::new(),
                live => operations::encode(replica, first_seq, time, &dependencies, live),
            },
            dependencies,
        }
    }
}

/// A sequence number stands for one operation. Only a snapshot that somebody has tampered with can bring two: what comes second
/// is not passed on.
fn drop_second_meanings(operations: &mut Vec<Operation>) {
    let mut next = 0;
    operations.retain(|operation| {
        let seq = operation.stamp.dot.seq;
        let is_first = seq >= next;
        if is_first {
            next = seq + operation.action.span();
        }
        is_first
    });
}

/// Puts neighbours together that can travel under one header.
fn join(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::new();
    for mut stretch in stretches {
        match joined.last_mut() {
            Some(last) if last.takes(&stretch) => {
                last.operations.append(&mut stretch.operations);
                (last.last, last.closed) = (stretch.last, stretch.closed);
            }
            _ => joined.push(stretch),
        }
    }
    joined
}

/// Consecutive sequence numbers of one replica, and what is live of them.
struct Stretch {
    replica: ReplicaId,
    first: u64,
    last: u64,
    /// Whether it ends where a change of its writer ended.
    closed: bool,
    operations: Vec<Operation>,
}

impl Stretch {
    fn takes(&self, next: &Self) -> bool {
        !self.closed && self.replica == next.replica && self.last + 1 == next.first
    }
}

/// Operations that are taken from the front.
struct Rest {
    /// The second half of the one that was taken last.
    cut_off: Option<Operation>,
    all: std::vec::IntoIter<Operation>,
}

/// Takes the operations up to sequence number `end` out of the front; one that goes on behind it is cut in two.
fn split_at(rest: &mut Rest, end: u64) -> Vec<Operation> {
    let is_within = |operation: &Operation| operation.stamp.dot.seq <= end;
    let mut head = Vec::with_capacity(rest.all.as_slice().partition_point(is_within) + 1);
    head.extend(rest.cut_off.take_if(|operation| is_within(operation)));
    while rest.all.as_slice().first().is_some_and(is_within) {
        head.extend(rest.all.next());
    }
    if let Some(Operation { stamp, container, action: Action::Text(action) }) = head.last_mut()
        && let Some((dot, back)) = action.split_off(end)
    {
        let (stamp, action) = (Stamp { dot, ..*stamp }, Action::Text(back));
        rest.cut_off = Some(Operation { stamp, container: container.clone(), action });
    }
    head
}

/// How many of these operations, at least one if there is one, fit into one change.
fn fitting(operations: &[Operation]) -> usize {
    let mut bytes = 0;
    let fits = |operation: &&Operation| {
        bytes += weight(&operation.action);
        bytes <= MAX_BYTES
    };
    operations.iter().take(MAX_OPERATIONS).take_while(fits).count().max(1).min(operations.len())
}

/// Roughly how many bytes an operation takes when encoded.
fn weight(action: &Action) -> usize {
    let dots = |count: usize| 12 * count;
    12 + match action {
        Action::MapSet { key, slot } => key.len() + slot.byte_size(),
        Action::MapDelete { key } => key.len(),
        Action::ListInsert { position, slot } => position.as_bytes().len() + slot.byte_size(),
        // Among what is live, each insertion is one.
        Action::ListRun(_) => 0,
        Action::ListMove { position, .. } => dots(1) + position.as_bytes().len(),
        Action::ListSet { slot, .. } => dots(1) + slot.byte_size(),
        Action::ListDelete { .. } | Action::ListRestore { .. } => dots(1),
        Action::CounterAdd { .. } => 16,
        Action::Set(action) => action.weight(),
        Action::Text(action) => action.weight(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Rest, split_at};
    use crate::crdt::container::{ContainerId, Kind};
    use crate::crdt::operation::{Action, Operation, Stamp};
    use crate::version::{Dot, ReplicaId, Timestamp};

    #[test]
    fn cutting_off_the_front_leaves_the_rest_where_it_is() {
        const COUNT: u64 = 1000;
        let container = ContainerId::Root.child("counter", Kind::Counter);
        let operation = |seq| Operation {
            stamp: Stamp { time: Timestamp(1), dot: Dot::new(ReplicaId::new(1), seq) },
            container: container.clone(),
            action: Action::CounterAdd { added: seq, subtracted: 0 },
        };
        let all: Vec<Operation> = (1..=COUNT).map(operation).collect();
        let mut rest = Rest { cut_off: None, all: all.into_iter() };
        let parts: Vec<Vec<Operation>> = (1..=COUNT).map(|end| split_at(&mut rest, end)).collect();
        assert!(rest.all.len() == 0 && rest.cut_off.is_none() && parts.iter().all(|part| part.len() == 1));
        // A part that had room for the rest would mean that all of them together take the square of it.
        assert!(parts.iter().map(Vec::capacity).sum::<usize>() <= 8 * COUNT as usize);
    }
}
