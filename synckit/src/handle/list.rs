//! A list of elements that keep their identity when they move.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use super::error::ReadError;
use super::field::read_slot;
use super::node::Node;
use super::observable::Observable;
use crate::client::Subscription;
use crate::crdt::container::Kind;
use crate::crdt::list::{Item, ListState};
use crate::document::WriteError;
use crate::document::edit::New;
use crate::document::event::Target;
use crate::value::FieldValue;
use crate::version::{Dot, ParseDotError};

/// Names an element of a list, on every replica and across reloads. Its text is usable as a key in a user interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub(crate) Dot);

impl fmt::Display for ElementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.seq == 0 { f.write_str("root") } else { self.0.fmt(f) }
    }
}

impl FromStr for ElementId {
    type Err = ParseDotError;

    fn from_str(text: &str) -> Result<Self, ParseDotError> {
        text.parse().map(Self)
    }
}

/// What a list or a map can hold: plain values ([`FieldValue`]) and documents ([`Document`](super::Document)).
pub trait Element: Clone + Send + Sync + 'static {
    /// The handle of one element.
    type Ref: Clone + Send + Sync + 'static;

    #[doc(hidden)]
    fn element(place: ElementPlace) -> Self::Ref;

    #[doc(hidden)]
    fn create(&self) -> NewElement;

    /// Writes what a freshly created element holds.
    #[doc(hidden)]
    fn fill(&self, element: &Self::Ref) -> Result<(), WriteError>;

    #[doc(hidden)]
    fn read(element: &Self::Ref) -> Result<Self, ReadError>;
}

#[doc(hidden)]
#[derive(Debug)]
pub struct NewElement(pub(crate) New);

impl NewElement {
    /// A document, to be filled.
    pub fn document() -> Self {
        Self(New::Container(Kind::Map))
    }
}

/// Where an element is: in a list by its id, or in a map by its key.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub struct ElementPlace {
    pub(crate) holder: Node,
    pub(crate) id: Dot,
    pub(crate) key: Option<Arc<str>>,
    /// The container that the element is, if it is one.
    pub(crate) node: Option<Node>,
}

impl<V: FieldValue> Element for V {
    type Ref = ItemRef<V>;

    fn element(place: ElementPlace) -> ItemRef<V> {
        ItemRef { place, kind: PhantomData }
    }

    fn create(&self) -> NewElement {
        NewElement(New::Value(self.clone().into_value()))
    }

    fn fill(&self, _element: &ItemRef<V>) -> Result<(), WriteError> {
        Ok(())
    }

    fn read(element: &ItemRef<V>) -> Result<Self, ReadError> {
        element.get()
    }
}

/// A plain value in a list or a map.
pub struct ItemRef<V> {
    place: ElementPlace,
    kind: PhantomData<fn() -> V>,
}

impl<V: FieldValue> ItemRef<V> {
    /// The element's id.
    pub fn id(&self) -> ElementId {
        ElementId(self.place.id)
    }

    /// Replaces the value; the element keeps its id and place.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] when it was removed, [`WriteError::TooLarge`] beyond 1 MiB.
    pub fn set(&self, value: impl Into<V>) -> Result<(), WriteError> {
        let new = New::Value(value.into().into_value());
        let ElementPlace { holder, id, key, .. } = &self.place;
        holder.cell.write(|transaction| match key {
            Some(key) => transaction.map_set(&holder.id, key, new).map(drop),
            None => transaction.list_set(&holder.id, *id, new),
        })
    }
}

impl<V: FieldValue> Observable for ItemRef<V> {
    type Value = V;

    fn get(&self) -> Result<V, ReadError> {
        let ElementPlace { holder, id, key, .. } = &self.place;
        holder.cell.read(|state| {
            let slot = match key {
                Some(key) => state.map(&holder.id).and_then(|map| map.get(key)),
                None => {
                    let item = state.list(&holder.id).and_then(|list| list.item(*id));
                    item.filter(|item| item.visible()).and_then(Item::slot)
                }
            };
            read_slot(Some(slot.ok_or(ReadError::NotFound)?), "element")
        })
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        let ElementPlace { holder, id, key, .. } = &self.place;
        let target = match key {
            Some(key) => Target::Field(holder.id.clone(), key.clone()),
            None => Target::Item(holder.id.clone(), *id),
        };
        holder.watch(target, callback)
    }
}

impl<V> Clone for ItemRef<V> {
    fn clone(&self) -> Self {
        Self { place: self.place.clone(), kind: PhantomData }
    }
}

impl<V> PartialEq for ItemRef<V> {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl<V> fmt::Debug for ItemRef<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemRef({})", self.place.id)
    }
}

/// A list. Elements keep their id when they move; concurrent moves of one element end at one place.
///
/// As an observable it tells which elements there are and in which order; what is inside them is told by their own
/// handles.
pub struct ListRef<T> {
    pub(super) node: Node,
    kind: PhantomData<fn() -> T>,
}

impl<T: Element> ListRef<T> {
    pub(super) fn new(node: Node) -> Self {
        Self { node, kind: PhantomData }
    }

    /// Appends an element. Returns its handle.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`] when a value in it is over 1 MiB.
    pub fn push(&self, value: T) -> Result<T::Ref, WriteError> {
        let node = &self.node;
        match value.create().0 {
            new @ New::Value(_) => {
                let id = node.cell.write(|transaction| {
                    let len = transaction.state.list(&node.id).map_or(0, ListState::len);
                    transaction.list_insert(&node.id, len, new)
                })?;
                Ok(T::element(self.place_with(id, None)))
            }
            New::Container(_) => node.cell.update(|| self.insert(self.len(), value)),
        }
    }

    /// Inserts elements before the one at `index`, in their order and as one transaction: their places stay short, wherever they
    /// are. O(log n) to find the place.
    ///
    /// # Errors
    /// As [`insert`](Self::insert); then none of them is there.
    pub fn insert_all(&self, index: usize, values: impl IntoIterator<Item = T>) -> Result<(), WriteError> {
        let node = &self.node;
        let values: Vec<T> = values.into_iter().collect();
        node.cell.update(|| {
            let new: Vec<New> = values.iter().map(|value| value.create().0).collect();
            let kind = if let Some(New::Container(kind)) = new.first() { Some(*kind) } else { None };
            let ids = node.cell.write(|transaction| transaction.list_insert_all(&node.id, index, new))?;
            for (value, id) in values.iter().zip(ids).filter(|_| kind.is_some()) {
                let created = kind.map(|kind| Node::created(node, id, kind));
                value.fill(&T::element(self.place_with(id, created)))?;
            }
            Ok(())
        })
    }

    /// Inserts before the element at `index`. Returns the new element's handle. O(log n) to find the place.
    ///
    /// # Errors
    /// [`WriteError::OutOfBounds`] past the end; [`WriteError::TooLarge`].
    pub fn insert(&self, index: usize, value: T) -> Result<T::Ref, WriteError> {
        let node = &self.node;
        let insert = |new| node.cell.write(|transaction| transaction.list_insert(&node.id, index, new));
        match value.create().0 {
            new @ New::Value(_) => Ok(T::element(self.place_with(insert(new)?, None))),
            new @ New::Container(kind) => node.cell.update(|| {
                let id = insert(new)?;
                let element = T::element(self.place_with(id, Some(Node::created(node, id, kind))));
                value.fill(&element)?;
                Ok(element)
            }),
        }
    }

    /// Removes an element.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] when it is not there any more.
    pub fn remove(&self, id: ElementId) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| transaction.list_delete(&self.node.id, id.0).map(drop))
    }

    /// Removes the elements from `from` up to, not including, `to`, as one transaction.
    ///
    /// # Errors
    /// [`WriteError::OutOfBounds`] when `to` is past the end.
    pub fn remove_range(&self, from: usize, to: usize) -> Result<(), WriteError> {
        let node = &self.node;
        node.cell.write(|transaction| {
            let list = transaction.state.list(&node.id);
            let len = list.map_or(0, ListState::len);
            if to > len {
                return Err(WriteError::OutOfBounds { index: to, len });
            }
            let items = list.into_iter().flat_map(ListState::iter).take(to).skip(from);
            let items: Vec<Dot> = items.map(|item| item.id).collect();
            items.into_iter().try_for_each(|item| transaction.list_delete(&node.id, item).map(drop))
        })
    }

    /// Moves an element so that it stands at `index` afterwards.
    ///
    /// # Errors
    /// [`WriteError::NotFound`], [`WriteError::OutOfBounds`].
    pub fn move_to(&self, id: ElementId, index: usize) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| transaction.list_move(&self.node.id, id.0, index))
    }

    /// Moves an element in front of another one, or to the end.
    ///
    /// # Errors
    /// [`WriteError::NotFound`] when either is not there any more.
    pub fn move_before(&self, id: ElementId, before: Option<ElementId>) -> Result<(), WriteError> {
        if before == Some(id) {
            return Ok(());
        }
        self.node.cell.write(|transaction| {
            let list = transaction.state.list(&self.node.id).ok_or(WriteError::NotFound)?;
            let from = list.index_of(id.0).ok_or(WriteError::NotFound)?;
            let to = match before {
                Some(before) => list.index_of(before.0).ok_or(WriteError::NotFound)?,
                None => list.len(),
            };
            let index = if to > from { to - 1 } else { to };
            transaction.list_move(&self.node.id, id.0, index)
        })
    }

    /// The handle of an element, if it is there.
    pub fn element(&self, id: ElementId) -> Option<T::Ref> {
        self.with_list(|list| list.item(id.0).filter(|item| item.visible()).map(|item| self.handle(item)))
            .flatten()
    }

    /// The handle of the element at an index. O(1).
    pub fn at(&self, index: usize) -> Option<T::Ref> {
        self.with_list(|list| list.at(index).map(|item| self.handle(item))).flatten()
    }

    /// Where an element stands. O(log n).
    pub fn index_of(&self, id: ElementId) -> Option<usize> {
        self.with_list(|list| list.index_of(id.0)).flatten()
    }

    /// The elements in order.
    pub fn elements(&self) -> Vec<T::Ref> {
        self.with_list(|list| list.iter().map(|item| self.handle(item)).collect()).unwrap_or_default()
    }

    /// The plain values in order, all of one moment. Cheaper than to ask one element after the other.
    ///
    /// # Errors
    /// [`ReadError::WrongType`] when one of them is something else.
    pub fn values(&self) -> Result<Vec<T>, ReadError>
    where
        T: FieldValue,
    {
        let value = |item: &Item| read_slot(item.slot(), "element");
        self.with_list(|list| list.iter().map(value).collect()).unwrap_or_else(|| Ok(Vec::new()))
    }

    /// How many elements there are. O(1).
    pub fn len(&self) -> usize {
        self.with_list(ListState::len).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn with_list<R>(&self, look: impl FnOnce(&ListState) -> R) -> Option<R> {
        self.node.cell.read(|state| state.list(&self.node.id).map(look))
    }

    pub(super) fn handle(&self, item: &Item) -> T::Ref {
        let container = item.slot().and_then(|slot| slot.container());
        T::element(self.place_with(item.id, container.map(|id| Node::new(&self.node.cell, id))))
    }

    fn place_with(&self, id: Dot, node: Option<Node>) -> ElementPlace {
        ElementPlace { holder: self.node.clone(), id, key: None, node }
    }
}

impl<T: Element> Observable for ListRef<T> {
    type Value = Vec<T::Ref>;

    fn get(&self) -> Result<Vec<T::Ref>, ReadError> {
        Ok(self.elements())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.node.observe_content(callback)
    }
}

impl<T> Clone for ListRef<T> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), kind: PhantomData }
    }
}

impl<T> PartialEq for ListRef<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T> fmt::Debug for ListRef<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListRef").field("node", &self.node).finish()
    }
}
