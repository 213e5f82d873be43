//! List: items with an identity. Place, value and life of an item are three registers, each last writer wins, so
//! concurrent moves of one item end at one place and never duplicate it.

mod places;

use self::places::Places;
use super::container::Slot;
use super::operation::{Action, ListRun, Live, Stamp};
use super::position::Position;
use super::register::{self, Register};
use crate::sorted::sort_by;
use crate::version::{Dot, Timestamp, VersionVector};

/// One item. A register is empty while only later operations on the item have arrived, not its insertion.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: Dot,
    /// The insertion as it was, kept because it tells of the item's existence.
    inserted: Option<Inserted>,
    /// Most items are never touched again.
    later: Option<Box<Later>>,
}

/// When, where and what was inserted. The rest of its stamp is the item's id.
#[derive(Debug, Clone)]
struct Inserted {
    time: Timestamp,
    position: Position,
    slot: Slot,
}

/// What happened to an item after its insertion.
#[derive(Debug, Clone, Default)]
struct Later {
    moved: Option<Register<Position>>,
    replaced: Option<Register<Slot>>,
    /// `true` for a restore, `false` for a delete.
    life: Option<Register<bool>>,
}

impl Item {
    fn moved(&self) -> Option<&Register<Position>> {
        self.later.as_ref()?.moved.as_ref()
    }

    fn replaced(&self) -> Option<&Register<Slot>> {
        self.later.as_ref()?.replaced.as_ref()
    }

    fn life(&self) -> Option<&Register<bool>> {
        self.later.as_ref()?.life.as_ref()
    }

    fn later(&mut self) -> &mut Later {
        self.later.get_or_insert_default()
    }

    pub(crate) fn position(&self) -> Option<&Position> {
        let inserted = self.inserted.as_ref()?;
        Some(self.moved().map_or(&inserted.position, |register| &register.value))
    }

    pub(crate) fn slot(&self) -> Option<&Slot> {
        let inserted = self.inserted.as_ref()?;
        Some(self.replaced().map_or(&inserted.slot, |register| &register.value))
    }

    /// The dot of the operation that the item's place comes from.
    pub(crate) fn position_dot(&self) -> Dot {
        self.moved().map_or(self.id, |register| register.stamp.dot)
    }

    /// The dot of the operation that the item's value comes from.
    pub(crate) fn slot_dot(&self) -> Dot {
        self.replaced().map_or(self.id, |register| register.stamp.dot)
    }

    /// The dot of the operation that the item lives or is gone by.
    pub(crate) fn life_dot(&self) -> Dot {
        self.life().map_or(self.id, |register| register.stamp.dot)
    }

    pub(crate) fn visible(&self) -> bool {
        self.inserted.is_some() && self.life().is_none_or(|register| register.value)
    }

    /// Hands over those of the operations that it is made of that `known` lacks.
    fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        let id = self.id;
        if let Some(Inserted { time, position, slot }) = &self.inserted
            && !known.contains(id)
        {
            let action = Action::ListInsert { position: position.clone(), slot: slot.clone() };
            emit(Live { stamp: Stamp { time: *time, dot: id }, action });
        }
        let Some(later) = &self.later else { return };
        let mut emit = |stamp: Stamp, action: &dyn Fn() -> Action| {
            if !known.contains(stamp.dot) {
                emit(Live { stamp, action: action() });
            }
        };
        if let Some(Register { stamp, value }) = &later.moved {
            emit(*stamp, &|| Action::ListMove { item: id, position: value.clone() });
        }
        if let Some(Register { stamp, value }) = &later.replaced {
            emit(*stamp, &|| Action::ListSet { item: id, slot: value.clone() });
        }
        if let Some(Register { stamp, value }) = &later.life {
            emit(*stamp, &|| match *value {
                true => Action::ListRestore { item: id },
                false => Action::ListDelete { item: id },
            });
        }
    }
}

/// What an operation changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    /// Which items there are, or their order.
    Structure,
    /// The value of one item.
    Value,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ListState {
    items: Vec<Item>,
    places: Places,
    /// Visible items, ascending by (position, id).
    order: Vec<u32>,
}

impl ListState {
    /// Applies an operation. O(log n) to find the place, O(n) in four-byte steps to make room there.
    pub(crate) fn apply(&mut self, stamp: Stamp, action: &Action) -> Effect {
        let id = match action {
            Action::ListInsert { position, slot } => {
                let (position, slot) = (position.clone(), slot.clone());
                return self.insert(stamp.dot, Inserted { time: stamp.time, position, slot });
            }
            Action::ListMove { item, .. }
            | Action::ListSet { item, .. }
            | Action::ListDelete { item }
            | Action::ListRestore { item } => *item,
            _ => return Effect::Nothing,
        };
        let at = self.entry(id);
        let before = self.items[at as usize].visible();
        if let Action::ListSet { slot, .. } = action {
            let won = register::write(&mut self.items[at as usize].later().replaced, stamp, slot.clone());
            return if won && before { Effect::Value } else { Effect::Nothing };
        }
        // The item leaves its place while its registers change, as they decide where that is.
        if before {
            self.remove_from_order(at);
        }
        let item = &mut self.items[at as usize];
        let won = match action {
            Action::ListMove { position, .. } => {
                register::write(&mut item.later().moved, stamp, position.clone())
            }
            Action::ListDelete { .. } => register::write(&mut item.later().life, stamp, false),
            Action::ListRestore { .. } => register::write(&mut item.later().life, stamp, true),
            _ => false,
        };
        let after = item.visible();
        if after {
            self.add_to_order(at);
        }
        if won && (before || after) { Effect::Structure } else { Effect::Nothing }
    }

    /// Inserts items in one go. O(n + m log m) for m of them into a list of n, less when they follow one another.
    pub(crate) fn insert_all(&mut self, stamp: Stamp, run: ListRun) -> Effect {
        let (at, len) = (self.items.len(), run.items.len());
        let mut inserts = run.singles(stamp);
        if !self.places.are_free(stamp.dot, len) {
            // Something has happened to one of them already.
            return inserts.fold(Effect::Nothing, |effect, (stamp, position, slot)| {
                match self.insert(stamp.dot, Inserted { time: stamp.time, position, slot }) {
                    Effect::Nothing => effect,
                    effect => effect,
                }
            });
        }
        self.places.add(stamp.dot, at, len);
        self.items.reserve(len);
        for (Stamp { time, dot }, position, slot) in &mut inserts {
            let inserted = Some(Inserted { time, position, slot });
            self.items.push(Item { id: dot, inserted, later: None });
        }
        self.add_all_to_order(at);
        Effect::Structure
    }

    fn insert(&mut self, id: Dot, inserted: Inserted) -> Effect {
        let at = self.entry(id);
        let item = &mut self.items[at as usize];
        if item.inserted.is_some() {
            return Effect::Nothing;
        }
        item.inserted = Some(inserted);
        if !item.visible() {
            return Effect::Nothing;
        }
        self.add_to_order(at);
        Effect::Structure
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// The visible item at an index. O(1).
    pub(crate) fn at(&self, index: usize) -> Option<&Item> {
        self.order.get(index).map(|&at| &self.items[at as usize])
    }

    /// An item by its id, deleted ones included. O(1).
    pub(crate) fn item(&self, id: Dot) -> Option<&Item> {
        self.place(id).map(|at| &self.items[at])
    }

    /// Where a visible item stands. O(log n).
    pub(crate) fn index_of(&self, id: Dot) -> Option<usize> {
        let at = self.place(id)?;
        self.items[at].visible().then(|| self.search(at as u32).ok()).flatten()
    }

    /// Visible items in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Item> {
        self.order.iter().map(|&at| &self.items[at as usize])
    }

    /// Every item between two positions, deleted ones too, by (position, id). O(n + found log found).
    pub(crate) fn between(&self, left: Option<&Position>, right: Option<&Position>) -> Vec<Dot> {
        let inside = |item: &&Item| {
            item.position().is_some_and(|position| {
                left.is_none_or(|left| left < position) && right.is_none_or(|right| position < right)
            })
        };
        crate::steps::count(self.items.len());
        let mut found: Vec<&Item> = self.items.iter().filter(inside).collect();
        sort_by(&mut found, |a, b| (a.position(), a.id) < (b.position(), b.id));
        found.into_iter().map(|item| item.id).collect()
    }

    /// Hands over what `known` lacks.
    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        self.items.iter().for_each(|item| item.live(known, emit));
    }

    /// [`live`](Self::live) for one item. O(1).
    pub(crate) fn live_at(&self, id: Dot, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        if let Some(item) = self.item(id) {
            item.live(known, emit);
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        let size = |item: &Item| {
            let position = item.position().map_or(0, |position| position.as_bytes().len());
            let later = item.later.as_ref().map_or(0, |_| std::mem::size_of::<Later>());
            std::mem::size_of::<Item>() + later + 32 + position + item.slot().map_or(0, Slot::byte_size)
        };
        self.items.iter().map(size).sum()
    }

    fn entry(&mut self, id: Dot) -> u32 {
        let at = self.place(id).unwrap_or_else(|| {
            let at = self.items.len();
            self.places.add(id, at, 1);
            self.items.push(Item { id, inserted: None, later: None });
            at
        });
        at as u32
    }

    fn place(&self, id: Dot) -> Option<usize> {
        self.places.find(id)
    }

    /// What items are ordered by.
    fn key(&self, at: u32) -> (Option<&Position>, Dot) {
        let item = &self.items[at as usize];
        (item.position(), item.id)
    }

    fn search(&self, at: u32) -> Result<usize, usize> {
        let wanted = self.key(at);
        self.order.binary_search_by(|&other| self.key(other).cmp(&wanted))
    }

    fn add_to_order(&mut self, at: u32) {
        // Mostly it comes last.
        if self.order.last().is_none_or(|&last| self.key(last) < self.key(at)) {
            return self.order.push(at);
        }
        if let Err(index) = self.search(at) {
            self.order.insert(index, at);
        }
    }

    /// The items from number `first` on take their places, all of them visible.
    fn add_all_to_order(&mut self, first: usize) {
        // Most are told apart by the first bytes of their positions, which need no look at the items then.
        let front = |at: u32| self.items[at as usize].position().map_or(0, Position::front);
        let mut fresh: Vec<(u64, u32)> =
            (first as u32..self.items.len() as u32).map(|at| (front(at), at)).collect();
        let before = |one: &(u64, u32), other: &(u64, u32)| {
            one.0 < other.0 || one.0 == other.0 && self.key(one.1) < self.key(other.1)
        };
        if fresh.first().zip(fresh.last()).is_some_and(|(first, last)| before(last, first)) {
            // They may have been prepended.
            fresh.reverse();
        }
        sort_by(&mut fresh, before);
        // From the last one on, so that what stands behind moves once.
        let mut order = std::mem::take(&mut self.order);
        let mut end = order.len();
        order.resize(end + fresh.len(), 0);
        for (left, &(_, at)) in fresh.iter().enumerate().rev() {
            let wanted = self.key(at);
            let is_before = |other: &u32| self.key(*other) < wanted;
            let index = match order[..end].last() {
                Some(last) if !is_before(last) => order[..end].partition_point(is_before),
                _ => end,
            };
            order.copy_within(index..end, index + left + 1);
            order[index + left] = at;
            end = index;
        }
        self.order = order;
    }

    fn remove_from_order(&mut self, at: u32) {
        if let Ok(index) = self.search(at) {
            self.order.remove(index);
        }
    }
}

#[cfg(test)]
mod tests;
