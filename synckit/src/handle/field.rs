//! One field: the last writer wins.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::error::ReadError;
use super::node::Node;
use super::observable::Observable;
use super::undo::UndoManager;
use crate::client::Subscription;
use crate::crdt::container::Slot;
use crate::document::WriteError;
use crate::document::edit::New;
use crate::document::event::Target;
use crate::value::FieldValue;

/// A field of a document. A field that was never written reads as its type's default.
pub struct FieldRef<V> {
    node: Node,
    key: Arc<str>,
    kind: PhantomData<fn() -> V>,
}

impl<V: FieldValue> FieldRef<V> {
    pub(super) fn new(node: Node, key: Arc<str>) -> Self {
        Self { node, key, kind: PhantomData }
    }

    /// The field's name.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Writes the field. A value is at most 1 MiB. O(log n) in the fields of the document.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`].
    pub fn set(&self, value: impl Into<V>) -> Result<(), WriteError> {
        let value = value.into().into_value();
        self.node
            .cell
            .write(|transaction| transaction.map_set(&self.node.id, &self.key, New::Value(value)).map(drop))
    }

    /// Deletes the field: it reads as its type's default again.
    ///
    /// # Errors
    /// None at present; fallible like every write.
    pub fn clear(&self) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| {
            transaction.map_delete(&self.node.id, &self.key);
            Ok(())
        })
    }
}

impl<V> FieldRef<V> {
    /// Undo and redo of this program's own writes to the document that the field lies in.
    pub fn undo_manager(&self) -> UndoManager {
        UndoManager::new(self.node.cell.clone())
    }
}

impl<V: FieldValue> Observable for FieldRef<V> {
    type Value = V;

    fn get(&self) -> Result<V, ReadError> {
        self.node.cell.read(|state| {
            let slot = state.map(&self.node.id).and_then(|map| map.get(&self.key));
            read_slot(slot, &self.key)
        })
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.node.watch(Target::Field(self.node.id.clone(), self.key.clone()), callback)
    }
}

/// What a slot holds as `V`; nothing reads as the default.
pub(super) fn read_slot<V: FieldValue>(slot: Option<&Slot>, place: &str) -> Result<V, ReadError> {
    let found = match slot {
        None => return Ok(V::default()),
        Some(Slot::Container { .. }) => "container",
        Some(Slot::Value(value)) => match V::from_value(value) {
            Some(value) => return Ok(value),
            None => value.kind_name(),
        },
    };
    Err(ReadError::WrongType { field: place.to_owned(), expected: V::EXPECTED, found })
}

impl<V> Clone for FieldRef<V> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), key: self.key.clone(), kind: PhantomData }
    }
}

impl<V> PartialEq for FieldRef<V> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node && self.key == other.key
    }
}

impl<V> fmt::Debug for FieldRef<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldRef").field("node", &self.node).field("key", &self.key).finish()
    }
}
