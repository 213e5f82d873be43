//! A container of a document, untyped: what generated handles are made of.

use std::fmt;
use std::sync::Arc;

use super::counter::CounterRef;
use super::document::Document;
use super::field::FieldRef;
use super::list::{Element, ElementId, ElementPlace, ListRef};
use super::map::MapRef;
#[cfg(feature = "sets")]
use super::set::SetRef;
#[cfg(feature = "text")]
use super::text::TextRef;
use crate::client::Subscription;
use crate::client::cell::{DocumentCell, Watch};
use crate::crdt::container::{ContainerId, Kind};
use crate::document::event::Target;
use crate::value::FieldValue;
use crate::version::{Dot, ReplicaId};

/// A map container in a document: the root, a nested document, or an element of a list. `#[derive(Document)]` makes
/// typed handles of it.
#[derive(Clone)]
pub struct Node {
    pub(crate) cell: Arc<DocumentCell>,
    pub(crate) id: ContainerId,
}

impl Node {
    pub(crate) fn root(cell: Arc<DocumentCell>) -> Self {
        Self { cell, id: ContainerId::Root }
    }

    pub(crate) fn new(cell: &Arc<DocumentCell>, id: ContainerId) -> Self {
        Self { cell: cell.clone(), id }
    }

    pub(crate) fn created(holder: &Node, dot: Dot, kind: Kind) -> Self {
        Self::new(&holder.cell, ContainerId::Created { dot, kind })
    }

    /// The node of an element that is a document.
    #[doc(hidden)]
    pub fn of_element(place: ElementPlace) -> Self {
        place.node.unwrap_or_else(|| Self::created(&place.holder, place.id, Kind::Map))
    }

    /// The element that it is; of a document's root and what a schema nests in it, the id that reads `root`.
    pub fn id(&self) -> ElementId {
        match self.id {
            ContainerId::Created { dot, .. } => ElementId(dot),
            _ => ElementId(Dot::new(ReplicaId::new(1), 0)),
        }
    }

    /// The field under a key.
    pub fn field<V: FieldValue>(&self, key: impl Into<Arc<str>>) -> FieldRef<V> {
        FieldRef::new(self.clone(), key.into())
    }

    /// The counter under a key.
    pub fn counter(&self, key: impl Into<Arc<str>>) -> CounterRef {
        CounterRef::new(self.child(key, Kind::Counter))
    }

    /// The text under a key.
    #[cfg(feature = "text")]
    pub fn text(&self, key: impl Into<Arc<str>>) -> TextRef {
        TextRef::new(self.child(key, Kind::Text))
    }

    /// The set under a key.
    #[cfg(feature = "sets")]
    pub fn set<V: FieldValue>(&self, key: impl Into<Arc<str>>) -> SetRef<V> {
        SetRef::new(self.child(key, Kind::Set))
    }

    /// The list under a key.
    pub fn list<T: Element>(&self, key: impl Into<Arc<str>>) -> ListRef<T> {
        ListRef::new(self.child(key, Kind::List))
    }

    /// The map under a key.
    pub fn map<T: Element>(&self, key: impl Into<Arc<str>>) -> MapRef<T> {
        MapRef::new(self.child(key, Kind::Map))
    }

    /// The document nested under a key.
    pub fn document<T: Document>(&self, key: impl Into<Arc<str>>) -> T::Ref {
        T::at(self.child(key, Kind::Map))
    }

    /// The node of the document nested under a key.
    #[doc(hidden)]
    pub fn nested(&self, key: &Arc<str>) -> Self {
        self.child(key.clone(), Kind::Map)
    }

    /// The id of the document it lies in.
    pub fn document_id(&self) -> &str {
        self.cell.id()
    }

    /// Calls back when anything inside changed.
    pub fn observe_all(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.watch(Target::Deep(self.id.clone()), callback)
    }

    /// How many callbacks watch the document it lies in: for tests that look for leaks. O(callbacks).
    pub fn observer_count(&self) -> usize {
        self.cell.observer_count()
    }

    pub(crate) fn observe_content(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.watch(Target::Content(self.id.clone()), callback)
    }

    pub(crate) fn watch(&self, target: Target, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.cell.observe(Watch::Place(target), callback)
    }

    pub(crate) fn child(&self, key: impl Into<Arc<str>>, kind: Kind) -> Self {
        Self { cell: self.cell.clone(), id: self.id.child(key, kind) }
    }
}

/// Two handles are equal when they are of the same container of the same open document.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cell, &other.cell) && self.id == other.id
    }
}

impl Eq for Node {}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("document", self.cell.id()).field("container", &self.id).finish()
    }
}
