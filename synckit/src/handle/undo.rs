//! Undo and redo as a handle.

use std::fmt;
use std::sync::Arc;

use super::error::ReadError;
use super::observable::Observable;
use crate::client::Subscription;
use crate::client::cell::{DocumentCell, Watch};
use crate::document::undo::Direction;

/// How many steps there are to take back and to make again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UndoState {
    /// Steps that can be undone, at most 200.
    pub undo: usize,
    /// Steps that can be redone.
    pub redo: usize,
}

/// Takes back this program's own writes to a document, newest first, and makes them again. What others have written is
/// never touched: a field that somebody else has overwritten stays as it is.
///
/// As an observable it tells how many steps there are.
#[derive(Clone)]
pub struct UndoManager {
    cell: Arc<DocumentCell>,
}

impl UndoManager {
    pub(super) fn new(cell: Arc<DocumentCell>) -> Self {
        Self { cell }
    }

    /// Takes back the last transaction that still has an effect. Returns whether there was one.
    pub fn undo(&self) -> bool {
        self.cell.step(Direction::Undo)
    }

    /// Makes again what was taken back last. Returns whether there was something.
    pub fn redo(&self) -> bool {
        self.cell.step(Direction::Redo)
    }

    /// Transactions that follow each other within `ms` milliseconds become one step when they do the same kind of thing to the same
    /// value: typing into a text, deleting from it, marks of one key on it; writes of one field, or of one element of a list; counts of
    /// one counter; insertions of plain values into one list, removals from it, moves in it; additions to one set, removals from it.
    /// 0, the default, keeps every transaction a step of its own. An undo, a redo and [`close_step`](Self::close_step) end a step.
    ///
    /// ```
    /// use synckit::prelude::*;
    ///
    /// #[derive(Document, Clone, Default)]
    /// struct Poll {
    ///     votes: Counter,
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let poll = SyncKit::in_memory(1).document::<Poll>("poll");
    /// let undo = poll.undo_manager();
    /// undo.merge_within(500);
    /// poll.votes().increment(1)?;
    /// poll.votes().increment(1)?;
    /// undo.close_step();
    /// poll.votes().increment(1)?;
    /// undo.undo();
    /// assert_eq!(poll.votes().get()?, 2);
    /// undo.undo();
    /// assert_eq!(poll.votes().get()?, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn merge_within(&self, ms: u64) {
        self.cell.set_undo_window(ms);
    }

    /// Ends the step that is going on: what is written next begins another one, however soon.
    pub fn close_step(&self) {
        self.cell.close_undo_step();
    }
}

/// Two managers are equal when they are of the same open document: its steps are kept there.
impl PartialEq for UndoManager {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cell, &other.cell)
    }
}

impl Observable for UndoManager {
    type Value = UndoState;

    fn get(&self) -> Result<UndoState, ReadError> {
        let (undo, redo) = self.cell.undo_depth();
        Ok(UndoState { undo, redo })
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.cell.observe(Watch::Undo, callback)
    }
}

impl fmt::Debug for UndoManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (undo, redo) = self.cell.undo_depth();
        f.debug_struct("UndoManager").field("undo", &undo).field("redo", &redo).finish()
    }
}
