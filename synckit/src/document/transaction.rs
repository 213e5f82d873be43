//! Local writes: one transaction becomes one change.

#[cfg(feature = "text")]
use super::error::WriteError;
#[cfg(feature = "text")]
use super::event::Target;
use super::event::Touched;
use super::state::DocumentState;
#[cfg(feature = "text")]
use super::text_undo::{Edited, Edits, TextInverse};
use super::undo::Inverse;
use std::sync::atomic::Ordering;

use crate::crdt::container::ContainerId;
#[cfg(feature = "text")]
use crate::crdt::container::Part;
use crate::crdt::map::Replaced;
use crate::crdt::operation::{Action, Operation, Stamp};
#[cfg(feature = "text")]
use crate::crdt::text::TextState;
use crate::few::Few;
use crate::sorted::sort_by_number;
use crate::version::{Dot, ReplicaId, Timestamp, VersionVector};
use crate::wire::{Change, operations};

/// A transaction that is going on. Its operations take effect in the state at once. One after the other can use the same.
#[derive(Debug)]
pub(crate) struct Open {
    /// Whether one is going on.
    pub(crate) is_open: bool,
    replica: ReplicaId,
    first_seq: u64,
    next_seq: u64,
    time: Timestamp,
    /// When it began, in milliseconds since 1970.
    pub(crate) now_ms: u64,
    operations: Vec<Operation>,
    /// Texts that were written, and the first sequence number there: what was done is read off them at the end.
    edited: Few<(ContainerId, u64)>,
    pub(crate) touched: Touched,
    /// What takes each operation back, in order.
    pub(crate) inverses: Vec<Inverse>,
}

impl Default for Open {
    fn default() -> Self {
        Self {
            is_open: false,
            replica: ReplicaId::new(1),
            first_seq: 1,
            next_seq: 1,
            time: Timestamp::default(),
            now_ms: 0,
            operations: Vec::new(),
            edited: Few::default(),
            touched: Touched::default(),
            inverses: Vec::new(),
        }
    }
}

/// An open transaction on its document: what [`edit`](super::edit) writes through.
pub(crate) struct Transaction<'a> {
    pub(crate) state: &'a mut DocumentState,
    pub(crate) open: &'a mut Open,
}

impl Transaction<'_> {
    /// Makes an operation. Returns its dot.
    pub(crate) fn perform(&mut self, container: &ContainerId, action: impl FnOnce(Dot) -> Action) -> Dot {
        let dot = self.next_dot();
        self.make(container, action(dot));
        dot
    }

    /// Makes an operation. Returns what a write to a map has replaced.
    pub(crate) fn make(&mut self, container: &ContainerId, action: Action) -> Replaced {
        let stamp = Stamp { time: self.open.time, dot: self.next_dot() };
        let operation = Operation { stamp, container: container.clone(), action };
        let span = operation.action.span();
        self.open.next_seq += span;
        if !self.state.alone {
            self.open.operations.push(operation.clone());
        }
        let replaced = self.state.execute(operation, &mut self.open.touched);
        self.state.version.advance(stamp.dot.replica, stamp.dot.seq + span - 1);
        replaced
    }

    /// Writes to a text by position, which takes as many sequence numbers as `edit` returns. Returns the first of them.
    #[cfg(feature = "text")]
    pub(crate) fn edit_text(
        &mut self,
        container: &ContainerId,
        what: Edited,
        edit: impl FnOnce(Dot, &mut TextState) -> Result<usize, WriteError>,
    ) -> Result<Option<Dot>, WriteError> {
        let dot = self.next_dot();
        let Some(text) = self.state.text_mut(container) else { return Ok(None) };
        let steps = edit(dot, text)? as u64;
        if steps == 0 {
            return Ok(None);
        }
        let open = &mut *self.open;
        open.next_seq += steps;
        self.state.version.advance(dot.replica, dot.seq + steps - 1);
        if let Some(Inverse::Text(TextInverse::Edits(last))) = open.inverses.last_mut()
            && last.go_on(container, dot, steps, what)
        {
            // In this transaction the text was written before: an open one begins without inverses.
            return Ok(Some(dot));
        }
        // The text was written last.
        self.state.recent.touch((self.state.last, Part::Whole));
        if open.edited.iter().all(|(other, _)| other != container) {
            open.edited.push((container.clone(), dot.seq));
            open.touched.insert(Target::Content(container.clone()));
        }
        let edits = Edits::new(container.clone(), dot, steps, what);
        open.inverses.push(Inverse::Text(TextInverse::Edits(edits)));
        Ok(Some(dot))
    }

    /// The dot that the next operation will have.
    pub(crate) fn next_dot(&self) -> Dot {
        Dot::new(self.open.replica, self.open.next_seq)
    }

    pub(crate) fn replica(&self) -> ReplicaId {
        self.open.replica
    }
}

impl Open {
    /// Where a part begins that can be taken back alone: how many inverses there are, and the number of its first operation.
    pub(crate) fn mark(&self) -> (usize, u64) {
        (self.inverses.len(), self.next_seq)
    }

    /// What a transaction that has ended did, to be encoded.
    pub(crate) fn pending(&mut self) -> Pending {
        Pending {
            replica: self.replica,
            first_seq: self.first_seq,
            last_seq: self.next_seq - 1,
            time: self.time,
            operations: std::mem::take(&mut self.operations),
            edited: std::mem::take(&mut self.edited),
        }
    }
}

impl DocumentState {
    /// Begins a transaction with what is left of the one before.
    pub(crate) fn begin(&mut self, open: &mut Open, replica: ReplicaId, now_ms: u64) {
        open.is_open = true;
        open.replica = replica;
        open.first_seq = self.version.get(replica) + 1;
        open.next_seq = open.first_seq;
        open.time = self.clock.tick(now_ms);
        open.now_ms = now_ms;
        open.touched.clear();
        open.inverses.clear();
    }

    /// Ends a transaction. Returns whether it did anything. What that was, what it touched and what takes it back are left in it.
    pub(crate) fn commit(&mut self, open: &mut Open) -> bool {
        let &mut Open { replica, first_seq, next_seq, time, .. } = open;
        open.is_open = false;
        if next_seq == first_seq {
            return false;
        }
        let last_seq = next_seq - 1;
        self.recent.end(replica, first_seq, last_seq);
        if !open.edited.is_empty() {
            self.note_edits(replica, last_seq, time);
        }
        self.settle_history();
        if self.alone {
            open.operations.clear();
            open.edited.clear();
        } else {
            self.boundaries.get_or_default(replica).push(last_seq);
        }
        true
    }

    /// Makes typing that nobody has seen yet one change with what was typed before. Returns `next` where that is not so.
    pub(crate) fn go_on(&mut self, last: Option<&mut Pending>, next: Pending) -> Option<Pending> {
        let seen = self.handed_out.0.swap(false, Ordering::Relaxed);
        let Some(last) = last.filter(|last| !seen && last.takes(&next)) else { return Some(next) };
        if let Some(ends) = self.boundaries.get_mut(&next.replica)
            && let Some(end) = ends.len().checked_sub(2)
        {
            ends.remove(end);
        }
        last.last_seq = next.last_seq;
        self.note_joined(next.replica, next.first_seq);
        for (container, first) in next.edited {
            if last.edited.iter().all(|(other, _)| *other != container) {
                last.edited.push((container, first));
            }
        }
        None
    }

    /// The change that a transaction is for others.
    pub(crate) fn encode(&self, pending: Pending) -> Change {
        let Pending { replica, first_seq, last_seq, time, operations: made, edited } = pending;
        if let (Some((container, first)), 1, []) = (edited.get(0), edited.len(), &made[..])
            && *first == first_seq
            && let Some(at) = self.place_of(container)
            && let Some(change) = self.edit_alone(at, replica, (first_seq, last_seq), time)
        {
            return change;
        }
        let mut operations = Vec::with_capacity(made.len());
        made.into_iter().for_each(|operation| operation.each(&mut |single| operations.push(single)));
        for (container, first) in edited {
            let text = self.text(&container);
            let edits = text.map(|text| text.edits_by(replica, first, last_seq)).unwrap_or_default();
            operations.extend(edits.into_iter().map(|(dot, action)| Operation {
                stamp: Stamp { time, dot },
                container: container.clone(),
                action: Action::Text(action),
            }));
        }
        sort_by_number(&mut operations, |operation| operation.stamp.dot.seq);
        let mut dependencies = VersionVector::new();
        operations.iter().for_each(|operation| operations::depend(&mut dependencies, operation));
        Change {
            replica,
            first_seq,
            len: last_seq + 1 - first_seq,
            time,
            operations: operations::encode(replica, first_seq, time, &dependencies, &operations),
            dependencies,
        }
    }
}

/// What a transaction did, not encoded yet.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) replica: ReplicaId,
    first_seq: u64,
    last_seq: u64,
    time: Timestamp,
    operations: Vec<Operation>,
    /// Texts that were written, and the first sequence number there: what was done is read off them.
    edited: Few<(ContainerId, u64)>,
}

/// Characters of one change that is made longer.
const MAX_TYPING: u64 = 4096;

impl Pending {
    fn takes(&self, next: &Self) -> bool {
        self.replica == next.replica
            && self.last_seq + 1 == next.first_seq
            && self.operations.is_empty()
            && next.operations.is_empty()
            && next.last_seq - self.first_seq < MAX_TYPING
    }
}
