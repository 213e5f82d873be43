//! A replica id that turned out to be used twice is given up: what was written under it here and is not acknowledged
//! gets new dots under a fresh id.

use super::event::{Target, Touched};
use super::state::DocumentState;
use crate::crdt::container::{ContainerId, Place, Slot};
use crate::crdt::operation::{Action, Operation, Stamp};
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::Change;
use crate::wire::reader::Reader;

impl DocumentState {
    /// Rewrites this replica's operations from `from` on as operations of `to`, beginning at 1. Returns the rewritten
    /// changes; every element and container they had created is known by its new dot from now on. O(document).
    pub(crate) fn reissue(&mut self, from: Dot, to: ReplicaId) -> (Vec<Change>, Touched) {
        let renaming = Renaming { from, to };
        let mut fresh = DocumentState { clock: self.clock.clone(), ..DocumentState::default() };
        let mut touched = Touched::default();
        touched.insert(Target::Deep(ContainerId::Root));
        for change in self.since(&VersionVector::new()).changes {
            // Encoded a moment ago: it can be read.
            let Ok(reader) = Reader::new(&change) else { continue };
            let _ = reader.each(&mut |operation| {
                for operation in renaming.operation(operation, |counter| self.counter_base(counter, from)) {
                    fresh.execute(operation.clone(), &mut touched);
                    fresh.keep_text(&operation);
                }
            });
        }
        for (replica, seq) in self.version.iter() {
            let kept = if replica == from.replica { seq.min(from.seq - 1) } else { seq };
            fresh.version.advance(replica, kept);
            fresh.version.advance(to, (seq - kept).min(seq));
        }
        fresh.settle_history();
        fresh.boundaries = std::mem::take(&mut self.boundaries);
        if let Some(ends) = fresh.boundaries.remove(&from.replica) {
            let moved = ends.into_iter().filter(|&end| end >= from.seq).map(|end| end + 1 - from.seq);
            fresh.boundaries.insert(to, moved.collect());
        }
        fresh.succeed(self);
        *self = fresh;
        let others = self.version.iter().filter(|&(replica, _)| replica != to).collect();
        (self.since(&others).changes, touched)
    }
}

struct Renaming {
    from: Dot,
    to: ReplicaId,
}

impl Renaming {
    fn dot(&self, dot: Dot) -> Dot {
        if dot.replica == self.from.replica && dot.seq >= self.from.seq {
            return Dot::new(self.to, dot.seq + 1 - self.from.seq);
        }
        dot
    }

    fn container(&self, id: ContainerId) -> ContainerId {
        match id {
            ContainerId::Root => id,
            ContainerId::Place(place) => {
                let Place { parent, key, kind } = (*place).clone();
                self.container(parent).child(key, kind)
            }
            ContainerId::Created { dot, kind } => ContainerId::Created { dot: self.dot(dot), kind },
        }
    }

    fn slot(&self, slot: Slot) -> Slot {
        match slot {
            Slot::Container { dot, kind } => Slot::Container { dot: self.dot(dot), kind },
            value => value,
        }
    }

    fn observed(&self, observed: Vec<Dot>) -> Vec<Dot> {
        // A dot stands for everything of its replica up to it: the part that keeps its name is named too.
        let kept = |dot: Dot| Dot::new(dot.replica, dot.seq.min(self.from.seq - 1));
        let both = |dot: Dot| match self.dot(dot) {
            renamed if renamed == dot => [None, Some(dot)],
            renamed => [Some(kept(dot)).filter(|dot| dot.seq > 0), Some(renamed)],
        };
        observed.into_iter().flat_map(both).flatten().collect()
    }

    /// `base` tells the totals that a counter had before the first renamed operation: they stay with the old name.
    fn operation(&self, operation: Operation, base: impl Fn(&ContainerId) -> (u64, u64)) -> Vec<Operation> {
        let Operation { mut stamp, container, action } = operation;
        if let Action::Text(action) = action {
            // A run of characters is cut where their names begin to change.
            let parts = action.rename(stamp.dot, &|dot| self.dot(dot)).into_iter();
            let container = self.container(container);
            let operation = |(dot, action)| Operation {
                stamp: Stamp { dot, ..stamp },
                container: container.clone(),
                action: Action::Text(action),
            };
            return parts.map(operation).collect();
        }
        let renamed = self.dot(stamp.dot) != stamp.dot;
        stamp.dot = self.dot(stamp.dot);
        let action = match action {
            #[cfg(feature = "history")]
            Action::MapSet { key, slot } if super::history::is_register(&container) => {
                Action::MapSet { key, slot: super::history::rename(slot, &|dot| self.dot(dot)) }
            }
            Action::MapSet { key, slot } => Action::MapSet { key, slot: self.slot(slot) },
            Action::ListInsert { position, slot } => Action::ListInsert { position, slot: self.slot(slot) },
            Action::ListMove { item, position } => Action::ListMove { item: self.dot(item), position },
            Action::ListSet { item, slot } => Action::ListSet { item: self.dot(item), slot: self.slot(slot) },
            Action::ListDelete { item } => Action::ListDelete { item: self.dot(item) },
            Action::ListRestore { item } => Action::ListRestore { item: self.dot(item) },
            Action::Set(action) => {
                action.renamed(|observed| self.observed(observed), |addition| self.dot(addition))
            }
            Action::CounterAdd { added, subtracted } if renamed => {
                let (base_added, base_subtracted) = base(&container);
                Action::CounterAdd {
                    added: added.saturating_sub(base_added),
                    subtracted: subtracted.saturating_sub(base_subtracted),
                }
            }
            other => other,
        };
        vec![Operation { stamp, container: self.container(container), action }]
    }
}
