//! What a document shows, told from every operation that was ever made: slow, and each rule in a line or two.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use crate::crdt::container::{ContainerId, Kind, Slot};
use crate::crdt::marks::{Anchor, Mark, Side};
use crate::crdt::operation::{Action, Operation, Stamp};
use crate::crdt::set::SetAction;
use crate::crdt::text::TextAction;
use crate::sequence::tests::reference::Reference as Characters;
use crate::value::Value;
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::Change;
use crate::wire::reader::Reader;

/// All changes that somebody knows, in an order in which they may be applied.
#[derive(Clone, Default)]
pub(super) struct Reference {
    log: Vec<Change>,
    version: VersionVector,
}

impl Reference {
    /// Takes changes as their writers made them, each once.
    pub(super) fn take<'a>(&mut self, changes: impl IntoIterator<Item = &'a Change>) {
        for change in changes {
            if self.version.get(change.replica) < change.last_seq() {
                assert_eq!(
                    self.version.get(change.replica) + 1,
                    change.first_seq,
                    "changes are never cut here"
                );
                self.version.advance(change.replica, change.last_seq());
                self.log.push(change.clone());
            }
        }
    }

    pub(super) fn pull(&mut self, other: &Self) {
        self.take(&other.log);
    }

    /// The same as [`picture`](super::replica::picture) draws of a state.
    pub(super) fn picture(&self) -> String {
        let mut containers: BTreeMap<ContainerId, Vec<(Stamp, Action)>> = BTreeMap::new();
        for change in &self.log {
            let read = |operation: Operation| {
                let Operation { stamp, container, action } = operation;
                containers.entry(container).or_default().push((stamp, action));
            };
            Reader::new(change).and_then(|reader| reader.each(&mut { read })).expect("readable changes");
        }
        let mut picture = String::new();
        for (id, operations) in &containers {
            let content = match id.kind() {
                Kind::Map => format!("{:?}", map(operations)),
                Kind::List => format!("{:?}", list(operations)),
                Kind::Counter => counter(operations).to_string(),
                Kind::Set => {
                    let set = set(operations);
                    format!("{set:?} of {}", set.len())
                }
                Kind::Text => format!("{:?}", text(operations)),
                #[allow(unreachable_patterns, reason = "kinds depend on the features")]
                _ => continue,
            };
            if !["[]", "[] of 0", "0"].contains(&content.as_str()) {
                writeln!(picture, "{id:?}: {content}").expect("a string takes everything");
            }
        }
        picture
    }
}

/// Of every key the write with the greatest stamp, unless that is a delete.
fn map(operations: &[(Stamp, Action)]) -> Vec<(Arc<str>, Slot)> {
    let keys: BTreeSet<&Arc<str>> = operations.iter().filter_map(|(_, action)| key(action)).collect();
    let winner =
        |wanted| operations.iter().filter(|(_, action)| key(action) == Some(wanted)).max_by_key(|op| op.0);
    let shown = keys.into_iter().filter_map(|key| match winner(key)? {
        (_, Action::MapSet { slot, .. }) => Some((key.clone(), slot.clone())),
        _ => None,
    });
    shown.collect()
}

fn key(action: &Action) -> Option<&Arc<str>> {
    match action {
        Action::MapSet { key, .. } | Action::MapDelete { key } => Some(key),
        _ => None,
    }
}

/// Of every item the place, the value and the life with the greatest stamp; ordered by place, then by item.
fn list(operations: &[(Stamp, Action)]) -> Vec<(Dot, Option<Slot>)> {
    let mut shown = Vec::new();
    for (stamp, action) in operations {
        let Action::ListInsert { position, slot } = action else { continue };
        let id = stamp.dot;
        let mut later: Vec<_> = operations.iter().collect();
        later.sort_by_key(|operation| operation.0);
        let (mut position, mut slot, mut alive) = (position, slot, true);
        for (_, action) in later {
            match action {
                Action::ListMove { item, position: to } if *item == id => position = to,
                Action::ListSet { item, slot: to } if *item == id => slot = to,
                Action::ListDelete { item } if *item == id => alive = false,
                Action::ListRestore { item } if *item == id => alive = true,
                _ => {}
            }
        }
        if alive {
            shown.push((position, id, slot));
        }
    }
    shown.sort_by_key(|&(position, id, _)| (position, id));
    shown.into_iter().map(|(_, id, slot)| (id, Some(slot.clone()))).collect()
}

/// The sum of every replica's last totals.
fn counter(operations: &[(Stamp, Action)]) -> i64 {
    let mut totals: BTreeMap<ReplicaId, (u64, i64)> = BTreeMap::new();
    for (stamp, action) in operations {
        let Action::CounterAdd { added, subtracted } = action else { continue };
        let total = totals.entry(stamp.dot.replica).or_default();
        *total = (*total).max((stamp.dot.seq, *added as i64 - *subtracted as i64));
    }
    totals.values().map(|total| total.1).sum()
}

/// The elements of those adds that no operation on the element has observed.
fn set(operations: &[(Stamp, Action)]) -> Vec<Value> {
    let part = |operation: &(Stamp, Action)| match &operation.1 {
        Action::Set(action) => Some(action.clone()),
        _ => None,
    };
    let is_observed = |wanted: &Value, add: Dot| {
        operations.iter().filter_map(part).any(|action| {
            let SetAction::Write { value, observed, .. } = action else {
                unreachable!("as its writer made it")
            };
            value == *wanted && observed.iter().any(|dot| dot.replica == add.replica && dot.seq >= add.seq)
        })
    };
    let adds = operations.iter().filter_map(|(stamp, action)| match action {
        Action::Set(SetAction::Write { adds: true, value, .. }) if !is_observed(value, stamp.dot) => {
            Some(value.clone())
        }
        _ => None,
    });
    adds.collect::<BTreeSet<Value>>().into_iter().collect()
}

/// Characters with the same marks.
type Stretch = (String, Vec<(Arc<str>, Value)>);

fn text(operations: &[(Stamp, Action)]) -> Vec<Stretch> {
    let mut characters = Characters::default();
    let mut marks: Vec<(Stamp, &Mark)> = Vec::new();
    for (stamp, action) in operations {
        match action {
            Action::Text(TextAction::Edit(edit)) => characters.apply(edit),
            Action::Text(TextAction::Mark(mark)) => marks.push((*stamp, mark)),
            _ => {}
        }
    }
    marks.sort_by_key(|mark| mark.0);
    let order: Vec<(Dot, char, bool)> = characters.characters().collect();
    // The n-th character is at 4n, its sides are beside it.
    let side = |anchor: Anchor| match (anchor.dot, anchor.side) {
        (None, Side::After) => -4,
        (None, Side::Before) => i64::MAX,
        (Some(dot), side) => {
            let at =
                order.iter().position(|other| other.0 == dot).expect("marks come behind their characters");
            4 * at as i64 + if side == Side::Before { -1 } else { 1 }
        }
    };
    let mut stretches: Vec<Stretch> = Vec::new();
    for (at, &(_, char, _)) in order.iter().enumerate().filter(|(_, character)| character.2) {
        let mut values: BTreeMap<Arc<str>, Option<Value>> = BTreeMap::new();
        for (_, mark) in &marks {
            if side(mark.start) < 4 * at as i64 && 4 * (at as i64) < side(mark.end) {
                values.insert(mark.key.clone(), mark.value.clone());
            }
        }
        let values: Vec<_> = values.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        match stretches.last_mut() {
            Some((text, same)) if *same == values => text.push(char),
            _ => stretches.push((char.to_string(), values)),
        }
    }
    stretches
}
