//! The history of a document that keeps one: besides what is live, every operation that something else has replaced, and
//! when everything was written.
//!
//! Characters need no second log: a text's sequence remembers every insertion and deletion anyway, and its buffers hold
//! what was deleted. Of everything else the operations are kept here, in the order of each writer, encoded in batches: those that were
//! live when the history began, or at its floor, and all that came later.
//!
//! That a document keeps its history is an operation like any other, written under a replica id of its own
//! ([`keeper`]): it is the same for whoever writes it, so two who do so at the same time agree, and as it waits for
//! nothing, it comes first in every update. Whoever gets a document as changes knows from the start that nothing of it
//! may be dropped.

mod registers;
mod section;
mod stream;
#[cfg(feature = "text")]
mod texts;
mod timeline;
mod view;

use self::stream::Stream;
pub(crate) use self::timeline::Step;
use self::timeline::Timeline;
use super::state::DocumentState;
use crate::crdt::container::{ContainerId, Kind, Slot};
use crate::crdt::operation::{Action, Operation, Stamp};
use crate::sorted::{SortedMap, sort_by_number};
use crate::value::Value;
use crate::version::{Dot, ReplicaId, Timestamp, VersionVector};
use crate::wire::{Change, operations};

pub use registers::{Checkpoint, CheckpointId};
pub(super) use registers::{is_register, rename};
pub use timeline::HistoryEntry;
pub use view::HistoryError;

/// The replica id under which whoever begins to keep a history writes one and the same operation.
pub(crate) fn keeper() -> ReplicaId {
    ReplicaId::new(u64::MAX)
}

/// Where floors, checkpoints and authors are.
fn registers() -> ContainerId {
    ContainerId::Root.child("", Kind::History)
}

/// Operations by replica and ascending, both those that ascend already and those in any order that are not among them.
fn by_replica(
    ascending: impl FnOnce(&mut dyn FnMut(Operation)),
    rest: impl FnOnce(&mut dyn FnMut(Operation)),
) -> SortedMap<ReplicaId, Vec<Operation>> {
    let mut operations: SortedMap<ReplicaId, Vec<Operation>> = SortedMap::default();
    ascending(&mut |operation| operations.get_or_default(operation.stamp.dot.replica).push(operation));
    let mut others: SortedMap<ReplicaId, Vec<Operation>> = SortedMap::default();
    rest(&mut |operation| others.get_or_default(operation.stamp.dot.replica).push(operation));
    for (replica, mut others) in others {
        let own = operations.get_or_default(replica);
        let seq = |operation: &Operation| operation.stamp.dot.seq;
        others.retain(|operation| own.binary_search_by_key(&seq(operation), seq).is_err());
        own.append(&mut others);
        sort_by_number(own, seq);
    }
    operations
}

#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// Nobody keeps what is below: of each replica that forgot something, what.
    floor: VersionVector,
    /// Everything beyond this was recorded here; it is not below the floor.
    from: VersionVector,
    /// Operations but edits of texts, live ones too: all beyond `from`, and before it those that were live there.
    streams: SortedMap<ReplicaId, Stream>,
    timeline: Timeline,
    /// Whether somebody wrote what the floor may follow from.
    unsettled: bool,
}

impl History {
    /// The history that begins with these operations, ascending for each replica.
    fn new(from: VersionVector, operations: SortedMap<ReplicaId, Vec<Operation>>) -> Self {
        let mut streams = SortedMap::default();
        for (replica, operations) in operations {
            streams.insert(replica, Stream::new(operations));
        }
        Self { from, streams, ..Self::default() }
    }

    fn note(&mut self, operation: &Operation) {
        let Operation { stamp, action, .. } = operation;
        let (replica, last) = (stamp.dot.replica, stamp.dot.seq + action.span() - 1);
        if last > self.from.get(replica) {
            self.timeline.record(replica, last, stamp.time.millis());
        }
        if action.is_timed() {
            self.streams.get_or_default(replica).push(operation.clone());
        }
    }

    /// Everything that `known` lacks, in the order of each writer.
    fn operations(&self, known: &VersionVector, emit: &mut dyn FnMut(Operation)) {
        for (replica, stream) in self.streams.iter() {
            stream.since(known.get(*replica), emit);
        }
    }

    /// Drops what is below the floor, but for what was live there.
    fn forget(&mut self, floor: &VersionVector, mut live: SortedMap<ReplicaId, Vec<Operation>>) {
        for (replica, seq) in floor.iter().filter(|(replica, _)| *replica != keeper()) {
            self.timeline.forget(replica, seq);
            let mut kept = live.remove(&replica).unwrap_or_default();
            if let Some(stream) = self.streams.get_mut(&replica) {
                stream.since(seq, &mut |operation| kept.push(operation));
                *stream = Stream::new(kept);
            }
        }
        self.from.merge(floor);
    }

    /// Takes over what another replica recorded before this one did.
    fn adopt(&mut self, other: &Self) {
        let nothing = VersionVector::new();
        let all = by_replica(|emit| self.operations(&nothing, emit), |emit| other.operations(&nothing, emit));
        let mut from = other.from.clone();
        from.merge(&self.floor);
        let earlier = self.from.iter().map(|(replica, seq)| (replica, seq.min(from.get(replica))));
        let mut merged = Self::new(earlier.collect(), all);
        merged.floor = std::mem::take(&mut self.floor);
        merged.timeline = std::mem::take(&mut self.timeline);
        merged.timeline.adopt(&other.timeline, &merged.from, &self.from);
        *self = merged;
    }

    fn byte_size(&self) -> usize {
        let streams: usize = self.streams.iter().map(|(_, stream)| stream.byte_size()).sum();
        streams + self.timeline.byte_size()
    }
}

impl DocumentState {
    /// Whether the document keeps its history.
    pub(crate) fn keeps_history(&self) -> bool {
        self.history.is_some()
    }

    /// The change by which a document begins to keep its history.
    pub(crate) fn keeping() -> Change {
        let (replica, time) = (keeper(), Timestamp(1));
        let operation = Operation {
            stamp: Stamp { time, dot: Dot::new(replica, 1) },
            container: registers(),
            action: Action::MapSet { key: "keep".into(), slot: Slot::Value(Value::Bool(true)) },
        };
        let dependencies = VersionVector::new();
        let operations = operations::encode(replica, 1, time, &dependencies, &[operation]);
        Change { replica, first_seq: 1, len: 1, time, operations, dependencies }
    }

    /// Whether a replica's changes come before all others.
    pub(super) fn comes_first(replica: ReplicaId) -> bool {
        replica == keeper()
    }

    /// Whether [`note`](Self::note) is to be told of an operation.
    pub(super) fn is_noted(&self, operation: &Operation) -> bool {
        self.history.is_some() || operation.container.kind() == Kind::History
    }

    /// Takes note of an operation that has taken effect.
    pub(super) fn note(&mut self, operation: &Operation) {
        if operation.container.kind() == Kind::History && operation.container == registers() {
            if self.history.is_none() && operation.stamp.dot.replica == keeper() {
                // The operation itself is live already.
                let live = by_replica(|_| {}, |emit| self.each_live(emit));
                self.history = Some(Box::new(History::new(self.version.clone(), live)));
            } else if let Some(history) = &mut self.history {
                history.note(operation);
            }
            if let Some(history) = &mut self.history {
                history.unsettled = true;
            }
        } else if let Some(history) = &mut self.history {
            history.note(operation);
        }
    }

    /// Follows what was written about the floor: once for an update or a transaction, as it may take a replay.
    pub(super) fn settle_history(&mut self) {
        if let Some(history) = &mut self.history
            && std::mem::take(&mut history.unsettled)
        {
            self.raise_floor();
        }
    }

    /// Takes note of edits of texts up to `last` that were made here.
    pub(super) fn note_edits(&mut self, replica: ReplicaId, last: u64, time: Timestamp) {
        if let Some(history) = &mut self.history {
            history.timeline.record(replica, last, time.millis());
        }
    }

    /// A transaction from `first` on became part of the one before, and has its time.
    pub(super) fn note_joined(&mut self, replica: ReplicaId, first: u64) {
        if let Some(history) = &mut self.history {
            history.timeline.join(replica, first);
        }
    }

    /// Hands over every operation that `known` lacks, live or not, but for edits of texts. `false` when there is no
    /// history: then only what is live is known.
    pub(super) fn past(&self, known: &VersionVector, emit: &mut dyn FnMut(Operation)) -> bool {
        self.history.as_ref().is_some_and(|history| {
            history.operations(known, emit);
            true
        })
    }

    /// Hands over an edit of a text with its time, in parts where that changes.
    pub(super) fn dated(&self, mut operation: Operation, emit: &mut dyn FnMut(Operation)) {
        if let Some(history) = &self.history
            && operation.stamp.time == Timestamp::default()
        {
            while let Some(step) = history.timeline.step_at(operation.stamp.dot) {
                operation.stamp.time = Timestamp::from_millis(step.time);
                let Action::Text(action) = &mut operation.action else { break };
                let Some((dot, rest)) = action.split_off(step.end) else { break };
                let stamp = Stamp { time: Timestamp::default(), dot };
                let (container, action) = (operation.container.clone(), Action::Text(rest));
                emit(std::mem::replace(&mut operation, Operation { stamp, container, action }));
            }
        }
        emit(operation);
    }

    pub(super) fn history_size(&self) -> usize {
        self.history.as_ref().map_or(0, |history| history.byte_size())
    }
}
