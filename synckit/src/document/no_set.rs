//! Without the feature `sets` nothing is written to a set, and nothing has to be taken back.

use super::transaction::Transaction;

#[derive(Debug, Clone)]
pub(crate) enum SetInverse {}

impl SetInverse {
    pub(super) fn is_like(&self, _other: &Self) -> bool {
        match *self {}
    }

    pub(super) fn take_back(&self, _transaction: &mut Transaction<'_>) {
        match *self {}
    }
}
