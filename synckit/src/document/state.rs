//! The containers of a document and how far it is.

use std::sync::atomic::{AtomicBool, Ordering};

use super::event::{Target, Touched};
use super::journal::Followed;
use super::parked::Parked;
use super::recent::Recent;
use crate::crdt::container::{ContainerId, Content, Part};
use crate::crdt::counter::CounterState;
use crate::crdt::list::{Effect, ListState};
use crate::crdt::map::{MapState, Replaced};
use crate::crdt::operation::{Action, Operation};
#[cfg(feature = "sets")]
use crate::crdt::set::SetState;
use crate::crdt::text::TextState;
use crate::hash::{HashMap, Index};
use crate::sorted::SortedMap;
use crate::version::{Dot, HybridClock, ReplicaId, Timestamp, VersionVector};

/// One replicated document in memory.
///
/// Applying the same changes in any order, any number of times and in any batches leads to the same state.
///
/// ```
/// use synckit::document::{DocumentState, Origin};
/// use synckit::version::VersionVector;
///
/// let (here, mut there) = (DocumentState::new(), DocumentState::new());
/// let missing = here.since(there.version());
/// there.apply(&missing, Origin::Remote)?;
/// assert!(there.version().includes(here.version()));
/// # Ok::<(), synckit::document::ApplyError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct DocumentState {
    pub(super) containers: Vec<(ContainerId, Content)>,
    /// Where each of them is, once there are many.
    pub(super) index: Index,
    /// The one that was written last: most often it is written next.
    pub(super) last: u32,
    /// For containers created by an operation: the container they were put into.
    pub(super) parents: HashMap<ContainerId, ContainerId>,
    pub(super) version: VersionVector,
    /// How the version came about lately.
    pub(super) recent: Recent,
    pub(super) clock: HybridClock,
    pub(super) parked: Option<Box<Parked>>,
    /// Where changes end that the server has not acknowledged, ascending for each replica.
    pub(super) boundaries: SortedMap<ReplicaId, Vec<u64>>,
    /// What counters held of a replica before an increment that the server has not acknowledged, ascending for each
    /// replica: needed when the replica's id turns out to be used twice.
    pub(super) counter_bases: Vec<CounterBase>,
    /// Whether nobody stores or sends what is written: the state alone remembers.
    pub(super) alone: bool,
    /// What is not live any more, if that is kept.
    #[cfg(feature = "history")]
    pub(super) history: Option<Box<super::history::History>>,
    /// Whether changes were cut from it since the last transaction: from then on none of those is made longer.
    pub(super) handed_out: Flag,
    /// Those who are told step by step what happens.
    pub(super) followed: Followed,
}

/// Containers from which on they are looked up by hash.
const FEW: usize = 8;

/// A flag that readers set.
#[derive(Debug, Default)]
pub(super) struct Flag(pub(super) AtomicBool);

impl Clone for Flag {
    fn clone(&self) -> Self {
        Self(AtomicBool::new(self.0.load(Ordering::Relaxed)))
    }
}

#[derive(Debug, Clone)]
pub(super) struct CounterBase {
    counter: ContainerId,
    increment: Dot,
    totals: (u64, u64),
}

impl DocumentState {
    /// An empty document.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that has been applied. There are no gaps below.
    pub fn version(&self) -> &VersionVector {
        &self.version
    }

    /// The greatest timestamp of all operations.
    pub fn last_change_time(&self) -> Timestamp {
        self.clock.last()
    }

    /// Whether some change was received that waits for another one.
    pub fn is_parked(&self) -> bool {
        self.parked.is_some()
    }

    /// Roughly how much memory the state takes, in bytes. O(document).
    pub fn byte_size(&self) -> usize {
        let live: usize = self.containers.iter().map(|(_, content)| 64 + content.byte_size()).sum();
        live + self.history_size()
    }

    /// How many changes there are beyond what `acknowledged` knows.
    pub fn pending_changes(&self, acknowledged: &VersionVector) -> usize {
        let count = |(replica, ends): (&ReplicaId, &Vec<u64>)| {
            let known = acknowledged.get(*replica);
            ends.len() - ends.partition_point(|&end| end <= known)
        };
        self.boundaries.iter().map(count).sum()
    }

    /// Nobody will ever acknowledge anything here: forgets what waits for that, and keeps no more of it.
    pub(crate) fn leave_alone(&mut self) {
        self.alone = true;
        self.boundaries = SortedMap::default();
        self.counter_bases = Vec::new();
    }

    /// Whether it was left alone.
    pub(crate) fn is_alone(&self) -> bool {
        self.alone
    }

    /// Forgets where changes end that are acknowledged: from now on they may be merged when they are encoded.
    pub fn acknowledge(&mut self, acknowledged: &VersionVector) {
        self.boundaries.retain(|replica, ends| {
            let known = acknowledged.get(*replica);
            ends.drain(..ends.partition_point(|&end| end <= known));
            !ends.is_empty()
        });
        self.counter_bases.retain(|base| !acknowledged.contains(base.increment));
    }

    /// What a counter held of a replica before the first of its operations from `from` on.
    pub(super) fn counter_base(&self, counter: &ContainerId, from: Dot) -> (u64, u64) {
        let first = |base: &&CounterBase| {
            base.counter == *counter
                && base.increment.replica == from.replica
                && base.increment.seq >= from.seq
        };
        self.counter_bases.iter().find(first).map_or((0, 0), |base| base.totals)
    }

    pub(crate) fn content(&self, id: &ContainerId) -> Option<&Content> {
        if let Some((last, content)) = self.containers.get(self.last as usize)
            && last == id
        {
            return Some(content);
        }
        self.place_of(id).map(|at| &self.containers[at as usize].1)
    }

    pub(crate) fn map(&self, id: &ContainerId) -> Option<&MapState> {
        match self.content(id) {
            Some(Content::Map(map)) => Some(map),
            _ => None,
        }
    }

    pub(crate) fn list(&self, id: &ContainerId) -> Option<&ListState> {
        match self.content(id) {
            Some(Content::List(list)) => Some(list),
            _ => None,
        }
    }

    pub(crate) fn counter(&self, id: &ContainerId) -> Option<&CounterState> {
        match self.content(id) {
            Some(Content::Counter(counter)) => Some(counter),
            _ => None,
        }
    }

    #[cfg(feature = "sets")]
    pub(crate) fn set(&self, id: &ContainerId) -> Option<&SetState> {
        match self.content(id) {
            Some(Content::Set(set)) => Some(set),
            _ => None,
        }
    }

    pub(crate) fn text(&self, id: &ContainerId) -> Option<&TextState> {
        match self.content(id) {
            Some(Content::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of a container, a new one if nobody has written it yet; `None` when it is something else.
    #[cfg(feature = "text")]
    pub(crate) fn text_mut(&mut self, id: &ContainerId) -> Option<&mut TextState> {
        let at = self.number_of(id);
        match &mut self.containers[at as usize].1 {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What a container holds, to be changed, if anybody has written it.
    pub(super) fn content_mut(&mut self, id: &ContainerId) -> Option<&mut Content> {
        self.place_of(id).map(|at| &mut self.containers[at as usize].1)
    }

    /// What a container holds, to be changed.
    pub(super) fn content_or_new(&mut self, id: &ContainerId) -> &mut Content {
        let at = self.number_of(id);
        &mut self.containers[at as usize].1
    }

    /// The container that this one lies in.
    pub(crate) fn parent<'a>(&'a self, id: &'a ContainerId) -> Option<&'a ContainerId> {
        id.parent().or_else(|| self.parents.get(id))
    }

    /// The one place where an operation takes effect, whoever made it. Returns what a write to a map has replaced.
    pub(super) fn execute(&mut self, operation: Operation, touched: &mut Touched) -> Replaced {
        let is_noted = self.is_noted(&operation);
        if matches!(operation.action, Action::ListRun(_))
            && (is_noted || self.followed.has(&operation.container))
        {
            operation.each(&mut |operation| drop(self.execute(operation, touched)));
            return None;
        }
        self.clock.observe(operation.stamp.time);
        let noted = is_noted.then(|| operation.clone());
        let Operation { stamp, container, action } = operation;
        if let Some(child) = action.slot().and_then(|slot| slot.container()) {
            self.parents.insert(child, container.clone());
        }
        let at = self.number_of(&container);
        let part = match &action {
            Action::MapSet { key, .. } | Action::MapDelete { key } => Part::Key(key.clone()),
            Action::ListInsert { .. } => Part::Item(stamp.dot),
            Action::ListRun(run) => Part::Items(stamp.dot, run.items.len() as u64),
            Action::ListMove { item, .. }
            | Action::ListSet { item, .. }
            | Action::ListDelete { item }
            | Action::ListRestore { item } => Part::Item(*item),
            _ => Part::Whole,
        };
        self.recent.touch((at, part));
        self.followed.before(&container, &mut self.containers[at as usize].1, stamp.dot, &action);
        let mut replaced = None;
        let target = match (&mut self.containers[at as usize].1, action) {
            (Content::Map(map), Action::MapSet { key, slot }) => {
                map.write(stamp, &key, Some(slot), &mut replaced).then_some(Target::Field(container, key))
            }
            (Content::Map(map), Action::MapDelete { key }) => {
                map.write(stamp, &key, None, &mut replaced).then_some(Target::Field(container, key))
            }
            (Content::List(list), Action::ListRun(run)) => {
                let created = run.items.iter().filter_map(|(_, slot)| slot.container());
                for child in created {
                    self.parents.insert(child, container.clone());
                }
                let more = (run.items.len() as u64).saturating_sub(1);
                self.clock.observe(Timestamp(stamp.time.0.wrapping_add(run.step.wrapping_mul(more))));
                let effect = list.insert_all(stamp, run);
                (effect != Effect::Nothing).then_some(Target::Content(container))
            }
            (Content::List(list), action) => match list.apply(stamp, &action) {
                Effect::Nothing => None,
                Effect::Structure => Some(Target::Content(container)),
                Effect::Value => match action {
                    Action::ListSet { item, .. } => Some(Target::Item(container, item)),
                    _ => None,
                },
            },
            (Content::Counter(counter), Action::CounterAdd { added, subtracted }) => {
                if !self.alone {
                    let totals = counter.totals(stamp.dot.replica);
                    let base = CounterBase { counter: container.clone(), increment: stamp.dot, totals };
                    self.counter_bases.push(base);
                }
                counter.apply(stamp, added, subtracted).then_some(Target::Content(container))
            }
            (Content::Set(set), Action::Set(action)) => {
                set.apply(stamp, &action).then_some(Target::Content(container))
            }
            (Content::Text(text), Action::Text(action)) => {
                text.execute(stamp, &action).then_some(Target::Content(container))
            }
            // Operations on a container of another kind are refused when they are read.
            _ => None,
        };
        self.followed.after(&self.containers[at as usize].1);
        if let Some(target) = target {
            touched.insert(target);
        }
        if let Some(noted) = noted {
            self.note(&noted);
        }
        replaced
    }

    pub(super) fn place_of(&self, id: &ContainerId) -> Option<u32> {
        if self.index.is_empty() {
            return self.containers.iter().position(|(other, _)| other == id).map(|at| at as u32);
        }
        self.index.find(id, |at| self.containers[at].0 == *id).map(|at| at as u32)
    }

    fn create(&mut self, id: &ContainerId) -> u32 {
        let at = self.containers.len() as u32;
        if at == 0 {
            // Many documents have no container but their root.
            self.containers.reserve_exact(1);
        }
        self.containers.push((id.clone(), Content::new(id.kind())));
        if self.containers.len() == FEW {
            self.containers.iter().enumerate().for_each(|(at, (id, _))| self.index.add(id, at));
        } else if self.containers.len() > FEW {
            self.index.add(id, at as usize);
        }
        at
    }

    /// The number of a container, a new one if nobody has written it yet.
    fn number_of(&mut self, id: &ContainerId) -> u32 {
        if self.containers.get(self.last as usize).is_none_or(|(last, _)| last != id) {
            self.last = self.place_of(id).unwrap_or_else(|| self.create(id));
        }
        self.last
    }
}
