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
    /// Several insertions, one operation behind the other: on their way into a list. Where operations are kept and told, each is one.
    ListRun(ListRun),
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
            Self::ListRun(run) => run.items.len() as u64,
            _ => 1,
        }
    }

    /// How many entries of a container it makes, roughly: what it takes in memory.
    pub(crate) fn entries(&self) -> usize {
        match self {
            Self::ListRun(run) => run.items.len(),
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

/// Items that were inserted one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListRun {
    pub(crate) items: Vec<(Position, Slot)>,
    /// By how much later each was inserted than the one before.
    pub(crate) step: u64,
}

impl ListRun {
    /// When each was inserted, with which dot; `first` is the first one's.
    pub(crate) fn singles(self, first: Stamp) -> impl Iterator<Item = (Stamp, Position, Slot)> {
        let Stamp { mut time, mut dot } = first;
        self.items.into_iter().map(move |(position, slot)| {
            let stamp = Stamp { time, dot };
            time = Timestamp(time.0.wrapping_add(self.step));
            dot.seq += 1;
            (stamp, position, slot)
        })
    }

    /// Drops the first `count` items. `first` is the first one's stamp, before and after.
    pub(crate) fn skip(&mut self, count: u64, first: &mut Stamp) {
        self.items.drain(..count as usize);
        first.dot.seq += count;
        first.time = Timestamp(first.time.0.wrapping_add(self.step.wrapping_mul(count)));
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

impl Operation {
    /// Hands it over; a run of insertions as one operation for each.
    pub(crate) fn each(self, visit: &mut dyn FnMut(Self)) {
        let Self { stamp, container, action } = self;
        match action {
            Action::ListRun(run) => run.singles(stamp).for_each(|(stamp, position, slot)| {
                let action = Action::ListInsert { position, slot };
                visit(Self { stamp, container: container.clone(), action });
            }),
            action => visit(Self { stamp, container, action }),
        }
    }
}
