//! A set of values: adds win over concurrent removes.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use super::error::ReadError;
use super::node::Node;
use super::observable::Observable;
use crate::client::Subscription;
use crate::document::WriteError;
use crate::value::FieldValue;

/// A set. Of a concurrent add and remove of one element the add wins.
pub struct SetRef<V> {
    pub(super) node: Node,
    kind: PhantomData<fn() -> V>,
}

impl<V: FieldValue> SetRef<V> {
    pub(super) fn new(node: Node) -> Self {
        Self { node, kind: PhantomData }
    }

    /// Adds an element of at most 1 MiB. Returns whether it was new. O(1).
    ///
    /// # Errors
    /// [`WriteError::TooLarge`].
    pub fn insert(&self, value: impl Into<V>) -> Result<bool, WriteError> {
        let value = value.into().into_value();
        self.node.cell.write(|transaction| transaction.set_add(&self.node.id, value))
    }

    /// Removes an element. Returns whether it was there. O(log n).
    ///
    /// # Errors
    /// None at present; fallible like every write.
    pub fn remove(&self, value: &V) -> Result<bool, WriteError> {
        let value = value.clone().into_value();
        self.node.cell.write(|transaction| Ok(transaction.set_remove(&self.node.id, &value)))
    }

    /// Whether an element is in the set. O(1).
    pub fn contains(&self, value: &V) -> bool {
        let value = value.clone().into_value();
        self.node.cell.read(|state| state.set(&self.node.id).is_some_and(|set| set.contains(&value)))
    }

    /// How many elements there are. O(1).
    pub fn len(&self) -> usize {
        self.node.cell.read(|state| state.set(&self.node.id).map_or(0, |set| set.len()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements that are of this type, ascending by value.
    pub(super) fn elements(&self) -> Result<Vec<V>, ReadError> {
        self.node.cell.read(|state| {
            let Some(set) = state.set(&self.node.id) else { return Ok(Vec::new()) };
            let element = |value| {
                V::from_value(value).ok_or_else(|| ReadError::WrongType {
                    field: "set".to_owned(),
                    expected: V::EXPECTED,
                    found: value.kind_name(),
                })
            };
            set.iter().map(element).collect()
        })
    }
}

impl<V: FieldValue + Ord> Observable for SetRef<V> {
    type Value = BTreeSet<V>;

    fn get(&self) -> Result<BTreeSet<V>, ReadError> {
        Ok(self.elements()?.into_iter().collect())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.node.observe_content(callback)
    }
}

impl<V> Clone for SetRef<V> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), kind: PhantomData }
    }
}

impl<V> PartialEq for SetRef<V> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<V> fmt::Debug for SetRef<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetRef").field("node", &self.node).finish()
    }
}
