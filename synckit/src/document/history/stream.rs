//! What one replica wrote, but for edits of texts: encoded in batches, the latest ones as they are.

use crate::crdt::operation::Operation;
use crate::version::VersionVector;
use crate::wire::Change;
use crate::wire::operations;
use crate::wire::reader::Reader;

/// Operations in one batch.
const BATCH: usize = 256;
/// Bytes of values in one batch, roughly.
const BATCH_BYTES: usize = 64 << 10;

#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    sealed: Vec<Change>,
    open: Vec<Operation>,
    /// Bytes of values in the open batch.
    open_bytes: usize,
}

impl Stream {
    /// The stream of these operations, ascending.
    pub(super) fn new(operations: Vec<Operation>) -> Self {
        let mut stream = Self::default();
        operations.into_iter().for_each(|operation| stream.push(operation));
        stream
    }

    /// Appends; sequence numbers ascend.
    pub(super) fn push(&mut self, operation: Operation) {
        self.open_bytes += operation.action.slot().map_or(16, |slot| slot.byte_size());
        self.open.push(operation);
        if self.open.len() >= BATCH || self.open_bytes >= BATCH_BYTES {
            self.sealed.extend(seal(&std::mem::take(&mut self.open)));
            self.open_bytes = 0;
        }
    }

    /// Hands over those behind a sequence number.
    pub(super) fn since(&self, known: u64, emit: &mut dyn FnMut(Operation)) {
        let lacking = self.sealed.partition_point(|batch| batch.last_seq() <= known);
        for batch in &self.sealed[lacking..] {
            // Encoded here: it can be read.
            let Ok(reader) = Reader::new(batch) else { continue };
            let _ = reader.each(&mut |operation| {
                if operation.stamp.dot.seq > known {
                    emit(operation);
                }
            });
        }
        let lacking = self.open.partition_point(|operation| operation.stamp.dot.seq <= known);
        self.open[lacking..].iter().cloned().for_each(emit);
    }

    pub(super) fn byte_size(&self) -> usize {
        let sealed: usize =
            self.sealed.iter().map(|batch| size_of::<Change>() + batch.operations.len()).sum();
        sealed + self.open.capacity() * size_of::<Operation>() + self.open_bytes
    }
}

/// One change of these operations, none when there are none.
pub(super) fn seal(operations: &[Operation]) -> Option<Change> {
    let (first, last) = (operations.first()?, operations.last()?);
    let (replica, first_seq, time) = (first.stamp.dot.replica, first.stamp.dot.seq, first.stamp.time);
    let mut dependencies = VersionVector::new();
    operations.iter().for_each(|operation| operations::depend(&mut dependencies, operation));
    Some(Change {
        replica,
        first_seq,
        len: last.stamp.dot.seq + last.action.span() - first_seq,
        time,
        operations: operations::encode(replica, first_seq, time, &dependencies, operations),
        dependencies,
    })
}
