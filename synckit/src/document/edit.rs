//! What handles can do inside a transaction: writes by key and index, turned into operations by identity.

use std::sync::Arc;

use super::error::WriteError;
use super::transaction::Transaction;
use super::undo::{Inverse, Place, Previous};
use crate::crdt::container::{ContainerId, Kind, Slot};
use crate::crdt::list::{Item, ListState};
use crate::crdt::operation::{Action, ListRun};
use crate::crdt::position::Position;
use crate::value::Value;
use crate::version::Dot;
use crate::wire::limits::MAX_KEY;

/// Bytes of a value, so that one write always fits into one message.
pub(crate) const MAX_VALUE: usize = 1 << 20;

/// Positions longer than this are a sign of very many inserts at one place: the items around get fresh ones.
const LONG_POSITION: usize = 48;
/// Fresh ones of this length are always short enough: there is room for hundreds of further inserts between them.
const SHORT_POSITION: usize = 16;

pub(super) fn check_value(value: &Value) -> Result<(), WriteError> {
    let size = value.byte_size();
    if size > MAX_VALUE {
        return Err(WriteError::TooLarge { what: "a value", size, limit: MAX_VALUE });
    }
    Ok(())
}

pub(super) fn check_key(key: &str) -> Result<(), WriteError> {
    if key.len() > MAX_KEY {
        return Err(WriteError::TooLarge { what: "a key", size: key.len(), limit: MAX_KEY });
    }
    Ok(())
}

/// What to put into a list or under a key: a value, or a new container.
#[derive(Debug, Clone)]
pub(crate) enum New {
    Value(Value),
    Container(Kind),
}

impl New {
    fn check(&self) -> Result<(), WriteError> {
        match self {
            Self::Value(value) => check_value(value),
            Self::Container(_) => Ok(()),
        }
    }

    fn slot(self, dot: Dot) -> Slot {
        match self {
            Self::Value(value) => Slot::Value(value),
            Self::Container(kind) => Slot::Container { dot, kind },
        }
    }
}

impl Transaction<'_> {
    /// Writes a key. Returns the dot of the write. O(log n).
    pub(crate) fn map_set(&mut self, map: &ContainerId, key: &Arc<str>, new: New) -> Result<Dot, WriteError> {
        check_key(key)?;
        new.check()?;
        let slot = |dot| Some(new.slot(dot));
        Ok(self.map_write(map, key, slot))
    }

    /// A key as the map keeps it, so that there is one copy of it.
    pub(crate) fn map_key(&self, map: &ContainerId, key: &str) -> Arc<str> {
        let known = self.state.map(map).and_then(|map| map.key(key));
        known.map_or_else(|| key.into(), Arc::clone)
    }

    /// Deletes a key; nothing happens when it is not there. O(log n).
    pub(crate) fn map_delete(&mut self, map: &ContainerId, key: &Arc<str>) {
        if self.state.map(map).is_some_and(|map| map.get(key).is_some()) {
            self.map_write(map, key, |_| None);
        }
    }

    pub(crate) fn map_write(
        &mut self,
        map: &ContainerId,
        key: &Arc<str>,
        slot: impl FnOnce(Dot) -> Option<Slot>,
    ) -> Dot {
        let written = self.next_dot();
        let replaced = self.make(
            map,
            match slot(written) {
                Some(slot) => Action::MapSet { key: key.clone(), slot },
                None => Action::MapDelete { key: key.clone() },
            },
        );
        let previous =
            replaced.map(|register| Box::new(Previous { slot: register.value, dot: register.stamp.dot }));
        let is_new = previous.is_none();
        if is_new && self.open.inverses.last_mut().is_some_and(|last| last.add(map, written, 1)) {
            return written;
        }
        let (map, key) = (map.clone(), key.clone());
        self.open.inverses.push(Inverse::MapWrite { map, key, previous, written });
        written
    }

    /// Inserts before the item at `index`. Returns the new item's id.
    pub(crate) fn list_insert(
        &mut self,
        list: &ContainerId,
        index: usize,
        new: New,
    ) -> Result<Dot, WriteError> {
        new.check()?;
        let len = self.state.list(list).map_or(0, ListState::len);
        if index > len {
            return Err(WriteError::OutOfBounds { index, len });
        }
        let position = self.position_at(list, index, None);
        Ok(self.list_put(list, position, new))
    }

    /// Inserts before the item at `index`. Returns the new items' ids.
    pub(crate) fn list_insert_all(
        &mut self,
        list: &ContainerId,
        index: usize,
        all: Vec<New>,
    ) -> Result<Vec<Dot>, WriteError> {
        all.iter().try_for_each(New::check)?;
        let (left, right) = self.neighbours(list, index, None);
        let positions = Position::spread(left.as_ref(), right.as_ref(), all.len());
        let is_open = left.zip(right).is_none_or(|(left, right)| left < right);
        let is_short = |position: &Position| position.as_bytes().len() <= LONG_POSITION;
        if index > self.state.list(list).map_or(0, ListState::len)
            || !is_open
            || !positions.iter().all(is_short)
        {
            // One by one they make room for themselves, or are refused.
            let one = |(at, new)| self.list_insert(list, index + at, new);
            return all.into_iter().enumerate().map(one).collect();
        }
        let first = self.next_dot();
        let dots = (first.seq..first.seq + all.len() as u64).map(|seq| Dot { seq, ..first });
        let dots: Vec<Dot> = dots.collect();
        if !all.is_empty() {
            let slots = all.into_iter().zip(&dots).map(|(new, dot)| new.slot(*dot));
            let items = positions.into_iter().zip(slots).collect();
            self.make(list, Action::ListRun(ListRun { items, step: 0 }));
            self.list_added(list, first, dots.len() as u64);
        }
        Ok(dots)
    }

    fn list_put(&mut self, list: &ContainerId, position: Position, new: New) -> Dot {
        let item = self.perform(list, |dot| Action::ListInsert { position, slot: new.slot(dot) });
        self.list_added(list, item, 1);
        item
    }

    fn list_added(&mut self, list: &ContainerId, first: Dot, count: u64) {
        if self.open.inverses.last_mut().is_some_and(|last| last.add(list, first, count)) {
            return;
        }
        self.open.inverses.push(Inverse::Added { to: list.clone(), first, end: first.seq + count });
    }

    /// Moves an item so that it stands at `index` afterwards.
    pub(crate) fn list_move(
        &mut self,
        list: &ContainerId,
        item: Dot,
        index: usize,
    ) -> Result<(), WriteError> {
        let state = self.state.list(list).ok_or(WriteError::NotFound)?;
        let from = state.index_of(item).ok_or(WriteError::NotFound)?;
        let len = state.len();
        if index >= len {
            return Err(WriteError::OutOfBounds { index, len });
        }
        if index != from {
            let position = self.position_at(list, if index > from { index + 1 } else { index }, Some(item));
            self.list_place(list, item, position)?;
        }
        Ok(())
    }

    /// Gives an item a position.
    fn list_place(&mut self, list: &ContainerId, item: Dot, position: Position) -> Result<Dot, WriteError> {
        let state = self.state.list(list).ok_or(WriteError::NotFound)?;
        let at = state.index_of(item).ok_or(WriteError::NotFound)?;
        let id = |at: usize| state.at(at).map(|item| item.id);
        let (after, before) = (at.checked_sub(1).and_then(id), id(at + 1));
        let moving = state.item(item).ok_or(WriteError::NotFound)?;
        let previous_dot = moving.position_dot();
        let previous =
            Place { position: moving.position().ok_or(WriteError::NotFound)?.clone(), after, before };
        let written = self.perform(list, |_| Action::ListMove { item, position });
        self.open.inverses.push(Inverse::ListMove {
            list: list.clone(),
            item,
            previous: Box::new(previous),
            previous_dot,
            written,
        });
        Ok(written)
    }

    /// Puts an item back where it stood: at its old position if that still lies between its old neighbours, or else
    /// behind the one it stood behind or in front of the one it stood in front of. `None` when it is not there any more.
    pub(crate) fn list_put_back(&mut self, list: &ContainerId, item: Dot, place: &Place) -> Option<Dot> {
        let state = self.state.list(list)?;
        let position = |id: Option<Dot>| state.item(id?).filter(|item| item.visible())?.position();
        let fits = position(place.after).is_none_or(|after| *after < place.position)
            && position(place.before).is_none_or(|before| place.position < *before);
        if fits {
            return self.list_place(list, item, place.position.clone()).ok();
        }
        let behind = place.after.map_or(Some(0), |after| state.index_of(after).map(|at| at + 1));
        let in_front = || place.before.and_then(|before| state.index_of(before));
        let index = behind.or_else(in_front).unwrap_or(state.len());
        let position = self.position_at(list, index, Some(item));
        self.list_place(list, item, position).ok()
    }

    /// Replaces an item's value.
    pub(crate) fn list_set(&mut self, list: &ContainerId, item: Dot, new: New) -> Result<(), WriteError> {
        new.check()?;
        self.list_write(list, item, |dot| new.slot(dot)).map(drop)
    }

    pub(crate) fn list_write(
        &mut self,
        list: &ContainerId,
        item: Dot,
        slot: impl FnOnce(Dot) -> Slot,
    ) -> Result<Dot, WriteError> {
        let state = self.visible(list, item)?;
        let (previous, previous_dot) = (state.slot().cloned(), state.slot_dot());
        let written = self.perform(list, |dot| Action::ListSet { item, slot: slot(dot) });
        if let Some(previous) = previous {
            let (list, previous) = (list.clone(), Box::new(previous));
            self.open.inverses.push(Inverse::ListSet { list, item, previous, previous_dot, written });
        }
        Ok(written)
    }

    /// Removes an item.
    pub(crate) fn list_delete(&mut self, list: &ContainerId, item: Dot) -> Result<Dot, WriteError> {
        let previous_dot = self.visible(list, item)?.life_dot();
        let written = self.perform(list, |_| Action::ListDelete { item });
        let list = list.clone();
        self.open.inverses.push(Inverse::ListRestore { list, item, previous_dot, written });
        Ok(written)
    }

    /// Brings a removed item back.
    pub(crate) fn list_restore(&mut self, list: &ContainerId, item: Dot) -> Dot {
        let written = self.perform(list, |_| Action::ListRestore { item });
        self.open.inverses.push(Inverse::ListDelete { list: list.clone(), item, written });
        written
    }

    /// Adds to a counter, or subtracts.
    pub(crate) fn counter_add(&mut self, counter: &ContainerId, by: i64) -> Result<(), WriteError> {
        if by == 0 {
            return Ok(());
        }
        let state = self.state.counter(counter);
        let value = state.map_or(0, |counter| counter.value());
        value.checked_add(by).ok_or(WriteError::Overflow)?;
        let (added, subtracted) = state.map_or((0, 0), |counter| counter.totals(self.replica()));
        let (up, down) = if by > 0 { (by.unsigned_abs(), 0) } else { (0, by.unsigned_abs()) };
        let added = added.checked_add(up).ok_or(WriteError::Overflow)?;
        let subtracted = subtracted.checked_add(down).ok_or(WriteError::Overflow)?;
        self.perform(counter, |_| Action::CounterAdd { added, subtracted });
        self.open.inverses.push(Inverse::CounterAdd { counter: counter.clone(), by });
        Ok(())
    }

    fn visible(&self, list: &ContainerId, item: Dot) -> Result<&Item, WriteError> {
        let item = self.state.list(list).and_then(|list| list.item(item));
        item.filter(|item| item.visible()).ok_or(WriteError::NotFound)
    }

    /// A position for something that is to stand before the item at `index`. `moving` does not count as a neighbour.
    fn position_at(&mut self, list: &ContainerId, index: usize, moving: Option<Dot>) -> Position {
        let (left, right) = self.neighbours(list, index, moving);
        if let (Some(left), Some(right)) = (&left, &right)
            && left >= right
        {
            return self.part(list, index, moving, left);
        }
        let position = Position::between(left.as_ref(), right.as_ref());
        if position.as_bytes().len() <= LONG_POSITION {
            return position;
        }
        self.respace(list, index);
        let (left, right) = self.neighbours(list, index, moving);
        Position::between(left.as_ref(), right.as_ref())
    }

    fn neighbours(
        &self,
        list: &ContainerId,
        index: usize,
        moving: Option<Dot>,
    ) -> (Option<Position>, Option<Position>) {
        let Some(state) = self.state.list(list) else { return (None, None) };
        let position = |at: usize| state.at(at).filter(|item| Some(item.id) != moving)?.position().cloned();
        ((0..index).rev().find_map(position), (index..state.len()).find_map(position))
    }

    /// Two replicas chose the same position at the same time, so there is nothing between: the items from `index` on
    /// that share it move on a little. Returns the position that this leaves free.
    fn part(&mut self, list: &ContainerId, index: usize, moving: Option<Dot>, shared: &Position) -> Position {
        let items = self.state.list(list).into_iter().flat_map(|list| (index..).map_while(|at| list.at(at)));
        let mut others = items.filter(|item| Some(item.id) != moving);
        let mut sharing = Vec::new();
        let end = others.find_map(|item| {
            let position = item.position()?;
            if position <= shared {
                sharing.push(item.id);
            }
            (position > shared).then(|| position.clone())
        });
        let end = end.as_ref();
        let mut fresh = Position::spread(Some(shared), end, sharing.len() + 1).into_iter();
        let free = fresh.next().unwrap_or_else(|| Position::between(Some(shared), end));
        for (item, position) in sharing.into_iter().zip(fresh) {
            self.perform(list, |_| Action::ListMove { item, position });
        }
        free
    }

    /// Gives the items around the place before `index` fresh, short positions in today's order, deleted ones too, as an undo
    /// may bring them back: as few of them as it takes to make the positions short, since each costs an operation. Rare:
    /// after hundreds of inserts at one place.
    fn respace(&mut self, list: &ContainerId, index: usize) {
        let Some(state) = self.state.list(list) else { return };
        let position = |at: usize| state.at(at).and_then(Item::position);
        let mut width = 64;
        let (items, positions) = loop {
            let left = index.checked_sub(width + 1).and_then(position);
            let right = position(index + width);
            let items = state.between(left, right);
            let positions = Position::spread(left, right, items.len());
            // The more items move, the more room that has to make.
            let limit = (LONG_POSITION - 4).saturating_sub(items.len() / 16).max(SHORT_POSITION);
            let short = |position: &Position| position.as_bytes().len() <= limit;
            let is_open = left.zip(right).is_none_or(|(left, right)| left < right);
            if left.or(right).is_none() || (is_open && positions.iter().all(short)) {
                break (items, positions);
            }
            width *= 2;
        };
        for (item, position) in items.into_iter().zip(positions) {
            self.perform(list, |_| Action::ListMove { item, position });
        }
    }
}
