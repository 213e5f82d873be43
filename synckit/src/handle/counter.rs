//! A counter that counts what everybody adds.

use super::error::ReadError;
use super::node::Node;
use super::observable::Observable;
use crate::client::Subscription;
use crate::document::WriteError;

/// A counter: concurrent increments all count. 64 bits, never wrapping.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterRef {
    pub(super) node: Node,
}

impl CounterRef {
    pub(super) fn new(node: Node) -> Self {
        Self { node }
    }

    /// Adds `by`, which may be negative.
    ///
    /// # Errors
    /// [`WriteError::Overflow`] when the value would pass the ends of 64 bits.
    pub fn increment(&self, by: i64) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| transaction.counter_add(&self.node.id, by))
    }

    /// Subtracts `by`.
    ///
    /// # Errors
    /// [`WriteError::Overflow`] when the value would pass the ends of 64 bits.
    pub fn decrement(&self, by: i64) -> Result<(), WriteError> {
        self.increment(by.checked_neg().ok_or(WriteError::Overflow)?)
    }
}

impl Observable for CounterRef {
    type Value = i64;

    fn get(&self) -> Result<i64, ReadError> {
        Ok(self.node.cell.read(|state| state.counter(&self.node.id).map_or(0, |counter| counter.value())))
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.node.observe_content(callback)
    }
}
