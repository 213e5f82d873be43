//! Without the feature `text` nothing is written to a text, and nothing has to be taken back.

use super::transaction::Transaction;
use super::undo::UndoHistory;

#[derive(Debug, Clone)]
pub(crate) enum TextInverse {}

impl TextInverse {
    pub(super) fn merge(&mut self, _next: &Self) -> bool {
        match *self {}
    }
}

#[derive(Debug, Default)]
pub(super) struct TextUndo;

impl UndoHistory {
    pub(super) fn take_back_text(&mut self, inverse: &TextInverse, _transaction: &mut Transaction<'_>) {
        match *inverse {}
    }
}
