//! Map: per key the last writer wins; a delete is a write of nothing.

use std::sync::Arc;

use super::container::Slot;
use super::operation::{Action, Live, Stamp};
use super::register::Register;
use crate::hash::HashMap;
use crate::sorted::sort_by;
use crate::version::{Dot, VersionVector};

/// What a write to a map has replaced: a value or nothing, if the key was ever written.
pub(crate) type Replaced = Option<Register<Option<Slot>>>;

#[derive(Debug, Clone, Default)]
pub(crate) struct MapState {
    entries: HashMap<Arc<str>, Register<Option<Slot>>>,
}

impl MapState {
    /// Writes a key, or deletes it. Returns whether the write won; then `replaced` is what was there. O(1).
    pub(crate) fn write(
        &mut self,
        stamp: Stamp,
        key: &Arc<str>,
        value: Option<Slot>,
        replaced: &mut Replaced,
    ) -> bool {
        let register = Register { stamp, value };
        match self.entries.get_mut(&**key) {
            Some(current) if current.stamp >= stamp => return false,
            Some(current) => *replaced = Some(std::mem::replace(current, register)),
            None => drop(self.entries.insert(key.clone(), register)),
        }
        true
    }

    /// A key as it is kept here, if it was ever written. O(1).
    pub(crate) fn key(&self, key: &str) -> Option<&Arc<str>> {
        self.entries.key(key)
    }

    /// The register of a key, tombstones included. O(1).
    pub(crate) fn register(&self, key: &str) -> Option<&Register<Option<Slot>>> {
        self.entries.get(key)
    }

    /// The keys that were written last by one of these operations, which are ascending. O(n log operations).
    pub(crate) fn written_by(&self, dots: &[Dot]) -> Vec<Arc<str>> {
        let written = self.entries.iter().filter(|entry| dots.binary_search(&entry.1.stamp.dot).is_ok());
        written.map(|entry| entry.0.clone()).collect()
    }

    /// What is under a key. O(1).
    pub(crate) fn get(&self, key: &str) -> Option<&Slot> {
        self.entries.get(key)?.value.as_ref()
    }

    /// Keys that are there, ascending, with what is under them. O(n log n).
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Slot)> {
        let entries = self.entries.iter();
        let mut entries: Vec<_> =
            entries.filter_map(|(key, register)| Some((key, register.value.as_ref()?))).collect();
        sort_by(&mut entries, |one, other| one.0 < other.0);
        entries.into_iter()
    }

    /// Hands over what `known` lacks.
    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        let lacking = self.entries.iter().filter(|entry| !known.contains(entry.1.stamp.dot));
        lacking.for_each(|(key, register)| emit(live(key, register)));
    }

    /// [`live`](Self::live) for one key. O(1).
    pub(crate) fn live_at(&self, key: &Arc<str>, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        if let Some(register) = self.entries.get(&**key).filter(|entry| !known.contains(entry.stamp.dot)) {
            emit(live(key, register));
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        let slot = |register: &Register<Option<Slot>>| register.value.as_ref().map_or(0, Slot::byte_size);
        self.entries.iter().map(|(key, register)| 64 + key.len() + slot(register)).sum()
    }
}

fn live(key: &Arc<str>, register: &Register<Option<Slot>>) -> Live {
    let key = key.clone();
    let action = match &register.value {
        Some(slot) => Action::MapSet { key, slot: slot.clone() },
        None => Action::MapDelete { key },
    };
    Live { stamp: register.stamp, action }
}
