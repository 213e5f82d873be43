//! Local writes: one transaction becomes one change.

#[cfg(feature = "text")]
use super::event::Target;
use super::event::Touched;
use super::state::DocumentState;
use super::undo::Inverse;
use std::sync::atomic::Ordering;

use crate::crdt::container::ContainerId;
#[cfg(feature = "text")]
use crate::crdt::container::Part;
use crate::crdt::operation::{Action, Operation, Stamp};
#[cfg(feature = "text")]
use crate::crdt::text::TextState;
use crate::few::Few;
use crate::sorted::sort_by_number;
use crate::version::{Dot, ReplicaId, Timestamp, VersionVector};
use crate::wire::{Change, operations};

/// A transaction that is going on. Its operations take effect in the state at once.
#[derive(Debug)]
pub(crate) struct Open {
    replica: ReplicaId,
    first_seq: u64,
    next_seq: u64,
    time: Timestamp,
    operations: Vec<Operation>,
    /// Texts that were written, and the first sequence number there: what was done is read off them at the end.
    edited: Few<(ContainerId, u64)>,
    touched: Touched,
    /// What takes each operation back, in order.
    pub(crate) inverses: Vec<Inverse>,
    /// The inverses in front of this one are taken back apart from those behind: none of them is made longer.
    pub(crate) fixed: usize,
}

/// What a transaction did.
#[derive(Debug)]
pub(crate) struct Committed {
    pub(crate) pending: Pending,
    pub(crate) touched: Touched,
    pub(crate) inverses: Vec<Inverse>,
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
        let stamp = Stamp { time: self.open.time, dot };
        let operation = Operation { stamp, container: container.clone(), action: action(dot) };
        self.open.next_seq += 1;
        self.state.execute(&operation, &mut self.open.touched);
        self.state.version.advance(dot.replica, dot.seq);
        self.open.operations.push(operation);
        dot
    }

    /// Writes to a text by position, which takes as many sequence numbers as `edit` returns.
    #[cfg(feature = "text")]
    pub(crate) fn edit_text<E>(
        &mut self,
        container: &ContainerId,
        edit: impl FnOnce(Dot, &mut TextState) -> Result<usize, E>,
    ) -> Result<Option<Dot>, E> {
        let dot = self.next_dot();
        let Some(text) = self.state.text_mut(container) else { return Ok(None) };
        let steps = edit(dot, text)? as u64;
        if steps == 0 {
            return Ok(None);
        }
        self.open.next_seq += steps;
        self.state.version.advance(dot.replica, dot.seq + steps - 1);
        // The text was written last.
        self.state.recent.touch((self.state.last, Part::Whole));
        if self.open.edited.iter().all(|(other, _)| other != container) {
            self.open.edited.push((container.clone(), dot.seq));
            self.open.touched.insert(Target::Content(container.clone()));
        }
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
    /// Keeps what takes an operation back: by itself, or as a part of what takes the one before back.
    pub(crate) fn remember(&mut self, mut inverse: Inverse) {
        let joined = self
            .inverses
            .get_mut(self.fixed..)
            .and_then(<[_]>::last_mut)
            .is_some_and(|last| last.join(&mut inverse));
        if !joined {
            self.inverses.push(inverse);
        }
    }

    /// Begins a part that can be taken back alone. Returns what [`end_part`](Self::end_part) is to be given.
    pub(crate) fn begin_part(&mut self) -> usize {
        std::mem::replace(&mut self.fixed, self.inverses.len())
    }

    /// Ends a part.
    pub(crate) fn end_part(&mut self, outer: usize) {
        let begin = std::mem::replace(&mut self.fixed, outer);
        if self.inverses.len() == begin + 1
            && begin > outer
            && let Some(inverse) = self.inverses.pop()
        {
            self.remember(inverse);
        }
    }
}

impl DocumentState {
    pub(crate) fn begin(&mut self, replica: ReplicaId, now_ms: u64) -> Open {
        let first_seq = self.version.get(replica) + 1;
        Open {
            replica,
            first_seq,
            next_seq: first_seq,
            time: self.clock.tick(now_ms),
            operations: Vec::new(),
            edited: Few::default(),
            touched: Touched::default(),
            inverses: Vec::new(),
            fixed: 0,
        }
    }

    /// Ends a transaction. `None` when it did nothing.
    pub(crate) fn commit(&mut self, open: Open) -> Option<Committed> {
        let Open { replica, first_seq, next_seq, time, operations, edited, touched, inverses, fixed: _ } =
            open;
        if next_seq == first_seq {
            return None;
        }
        let last_seq = next_seq - 1;
        self.recent.end(replica, first_seq, last_seq);
        if !edited.is_empty() {
            self.note_edits(replica, last_seq, time);
        }
        self.settle_history();
        let pending = Pending { replica, first_seq, last_seq, time, operations, edited };
        if !self.alone {
            self.boundaries.get_or_default(replica).push(last_seq);
        }
        Some(Committed { pending, touched, inverses })
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
        let Pending { replica, first_seq, last_seq, time, mut operations, edited } = pending;
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
