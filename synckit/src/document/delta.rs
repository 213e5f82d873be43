//! What another replica lacks, cut from what is live.

use super::state::DocumentState;
use crate::crdt::operation::{Action, Operation};
use crate::sorted::{SortedMap, sort_by_number};
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Change, Update, operations};

/// Operations in one encoded change, so that an update can be split and read in pieces.
const MAX_OPERATIONS: usize = 256;
/// Bytes of operations in one encoded change, roughly; a single larger operation stays whole.
const MAX_BYTES: usize = 32 << 10;

impl DocumentState {
    /// Everything that `version` lacks. `since` nothing is a snapshot. O(document).
    ///
    /// Changes that are acknowledged ([`acknowledge`](Self::acknowledge)) are merged; the others keep their boundaries.
    pub fn since(&self, version: &VersionVector) -> Update {
        if version.includes(&self.version) {
            return Update::default();
        }
        let mut missing: SortedMap<ReplicaId, Vec<Operation>> = SortedMap::default();
        for (replica, _) in self.version.iter().filter(|&(replica, seq)| seq > version.get(replica)) {
            missing.insert(replica, Vec::new());
        }
        for (id, content) in &self.containers {
            content.live(&mut |live| {
                let dot = live.stamp.dot;
                if dot.seq > version.get(dot.replica)
                    && let Some(operations) = missing.get_mut(&dot.replica)
                {
                    operations.push(Operation {
                        stamp: live.stamp,
                        container: id.clone(),
                        action: live.action,
                    });
                }
            });
        }
        let mut update = Update::default();
        for (replica, mut operations) in missing {
            sort_by_number(&mut operations, |operation| operation.stamp.dot.seq);
            self.cut(replica, version.get(replica) + 1, &operations, &mut update.changes);
        }
        update
    }

    /// Cuts a replica's live operations into changes that cover everything from `first_seq` on.
    fn cut(&self, replica: ReplicaId, first_seq: u64, operations: &[Operation], changes: &mut Vec<Change>) {
        let last_seq = self.version.get(replica);
        let boundaries = self.boundaries.get(&replica).map_or(&[][..], Vec::as_slice);
        let mut ends = boundaries[boundaries.partition_point(|&end| end < first_seq)..].iter();
        let (mut next, mut rest) = (first_seq, operations);
        while next <= last_seq {
            // The acknowledged part has no boundaries: it ends where the first pending change begins, which is
            // not known, so the first boundary ends both.
            let end = ends.next().copied().unwrap_or(last_seq).min(last_seq);
            let within = rest.partition_point(|operation| operation.stamp.dot.seq <= end);
            let (mut part, after) = rest.split_at(within);
            loop {
                let (head, tail) = part.split_at(fitting(part));
                if tail.is_empty() {
                    break;
                }
                let stop = tail[0].stamp.dot.seq - 1;
                changes.push(self.change(replica, next, stop, head));
                (next, part) = (stop + 1, tail);
            }
            changes.push(self.change(replica, next, end, part));
            (next, rest) = (end + 1, after);
        }
    }

    fn change(&self, replica: ReplicaId, first_seq: u64, last_seq: u64, live: &[Operation]) -> Change {
        let time = live.first().map_or(self.clock.last(), |operation| operation.stamp.time);
        Change {
            replica,
            first_seq,
            len: last_seq + 1 - first_seq,
            time,
            operations: match live {
                [] => Vec::new(),
                live => operations::encode(replica, first_seq, time, live),
            },
            dependencies: VersionVector::new(),
        }
    }
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
        Action::ListMove { position, .. } => dots(1) + position.as_bytes().len(),
        Action::ListSet { slot, .. } => dots(1) + slot.byte_size(),
        Action::ListDelete { .. } | Action::ListRestore { .. } => dots(1),
        Action::CounterAdd { .. } => 16,
        Action::SetAdd { value, observed } | Action::SetRemove { value, observed } => {
            value.byte_size() + dots(observed.len())
        }
    }
}
