//! A map with keys that are not known beforehand.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::error::ReadError;
use super::list::{Element, ElementPlace};
use super::node::Node;
use super::observable::Observable;
use crate::client::Subscription;
use crate::crdt::container::Slot;
use crate::document::WriteError;
use crate::document::edit::New;
use crate::version::{Dot, ReplicaId};

/// A map: per key the last writer wins. Its elements are plain values or documents.
///
/// As an observable it tells the keys with a handle each, and calls back when any of them is written or removed.
pub struct MapRef<T> {
    pub(super) node: Node,
    kind: PhantomData<fn() -> T>,
}

impl<T: Element> MapRef<T> {
    pub(super) fn new(node: Node) -> Self {
        Self { node, kind: PhantomData }
    }

    /// Writes a key of at most 1 KiB. What was there before is replaced as a whole. Returns the new element's handle.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`].
    pub fn insert(&self, key: &str, value: T) -> Result<T::Ref, WriteError> {
        let node = &self.node;
        let set = |new| {
            node.cell.write(|transaction| {
                let key = transaction.map_key(&node.id, key);
                Ok((transaction.map_set(&node.id, &key, new)?, key))
            })
        };
        let element = |(id, key), created| {
            T::element(ElementPlace { holder: node.clone(), id, key: Some(key), node: created })
        };
        match value.create().0 {
            new @ New::Value(_) => Ok(element(set(new)?, None)),
            new @ New::Container(kind) => node.cell.update(|| {
                let set = set(new)?;
                let created = Node::created(node, set.0, kind);
                let element = element(set, Some(created));
                value.fill(&element)?;
                Ok(element)
            }),
        }
    }

    /// Removes a key; nothing happens when it is not there.
    ///
    /// # Errors
    /// None at present; fallible like every write.
    pub fn remove(&self, key: &str) -> Result<(), WriteError> {
        let key = Arc::from(key);
        self.node.cell.write(|transaction| {
            transaction.map_delete(&self.node.id, &key);
            Ok(())
        })
    }

    /// The handle of what is under a key. O(log n).
    pub fn entry(&self, key: &str) -> Option<T::Ref> {
        self.node.cell.read(|state| {
            let slot = state.map(&self.node.id)?.get(key)?;
            Some(self.handle(Arc::from(key), slot))
        })
    }

    /// The keys, ascending, each with its handle.
    pub fn entries(&self) -> BTreeMap<String, T::Ref> {
        self.node.cell.read(|state| {
            let entries = state.map(&self.node.id).into_iter().flat_map(|map| map.iter());
            entries.map(|(key, slot)| (key.to_string(), self.handle(key.clone(), slot))).collect()
        })
    }

    fn handle(&self, key: Arc<str>, slot: &Slot) -> T::Ref {
        let container = slot.container();
        let id = match slot {
            Slot::Container { dot, .. } => *dot,
            Slot::Value(_) => Dot::new(ReplicaId::new(1), 0),
        };
        let node = container.map(|id| Node::new(&self.node.cell, id));
        T::element(ElementPlace { holder: self.node.clone(), id, key: Some(key), node })
    }
}

impl<T: Element> Observable for MapRef<T> {
    type Value = BTreeMap<String, T::Ref>;

    fn get(&self) -> Result<Self::Value, ReadError> {
        Ok(self.entries())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.node.observe_content(callback)
    }
}

impl<T> Clone for MapRef<T> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), kind: PhantomData }
    }
}

impl<T> PartialEq for MapRef<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T> fmt::Debug for MapRef<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapRef").field("node", &self.node).finish()
    }
}
