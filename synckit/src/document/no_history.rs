//! Without the feature `history` no document keeps one: the change that would make it do so is refused.

use super::state::DocumentState;
use crate::crdt::operation::Operation;
use crate::version::{ReplicaId, Timestamp, VersionVector};

impl DocumentState {
    pub(super) fn comes_first(_replica: ReplicaId) -> bool {
        false
    }

    pub(super) fn keeps_history(&self) -> bool {
        false
    }

    pub(super) fn is_noted(&self, _operation: &Operation) -> bool {
        false
    }

    pub(super) fn note(&mut self, _operation: &Operation) {}

    pub(super) fn settle_history(&mut self) {}

    pub(super) fn note_edits(&mut self, _replica: ReplicaId, _last: u64, _time: Timestamp) {}

    pub(super) fn note_joined(&mut self, _replica: ReplicaId, _first: u64) {}

    pub(super) fn past(&self, _known: &VersionVector, _emit: &mut dyn FnMut(Operation)) -> bool {
        false
    }

    pub(super) fn dated(&self, operation: Operation, emit: &mut dyn FnMut(Operation)) {
        emit(operation);
    }

    pub(super) fn history_size(&self) -> usize {
        0
    }
}
