//! What handles can do inside a transaction: writes by key and index, turned into operations by identity.

use std::sync::Arc;

use super::error::WriteError;
use super::transaction::Transaction;
use super::undo::Inverse;
use crate::crdt::container::{ContainerId, Kind, Slot};
use crate::crdt::list::ListState;
use crate::crdt::operation::Action;
use crate::crdt::position::Position;
use crate::value::Value;
use crate::version::Dot;
use crate::wire::limits::MAX_KEY;

/// Bytes of a value, so that one write always fits into one message.
pub(crate) const MAX_VALUE: usize = 1 << 20;

/// Positions longer than this are a sign of very many inserts at one place: the list gets fresh ones.
const LONG_POSITION: usize = 48;

fn check_value(value: &Value) -> Result<(), WriteError> {
    let size = value.byte_size();
    if size > MAX_VALUE {
        return Err(WriteError::TooLarge { what: "a value", size, limit: MAX_VALUE });
    }
    Ok(())
}

fn check_key(key: &str) -> Result<(), WriteError> {
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
        let register = self.state.map(map).and_then(|map| map.register(key));
        let previous = register.and_then(|register| register.value.clone());
        let previous_dot = register.map(|register| register.stamp.dot);
        let written = self.perform(map, |dot| match slot(dot) {
            Some(slot) => Action::MapSet { key: key.clone(), slot },
            None => Action::MapDelete { key: key.clone() },
        });
        let (map, key) = (map.clone(), key.clone());
        self.open.inverses.push(Inverse::MapWrite { map, key, previous, previous_dot, written });
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
        let item = self.perform(list, |dot| Action::ListInsert { position, slot: new.slot(dot) });
        self.open.inverses.push(Inverse::ListDelete { list: list.clone(), item, written: item });
        Ok(item)
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
    pub(crate) fn list_place(
        &mut self,
        list: &ContainerId,
        item: Dot,
        position: Position,
    ) -> Result<Dot, WriteError> {
        let state = self.state.list(list).and_then(|list| list.item(item)).ok_or(WriteError::NotFound)?;
        let (previous, previous_dot) = (state.position().cloned(), state.position_dot());
        let written = self.perform(list, |_| Action::ListMove { item, position });
        if let Some(previous) = previous {
            let list = list.clone();
            self.open.inverses.push(Inverse::ListMove { list, item, previous, previous_dot, written });
        }
        Ok(written)
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
            let list = list.clone();
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

    /// Adds an element to a set. Returns whether it was new.
    pub(crate) fn set_add(&mut self, set: &ContainerId, value: Value) -> Result<bool, WriteError> {
        check_value(&value)?;
        if self.state.set(set).is_some_and(|set| set.contains(&value)) {
            return Ok(false);
        }
        let observed = self.state.set(set).map(|set| set.observe(&value)).unwrap_or_default();
        self.perform(set, |_| Action::SetAdd { value: value.clone(), observed });
        self.open.inverses.push(Inverse::SetRemove { set: set.clone(), value });
        Ok(true)
    }

    /// Removes an element from a set. Returns whether it was there.
    pub(crate) fn set_remove(&mut self, set: &ContainerId, value: &Value) -> bool {
        let Some(state) = self.state.set(set).filter(|set| set.contains(value)) else { return false };
        let observed = state.observe(value);
        self.perform(set, |_| Action::SetRemove { value: value.clone(), observed });
        self.open.inverses.push(Inverse::SetAdd { set: set.clone(), value: value.clone() });
        true
    }

    fn visible(&self, list: &ContainerId, item: Dot) -> Result<&crate::crdt::list::Item, WriteError> {
        let item = self.state.list(list).and_then(|list| list.item(item));
        item.filter(|item| item.visible()).ok_or(WriteError::NotFound)
    }

    /// A position for something that is to stand before the item at `index`. `moving` does not count as a neighbour.
    fn position_at(&mut self, list: &ContainerId, index: usize, moving: Option<Dot>) -> Position {
        if let Some(position) = self.free_position(list, index, moving) {
            return position;
        }
        self.respace(list);
        let fresh = self.free_position(list, index, moving);
        // After fresh positions all neighbours differ, so there is room between any two.
        fresh.unwrap_or_else(|| Position::between(None, None))
    }

    fn free_position(&self, list: &ContainerId, index: usize, moving: Option<Dot>) -> Option<Position> {
        let Some(state) = self.state.list(list) else { return Some(Position::between(None, None)) };
        let stays = |at: &usize| state.at(*at).is_some_and(|item| Some(item.id) != moving);
        let left = (0..index).rev().find(stays).and_then(|at| state.at(at)?.position());
        let right = (index..state.len()).find(stays).and_then(|at| state.at(at)?.position());
        if let (Some(left), Some(right)) = (left, right)
            && left >= right
        {
            // Two replicas chose the same position at the same time: there is nothing between.
            return None;
        }
        Some(Position::between(left, right)).filter(|position| position.as_bytes().len() <= LONG_POSITION)
    }

    /// Gives every item a fresh, short position in today's order. O(n), and rare: when neighbours share a position, or
    /// after hundreds of inserts at one place.
    fn respace(&mut self, list: &ContainerId) {
        let items: Vec<Dot> =
            self.state.list(list).into_iter().flat_map(ListState::iter).map(|item| item.id).collect();
        let positions = Position::spread(None, None, items.len());
        for (item, position) in items.into_iter().zip(positions) {
            self.perform(list, |_| Action::ListMove { item, position });
        }
    }
}
