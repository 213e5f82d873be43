//! What can be done to a container.

use std::sync::Arc;

use super::container::{ContainerId, Slot};
use super::position::Position;
use super::set::SetAction;
use super::text::TextAction;
use crate::version::{Dot, Timestamp};

/// One step; which container it acts on is told beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    MapSet {
        key: Arc<str>,
        slot: Slot,
    },
    MapDelete {
        key: Arc<str>,
    },
    ListInsert {
        position: Position,
        slot: Slot,
    },
    ListMove {
        item: Dot,
        position: Position,
    },
    ListSet {
        item: Dot,
        slot: Slot,
    },
    ListDelete {
        item: Dot,
    },
    ListRestore {
        item: Dot,
    },
    /// Everything the writer has ever added here and subtracted here: the latest one stands for all before it.
    CounterAdd {
        added: u64,
        subtracted: u64,
    },
    #[cfg_attr(not(feature = "sets"), expect(dead_code, reason = "without sets it is never made"))]
    Set(SetAction),
    Text(TextAction),
}

impl Action {
    /// How many sequence numbers it takes.
    pub(crate) fn span(&self) -> u64 {
        match self {
            Self::Text(action) => action.span(),
            _ => 1,
        }
    }

    /// Whether its time decides something.
    pub(crate) fn is_timed(&self) -> bool {
        match self {
            Self::Text(action) => action.is_timed(),
            _ => true,
        }
    }

    /// What has to be there before this can be applied.
    pub(crate) fn dependencies(&self) -> [Option<Dot>; 2] {
        match self {
            Self::Text(action) => action.dependencies(),
            _ => [None, None],
        }
    }

    /// The container that comes into reach by this, if it is one.
    pub(crate) fn slot(&self) -> Option<&Slot> {
        match self {
            Self::MapSet { slot, .. } | Self::ListInsert { slot, .. } | Self::ListSet { slot, .. } => {
                Some(slot)
            }
            _ => None,
        }
    }
}

/// When an operation was made and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    /// First, so that stamps are ordered by time, then by replica, then by sequence number.
    pub(crate) time: Timestamp,
    pub(crate) dot: Dot,
}

/// An operation of one container that has not been overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) stamp: Stamp,
    pub(crate) action: Action,
}

/// An operation on its way between replicas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) stamp: Stamp,
    pub(crate) container: ContainerId,
    pub(crate) action: Action,
}
