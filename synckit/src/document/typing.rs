//! A change that is nothing but one edit of a text, in and out: what is typed while others watch. It takes a straight way; the outcome is
//! that of any other change.

use super::event::{Target, Touched};
use super::state::DocumentState;
use crate::crdt::container::{Content, Part};
use crate::version::{ReplicaId, Timestamp, VersionVector};
use crate::wire::{Change, edit};

/// Bytes of an insertion that is not cut into parts.
const MAX_TEXT: usize = 16 << 10;

impl DocumentState {
    /// Applies a change with these operations, if it is one edit of the text that was written last and lacks nothing. Returns whether it
    /// is; if not, nothing has happened.
    pub(crate) fn take_edit(
        &mut self,
        change: &Change,
        operations: &[u8],
        touched: Option<&mut Touched>,
    ) -> bool {
        let (replica, first) = (change.replica, change.first_seq);
        if self.version.get(replica) + 1 != first || self.parked.is_some() || self.keeps_history() {
            return false;
        }
        let Some((id, Content::Text(text))) = self.containers.get_mut(self.last as usize) else {
            return false;
        };
        let Some(edit) = edit::read(change, operations, id) else { return false };
        let stands = edit.dependencies().into_iter().flatten();
        if !self.version.includes(&change.dependencies)
            || !stands.filter(|dot| dot.replica != replica).all(|dot| self.version.contains(dot))
        {
            return false;
        }
        let shows = text.apply(edit);
        if let Some(touched) = touched.filter(|_| shows) {
            touched.insert(Target::Content(id.clone()));
        }
        self.clock.observe(change.time);
        self.recent.touch((self.last, Part::Whole));
        self.version.advance(replica, change.last_seq());
        self.recent.end(replica, first, change.last_seq());
        if !self.alone {
            self.boundaries.get_or_default(replica).push(change.last_seq());
        }
        true
    }

    /// The change from one sequence number to another, if that is one edit of the container of this number.
    pub(super) fn edit_alone(
        &self,
        at: u32,
        replica: ReplicaId,
        (first_seq, last): (u64, u64),
        time: Timestamp,
    ) -> Option<Change> {
        let (id, Content::Text(text)) = self.containers.get(at as usize)? else { return None };
        let edit = text.sequence().edit_of(replica, first_seq, last)?;
        let mut dependencies = VersionVector::new();
        for dot in edit.dependencies().into_iter().flatten().filter(|dot| dot.replica != replica) {
            dependencies.advance(dot.replica, dot.seq);
        }
        let operations = edit::write(&dependencies, id, edit, MAX_TEXT)?;
        Some(Change { replica, first_seq, len: last + 1 - first_seq, time, operations, dependencies })
    }
}

#[cfg(test)]
mod tests {
    use crate::crdt::container::{ContainerId, Kind};
    use crate::crdt::operation::{Action, Operation, Stamp};
    use crate::document::transaction::{Open, Transaction};
    use crate::document::{DocumentState, Origin};
    use crate::version::{ReplicaId, VersionVector};
    use crate::wire::{Change, Update, operations};

    fn note() -> ContainerId {
        ContainerId::Root.child("note", Kind::Text)
    }

    /// Writes as a replica; returns the change as it is encoded for the store.
    fn write(state: &mut DocumentState, replica: u64, make: impl FnOnce(&mut Transaction<'_>)) -> Change {
        let mut open = Open::default();
        state.begin(&mut open, ReplicaId::new(replica), 1_000);
        make(&mut Transaction { state: &mut *state, open: &mut open });
        assert!(state.commit(&mut open));
        state.encode(open.pending())
    }

    /// What the operations of a change are when they are put together one by one.
    fn in_full(state: &DocumentState, change: &Change) -> Vec<u8> {
        let text = state.text(&note()).unwrap();
        let edits = text.edits_by(change.replica, change.first_seq, change.last_seq()).into_iter();
        let operations: Vec<Operation> = edits
            .map(|(dot, action)| Operation {
                stamp: Stamp { time: change.time, dot },
                container: note(),
                action: Action::Text(action),
            })
            .collect();
        let mut dependencies = VersionVector::new();
        operations.iter().for_each(|operation| operations::depend(&mut dependencies, operation));
        assert_eq!(dependencies, change.dependencies);
        operations::encode(change.replica, change.first_seq, change.time, &dependencies, &operations)
    }

    #[test]
    fn the_straight_way_leads_where_the_other_one_does() {
        let mut people = [DocumentState::new(), DocumentState::new()];
        let (mut straight, mut other) = (DocumentState::new(), DocumentState::new());
        let (mut number, mut edits, mut last) = (7u64, 0, None);
        for round in 0..600usize {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = (number >> 33) as usize;
            let (at, replica) = (random % 2, (random % 2 + 1) as u64);
            let len = people[at].text(&note()).map_or(0, |text| text.sequence().len());
            let (place, count) = (random / 2 % (len + 1), random / 1_000 % 4);
            let change = write(&mut people[at], replica, |transaction| {
                if round % 3 == 0 && place + count < len {
                    transaction.text_delete(&note(), place..place + count + 1).unwrap();
                }
                if round % 3 != 0 || round % 5 == 0 || place + count >= len {
                    let typed = ["a", "é", "👪x", "word "][count];
                    transaction.text_insert(&note(), place, typed).unwrap();
                }
            });
            assert_eq!(change.operations, in_full(&people[at], &change));
            let mut before = straight.version().clone();
            for part in 0..change.operations.len() {
                // Nothing that ends early gets in.
                assert!(!straight.take_edit(&change, &change.operations[..part], None));
            }
            assert_eq!(straight.version(), &before);
            let one = Update { changes: vec![change.clone()] };
            if straight.take_edit(&change, &change.operations, None) {
                edits += 1;
            } else {
                straight.apply(&one, Origin::Remote).unwrap();
            }
            // Two changes take the other way, and one that is known has no effect.
            let known = last.replace(change.clone()).unwrap_or(change.clone());
            other.apply(&Update { changes: vec![known, change.clone()] }, Origin::Remote).unwrap();
            assert_eq!(straight.snapshot().encode(), other.snapshot().encode());
            before.advance(change.replica, change.last_seq());
            assert_eq!((straight.version(), other.version()), (&before, &before));
            assert!(!straight.take_edit(&change, &change.operations, None), "it is known");
            if round % 4 != 0 {
                let missing = people[at].since(people[1 - at].version());
                people[1 - at].apply(&missing, Origin::Remote).unwrap();
            }
        }
        assert!(edits > 300, "{edits}");
    }

    #[test]
    fn what_lacks_something_does_not_go_in() {
        let (mut here, mut there) = (DocumentState::new(), DocumentState::new());
        let first = write(&mut here, 1, |transaction| {
            transaction.text_insert(&note(), 0, "ab").unwrap();
        });
        there.apply(&Update { changes: vec![first.clone()] }, Origin::Remote).unwrap();
        let mut empty = there.clone();
        let second = write(&mut here, 2, |transaction| {
            transaction.text_insert(&note(), 1, "x").unwrap();
        });
        let third = write(&mut here, 3, |transaction| {
            transaction.text_insert(&note(), 2, "y").unwrap();
        });
        // It stands beside a character that has not arrived.
        assert!(!third.dependencies.is_empty());
        assert!(!there.take_edit(&third, &third.operations, None));
        let unnamed = Change { dependencies: VersionVector::new(), ..third.clone() };
        assert!(!there.take_edit(&unnamed, &unnamed.operations, None));
        assert!(there.take_edit(&second, &second.operations, None));
        assert!(there.take_edit(&third, &third.operations, None));
        // One that waits goes in behind what it waits for.
        empty.apply(&Update { changes: vec![third] }, Origin::Remote).unwrap();
        assert!(empty.is_parked());
        empty.apply(&Update { changes: vec![second] }, Origin::Remote).unwrap();
        assert!(!empty.is_parked());
        assert_eq!(empty.snapshot().encode(), there.snapshot().encode());
    }
}
