//! What is to be stored and sent, until the driver takes it.

use crate::document::DocumentState;
use crate::document::transaction::Pending;
use crate::version::ReplicaId;
use crate::wire::Change;

pub(super) enum Fresh {
    /// Made here: it is encoded when it is taken, so that one can go on where the last one ended.
    Local(Pending),
    Imported(Change),
}

impl Fresh {
    pub(super) fn replica(&self) -> ReplicaId {
        match self {
            Self::Local(pending) => pending.replica,
            Self::Imported(change) => change.replica,
        }
    }

    pub(super) fn encode(self, state: &DocumentState) -> Change {
        match self {
            Self::Local(pending) => state.encode(pending),
            Self::Imported(change) => change,
        }
    }
}
