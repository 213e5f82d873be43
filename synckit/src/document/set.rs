//! Local writes to sets, and taking them back.

use super::edit::check_value;
use super::error::WriteError;
use super::transaction::Transaction;
use super::undo::Inverse;
use crate::crdt::container::ContainerId;
use crate::crdt::operation::Action;
use crate::crdt::set::SetAction;
use crate::value::Value;

/// What takes a write to a set back.
#[derive(Debug, Clone)]
pub(crate) struct SetInverse {
    set: ContainerId,
    value: Value,
    /// Whether the element comes back.
    adds: bool,
}

impl SetInverse {
    /// Whether both take elements of the same set back, or both bring them back.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.set, self.adds) == (&other.set, other.adds)
    }

    pub(super) fn take_back(&self, transaction: &mut Transaction<'_>) {
        match self.adds {
            true => drop(transaction.set_add(&self.set, self.value.clone())),
            false => drop(transaction.set_remove(&self.set, &self.value)),
        }
    }
}

impl Transaction<'_> {
    /// Adds an element to a set. Returns whether it was new.
    pub(crate) fn set_add(&mut self, set: &ContainerId, value: Value) -> Result<bool, WriteError> {
        check_value(&value)?;
        let is_new = !self.state.set(set).is_some_and(|set| set.contains(&value));
        if is_new {
            self.set_write(set, value, true);
        }
        Ok(is_new)
    }

    /// Removes an element from a set. Returns whether it was there.
    pub(crate) fn set_remove(&mut self, set: &ContainerId, value: &Value) -> bool {
        let was_there = self.state.set(set).is_some_and(|set| set.contains(value));
        if was_there {
            self.set_write(set, value.clone(), false);
        }
        was_there
    }

    fn set_write(&mut self, set: &ContainerId, value: Value, adds: bool) {
        let observed = self.state.set(set).map(|set| set.observe(&value)).unwrap_or_default();
        self.perform(set, |_| Action::Set(SetAction::Write { adds, value: value.clone(), observed }));
        self.open.inverses.push(Inverse::Set(SetInverse { set: set.clone(), value, adds: !adds }));
    }
}
