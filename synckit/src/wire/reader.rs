//! The operations of a change: checked first, then handed over.

use super::limits::DecodeError;
use super::operations::read;
use super::update::Change;
use crate::crdt::container::ContainerId;
use crate::crdt::operation::Operation;
use crate::few::Few;
use crate::version::VersionVector;

/// The operations of one change, readable more than once.
pub(crate) struct Reader<'a> {
    change: &'a Change,
    read: Read,
}

impl<'a> Reader<'a> {
    /// Checks every operation. Memory is a small multiple of the largest one.
    pub(crate) fn new(change: &'a Change) -> Result<Self, DecodeError> {
        Ok(Self { change, read: Read::new(change, None, &mut 1)? })
    }

    /// Hands over every operation in order, each insertion on its own.
    pub(crate) fn each(self, visit: &mut dyn FnMut(Operation)) -> Result<(), DecodeError> {
        self.read.each(self.change, &mut |operation| operation.each(visit))
    }
}

/// What was read of a change when it was checked.
pub(crate) struct Read {
    /// What its operations stand on, beyond what its header says.
    beyond: VersionVector,
    /// All operations, unless they are too many: then they are read a second time.
    operations: Few<Operation>,
}

impl Read {
    /// Checks every operation. As many as `room` says are kept. `near` is a container that it may be about.
    pub(crate) fn new(
        change: &Change,
        near: Option<&ContainerId>,
        room: &mut usize,
    ) -> Result<Self, DecodeError> {
        let (mut beyond, mut operations) = (VersionVector::new(), Few::default());
        let mut count = 0;
        read(change, near, &mut |operation| {
            for dot in operation.action.dependencies().into_iter().flatten() {
                if dot.replica != change.replica && !change.dependencies.contains(dot) {
                    beyond.advance(dot.replica, dot.seq);
                }
            }
            count += operation.action.entries();
            if count <= *room {
                operations.push(operation);
            }
        })?;
        if count <= *room {
            *room -= count;
        } else {
            operations = Few::default();
        }
        Ok(Self { beyond, operations })
    }

    /// It is read when it takes effect.
    pub(crate) fn unchecked() -> Self {
        Self { beyond: VersionVector::new(), operations: Few::default() }
    }

    /// What must be known before the change can be applied, beyond what its header says.
    pub(crate) fn beyond(&self) -> &VersionVector {
        &self.beyond
    }

    /// Hands over every operation in order, insertions into lists in runs.
    pub(crate) fn each(self, change: &Change, visit: &mut dyn FnMut(Operation)) -> Result<(), DecodeError> {
        if self.operations.is_empty() {
            return read(change, None, visit);
        }
        self.operations.into_iter().for_each(visit);
        Ok(())
    }
}
