//! When the operations of a change were made, one after the other.

use crate::version::Timestamp;

/// When operations were made. What was written one after the other has times that follow from each other: each is expected to be
/// as much later than the one before as that was, or as late, when that was by milliseconds.
#[derive(Clone)]
pub(super) struct Pace {
    last: Timestamp,
    step: u64,
}

impl Pace {
    pub(super) fn new(first: Timestamp) -> Self {
        Self { last: first, step: 0 }
    }

    pub(super) fn last(&self) -> Timestamp {
        self.last
    }

    /// By how much later the next one is expected to be.
    pub(super) fn step(&self) -> u64 {
        self.step
    }

    /// So many came as they were expected.
    pub(super) fn skip(&mut self, count: u64) {
        self.last.0 = self.last.0.wrapping_add(self.step.wrapping_mul(count));
    }

    pub(super) fn expected(&self) -> Timestamp {
        Timestamp(self.last.0.wrapping_add(self.step))
    }

    pub(super) fn go_on(&mut self, time: Timestamp) {
        let step = time.0.wrapping_sub(self.last.0);
        *self = Self { last: time, step: if step < 1 << 16 { step } else { 0 } };
    }
}
