//! Without the feature `text` nothing is written to a text, and nothing has to be taken back.

use super::error::ApplyError;
use super::event::Touched;
use super::state::DocumentState;
use super::transaction::Transaction;
use super::undo::UndoHistory;
use crate::crdt::operation::Operation;
use crate::version::{ReplicaId, Timestamp};
use crate::wire::{Change, DecodeError, Update};

#[derive(Debug, Clone)]
pub(crate) enum TextInverse {}

impl TextInverse {
    pub(super) fn is_like(&self, _other: &Self) -> bool {
        match *self {}
    }

    pub(super) fn merge(&mut self, _next: &Self) -> bool {
        match *self {}
    }

    pub(super) fn split_off(&mut self, _seq: u64) -> Option<Self> {
        match *self {}
    }
}

impl UndoHistory {
    pub(super) fn take_back_text(&mut self, inverse: &TextInverse, _transaction: &mut Transaction<'_>) {
        match *inverse {}
    }
}

impl DocumentState {
    pub(crate) fn take_edit(&mut self, _change: &Change, _: &[u8], _touched: Option<&mut Touched>) -> bool {
        false
    }

    pub(super) fn edit_alone(&self, _: u32, _: ReplicaId, _: (u64, u64), _: Timestamp) -> Option<Change> {
        None
    }

    pub(super) fn texts_are_loaded(&mut self) {}

    pub(super) fn keep_text(&mut self, _operation: &Operation) {}

    pub(super) fn encoded_texts(&self) -> Option<Vec<Vec<u8>>> {
        Some(Vec::new())
    }

    pub(super) fn check_texts(&self, _update: &Update) -> Result<(), ApplyError> {
        Ok(())
    }

    pub(super) fn read_texts(
        &mut self,
        _texts: &[Vec<u8>],
        _touched: &mut Touched,
    ) -> Result<(), ApplyError> {
        Err(ApplyError::Text(DecodeError::Unknown { what: "container kind", number: 5 }))
    }
}
