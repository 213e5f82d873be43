//! Undo and redo of one's own transactions, by inverse operations on identities.
//!
//! An inverse takes effect only where what it takes back is still there: a field that somebody else has written since,
//! or an item that was moved on, stays as it is.

use std::collections::VecDeque;
use std::sync::Arc;

use super::set::SetInverse;
use super::stand_in::{Aspect, StandIns};
use super::state::DocumentState;
use super::text_undo::TextInverse;
use super::transaction::{Open, Transaction};
use crate::crdt::container::{ContainerId, Kind, Slot};
use crate::crdt::position::Position;
use crate::sorted::sort_by;
use crate::version::Dot;

/// Steps that can be undone.
const MAX_STEPS: usize = 200;
/// Inverses of a step that others are still joined to.
const MAX_JOINED: usize = 256;
/// Inverses that memory is kept for, for the next transaction.
const MAX_SPARE: usize = 16;

/// Where an item stood. Neighbours may have fresh positions by the time it goes back, so they are named too.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) position: Position,
    pub(crate) after: Option<Dot>,
    pub(crate) before: Option<Dot>,
}

/// What a write to a map has replaced, and by which operation it was written.
#[derive(Debug, Clone)]
pub(crate) struct Previous {
    pub(crate) slot: Option<Slot>,
    pub(crate) dot: Dot,
}

/// What takes one operation back. Small, as there is one for every write of many transactions: what is large lies apart. `written` is the operation; `previous_dot` the one it had replaced.
#[derive(Debug, Clone)]
pub(crate) enum Inverse {
    MapWrite {
        map: ContainerId,
        key: Arc<str>,
        previous: Option<Box<Previous>>,
        written: Dot,
    },
    /// Several keys of a map that were not there before, or items of a list, one operation behind the other: from `first` to in front
    /// of `end`. The map itself knows which keys they are.
    Added {
        to: ContainerId,
        first: Dot,
        end: u64,
    },
    ListDelete {
        list: ContainerId,
        item: Dot,
        written: Dot,
    },
    ListRestore {
        list: ContainerId,
        item: Dot,
        previous_dot: Dot,
        written: Dot,
    },
    ListMove {
        list: ContainerId,
        item: Dot,
        previous: Box<Place>,
        previous_dot: Dot,
        written: Dot,
    },
    ListSet {
        list: ContainerId,
        item: Dot,
        previous: Box<Slot>,
        previous_dot: Dot,
        written: Dot,
    },
    CounterAdd {
        counter: ContainerId,
        by: i64,
    },
    #[cfg_attr(not(feature = "sets"), expect(dead_code, reason = "without sets it is never made"))]
    Set(SetInverse),
    Text(TextInverse),
}

impl Inverse {
    /// Takes in `next`, which takes back what was done right behind this one. Returns whether it has; then nothing is left of `next`.
    fn join(&mut self, next: &mut Self) -> bool {
        match (self, next) {
            (Self::Text(last), Self::Text(next)) => last.merge(next),
            (
                Self::MapWrite { map, key, written, .. },
                Self::MapWrite { map: next_map, key: next_key, previous: Some(previous), written: next },
            ) if map == next_map && key == next_key && previous.dot == *written => {
                *written = *next;
                true
            }
            (Self::CounterAdd { counter, by }, Self::CounterAdd { counter: other, by: more }) => {
                let sum = by.checked_add(*more).filter(|_| counter == other);
                *by = sum.unwrap_or(*by);
                sum.is_some()
            }
            _ => false,
        }
    }

    /// Whether both take back the same kind of write to the same thing, so that a person would take them back together.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Added { to, .. }, Self::Added { to: other, .. }) => to == other && to.kind() == Kind::List,
            (Self::ListRestore { list, .. }, Self::ListRestore { list: other, .. })
            | (Self::ListMove { list, .. }, Self::ListMove { list: other, .. }) => list == other,
            (Self::ListSet { list, item, .. }, Self::ListSet { list: other, item: other_item, .. }) => {
                list == other && item == other_item
            }
            (Self::Set(this), Self::Set(other)) => this.is_like(other),
            (Self::Text(this), Self::Text(other)) => this.is_like(other),
            _ => false,
        }
    }

    /// Makes it the inverse of `count` more additions to a container, from `written` on. Returns whether it is one.
    pub(super) fn add(&mut self, container: &ContainerId, written: Dot, count: u64) -> bool {
        let added = match self {
            Self::Added { to, first, end } if to == container => (*first, *end),
            Self::MapWrite { map, previous: None, written: first, .. } if map == container => {
                (*first, first.seq + 1)
            }
            _ => return false,
        };
        let (first, end) = added;
        if Dot::new(first.replica, end) != written {
            return false;
        }
        *self = Self::Added { to: container.clone(), first, end: end + count };
        true
    }

    /// Cuts off what takes back the operations from sequence number `seq` on, if there are others before.
    fn split_off(&mut self, seq: u64) -> Option<Self> {
        match self {
            Self::Text(last) => last.split_off(seq).map(Self::Text),
            Self::Added { to, first, end } if (first.seq + 1..*end).contains(&seq) => {
                let end = std::mem::replace(end, seq);
                Some(Self::Added { to: to.clone(), first: Dot { seq, ..*first }, end })
            }
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
struct Step {
    inverses: Vec<Inverse>,
    time_ms: u64,
}

/// The steps that can be undone and redone.
#[derive(Debug, Clone, Default)]
pub(crate) struct UndoHistory {
    undo: VecDeque<Step>,
    redo: VecDeque<Step>,
    /// An operation that restored what an earlier one had written stands for it: earlier steps go on to find it.
    pub(super) stand_ins: StandIns,
    /// Memory of a list that is not needed any more.
    spare: Vec<Inverse>,
    /// Whether the last step is not to be joined by what comes next.
    is_closed: bool,
    /// Writes of one kind within this time are one step, in milliseconds.
    pub(crate) merge_within: u64,
}

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Undo,
    Redo,
}

impl UndoHistory {
    /// How many steps can be undone and redone.
    pub(crate) fn depth(&self) -> (usize, usize) {
        (self.undo.len(), self.redo.len())
    }

    pub(crate) fn clear(&mut self) {
        *self = Self { merge_within: self.merge_within, ..Self::default() };
    }

    /// Takes note of a local transaction.
    pub(crate) fn record(&mut self, mut inverses: Vec<Inverse>, now_ms: u64) {
        if inverses.is_empty() {
            return;
        }
        inverses.shrink_to_fit();
        if !self.redo.is_empty() {
            self.redo.clear();
        }
        let unused = if self.merge(&mut inverses, now_ms) {
            Some(inverses)
        } else {
            let oldest = if self.undo.len() == MAX_STEPS { self.undo.pop_front() } else { None };
            if self.undo.capacity() == 0 {
                self.undo.reserve_exact(1);
            }
            self.undo.push_back(Step { inverses, time_ms: now_ms });
            oldest.map(|step| step.inverses)
        };
        if let Some(mut unused) = unused.filter(|unused| unused.capacity() <= MAX_SPARE) {
            unused.clear();
            self.spare = unused;
        }
    }

    /// An empty list for the inverses of the next transaction.
    pub(crate) fn spare(&mut self) -> Vec<Inverse> {
        std::mem::take(&mut self.spare)
    }

    /// What is written next begins a step of its own.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }

    /// Typing into one field is one step, not one a letter; and so is whatever else follows quickly and is of one kind.
    fn merge(&mut self, inverses: &mut Vec<Inverse>, now_ms: u64) -> bool {
        let (is_closed, within) = (std::mem::take(&mut self.is_closed), self.merge_within);
        let Some(last) = self.undo.back_mut() else { return false };
        if is_closed || now_ms.saturating_sub(last.time_ms) >= within {
            return false;
        }
        let joined = match (last.inverses.as_mut_slice(), inverses.as_mut_slice()) {
            ([last], [next]) => last.join(next),
            _ => false,
        };
        if !joined {
            let Some(next) = inverses.first() else { return false };
            let mut all = last.inverses.iter().chain(inverses.iter());
            if last.inverses.len() > MAX_JOINED || !all.all(|inverse| inverse.is_like(next)) {
                return false;
            }
            last.inverses.append(inverses);
        }
        last.time_ms = now_ms;
        true
    }

    /// Takes back the last step that still has an effect, inside the transaction `open`. Returns whether there was one.
    pub(crate) fn go(&mut self, direction: Direction, state: &mut DocumentState, open: &mut Open) -> bool {
        self.close();
        loop {
            let from = if direction == Direction::Undo { &mut self.undo } else { &mut self.redo };
            let Some(step) = from.pop_back() else { return false };
            let mut transaction = Transaction { state, open };
            for inverse in step.inverses.iter().rev() {
                self.take_back(inverse, &mut transaction);
            }
            if !open.inverses.is_empty() {
                let inverses = std::mem::take(&mut open.inverses);
                let to = if direction == Direction::Undo { &mut self.redo } else { &mut self.undo };
                to.push_back(Step { inverses, time_ms: 0 });
                return true;
            }
        }
    }

    /// Takes back what a transaction has done since [`Open::mark`]: it was given up halfway. What it brings back has new ids, which
    /// stand for those that the inverses kept know.
    pub(crate) fn roll_back(&mut self, state: &mut DocumentState, open: &mut Open, mark: (usize, u64)) {
        let (keep, seq) = mark;
        let inverses = open.inverses.split_off(keep.min(open.inverses.len()));
        let begun = open.inverses.last_mut().and_then(|last| last.split_off(seq));
        let mut transaction = Transaction { state, open };
        inverses.iter().rev().for_each(|inverse| self.take_back(inverse, &mut transaction));
        begun.iter().for_each(|inverse| self.take_back(inverse, &mut transaction));
        open.inverses.truncate(keep);
    }

    fn take_back(&mut self, inverse: &Inverse, transaction: &mut Transaction<'_>) {
        let restored = match inverse {
            Inverse::MapWrite { map, key, previous, written } => {
                let register = transaction.state.map(map).and_then(|map| map.register(key));
                let ours = register
                    .is_some_and(|register| register.stamp.dot == self.stand_ins.of(Aspect::Value, *written));
                ours.then(|| {
                    let slot = previous.as_ref().and_then(|previous| previous.slot.clone());
                    let dot = previous.as_ref().map(|previous| previous.dot);
                    (Aspect::Value, dot, transaction.map_write(map, key, |_| slot))
                })
            }
            Inverse::Added { to, first, end } => {
                let dots = (first.seq..*end).map(|seq| Dot { seq, ..*first });
                if to.kind() == Kind::List {
                    for item in dots
                        .rev()
                        .filter(|item| self.life_is(transaction, to, *item, *item))
                        .collect::<Vec<_>>()
                    {
                        let _ = transaction.list_delete(to, item);
                    }
                    return;
                }
                let mut dots: Vec<Dot> = dots.map(|dot| self.stand_ins.of(Aspect::Value, dot)).collect();
                sort_by(&mut dots, |one, other| one < other);
                for key in transaction.state.map(to).map(|map| map.written_by(&dots)).unwrap_or_default() {
                    transaction.map_write(to, &key, |_| None);
                }
                None
            }
            Inverse::ListDelete { list, item, written } => {
                if self.life_is(transaction, list, *item, *written) {
                    // What had created the item is gone for good as an operation; a redo restores the item.
                    let _ = transaction.list_delete(list, *item);
                }
                None
            }
            Inverse::ListRestore { list, item, previous_dot, written } => self
                .life_is(transaction, list, *item, *written)
                .then(|| (Aspect::Life, Some(*previous_dot), transaction.list_restore(list, *item))),
            Inverse::ListMove { list, item, previous, previous_dot, written } => {
                let state = transaction.state.list(list).and_then(|list| list.item(*item));
                let ours = state
                    .is_some_and(|item| item.position_dot() == self.stand_ins.of(Aspect::Place, *written));
                let placed = ours.then(|| transaction.list_put_back(list, *item, previous)).flatten();
                placed.map(|dot| (Aspect::Place, Some(*previous_dot), dot))
            }
            Inverse::ListSet { list, item, previous, previous_dot, written } => {
                let state = transaction.state.list(list).and_then(|list| list.item(*item));
                let ours =
                    state.is_some_and(|item| item.slot_dot() == self.stand_ins.of(Aspect::Value, *written));
                let set = ours.then(|| transaction.list_write(list, *item, |_| (**previous).clone()));
                set.and_then(Result::ok).map(|dot| (Aspect::Value, Some(*previous_dot), dot))
            }
            Inverse::CounterAdd { counter, by } => {
                let _ = by.checked_neg().map(|by| transaction.counter_add(counter, by));
                None
            }
            Inverse::Set(inverse) => {
                inverse.take_back(transaction);
                None
            }
            Inverse::Text(inverse) => {
                self.take_back_text(inverse, transaction);
                None
            }
        };
        if let Some((aspect, Some(previous), now)) = restored {
            self.stand_ins.put(aspect, previous, now);
        }
    }

    fn life_is(&self, transaction: &Transaction<'_>, list: &ContainerId, item: Dot, written: Dot) -> bool {
        let item = transaction.state.list(list).and_then(|list| list.item(item));
        item.is_some_and(|item| item.life_dot() == self.stand_ins.of(Aspect::Life, written))
    }
}
