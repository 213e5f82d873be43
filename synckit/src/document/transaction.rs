//! Local writes: one transaction becomes one change.

use super::event::Touched;
use super::state::DocumentState;
use super::undo::Inverse;
use crate::crdt::container::ContainerId;
use crate::crdt::operation::{Action, Operation, Stamp};
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
    touched: Touched,
    /// What takes each operation back, in order.
    pub(crate) inverses: Vec<Inverse>,
}

/// What a transaction did.
#[derive(Debug)]
pub(crate) struct Committed {
    pub(crate) change: Change,
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

    /// The dot that the next operation will have.
    pub(crate) fn next_dot(&self) -> Dot {
        Dot::new(self.open.replica, self.open.next_seq)
    }

    pub(crate) fn replica(&self) -> ReplicaId {
        self.open.replica
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
            touched: Touched::new(),
            inverses: Vec::new(),
        }
    }

    /// Ends a transaction. `None` when it did nothing.
    pub(crate) fn commit(&mut self, open: Open) -> Option<Committed> {
        let Open { replica, first_seq, next_seq, time, operations, touched, inverses } = open;
        if operations.is_empty() {
            return None;
        }
        let change = Change {
            replica,
            first_seq,
            len: next_seq - first_seq,
            time,
            operations: operations::encode(replica, first_seq, time, &operations),
            dependencies: VersionVector::new(),
        };
        self.boundaries.get_or_default(replica).push(change.last_seq());
        Some(Committed { change, touched, inverses })
    }
}
