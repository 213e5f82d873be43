//! What ends with a block, also when a closure panics: a transaction, a round of callbacks.

use super::DocumentCell;
use crate::document::undo;

/// Ends a round of callbacks, also when one of them panics.
pub(super) struct Notifying<'a>(pub(super) &'a DocumentCell);

impl Drop for Notifying<'_> {
    fn drop(&mut self) {
        self.0.lock().notifying = false;
    }
}

/// A transaction for as long as its closure runs.
pub(super) struct Scope<'a> {
    cell: &'a DocumentCell,
    /// Where this part of the transaction begins, when it is inside another one.
    joined_at: Option<usize>,
    pub(super) given_up: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn begin(cell: &'a DocumentCell) -> Self {
        let now = cell.now();
        let inner = &mut *cell.lock();
        let joined_at = inner.open.as_ref().map(|open| open.inverses.len());
        if joined_at.is_none() {
            inner.open = Some(inner.state.begin(inner.replica, now));
        }
        // Given up unless the closure returns: a panic takes back what it wrote.
        Self { cell, joined_at, given_up: true }
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        let now = self.cell.now();
        let inner = &mut *self.cell.lock();
        let Some(mut open) = inner.open.take() else { return };
        if self.given_up {
            undo::roll_back(&mut inner.state, &mut open, self.joined_at.unwrap_or(0));
        }
        if self.joined_at.is_some() {
            inner.open = Some(open);
        } else if let Some(committed) = inner.state.commit(open) {
            self.cell.finish(inner, committed, Some(now));
        }
    }
}
