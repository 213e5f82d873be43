//! Plain values of containers, for the fields of a `#[derive(Document)]` struct.

use std::collections::BTreeMap;
#[cfg(feature = "sets")]
use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::counter::CounterRef;
use super::error::ReadError;
use super::list::{Element, ListRef};
use super::map::MapRef;
use super::node::Node;
use super::observable::Observable;
use super::schema::Schema;
#[cfg(feature = "sets")]
use super::set::SetRef;
use crate::document::WriteError;
#[cfg(feature = "sets")]
use crate::value::FieldValue;

/// The value of a counter at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Counter(pub i64);

impl Schema for Counter {
    type Ref = CounterRef;

    fn at(node: &Node, key: &Arc<str>) -> CounterRef {
        node.counter(key.clone())
    }

    fn read(node: &Node, key: &Arc<str>) -> Result<Self, ReadError> {
        Self::at(node, key).get().map(Self)
    }

    fn write(&self, node: &Node, key: &Arc<str>) -> Result<(), WriteError> {
        let counter = Self::at(node, key);
        let now = counter.get().unwrap_or(0);
        counter.increment(self.0.checked_sub(now).ok_or(WriteError::Overflow)?)
    }
}

macro_rules! wrapper {
    ($(#[$doc:meta])* $name:ident<$param:ident>, $inner:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name<$param>(pub $inner);

        impl<$param> Default for $name<$param> {
            fn default() -> Self {
                Self(Default::default())
            }
        }

        impl<$param> Deref for $name<$param> {
            type Target = $inner;

            fn deref(&self) -> &$inner {
                &self.0
            }
        }

        impl<$param> DerefMut for $name<$param> {
            fn deref_mut(&mut self) -> &mut $inner {
                &mut self.0
            }
        }

        impl<$param> From<$inner> for $name<$param> {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }
    };
}

#[cfg(feature = "sets")]
wrapper! {
    /// The elements of a set at one moment.
    Set<V>, BTreeSet<V>
}
wrapper! {
    /// The elements of a list at one moment.
    List<T>, Vec<T>
}
wrapper! {
    /// The entries of a map at one moment.
    Map<T>, BTreeMap<String, T>
}

#[cfg(feature = "sets")]
impl<V: FieldValue + Ord> Schema for Set<V> {
    type Ref = SetRef<V>;

    fn at(node: &Node, key: &Arc<str>) -> SetRef<V> {
        node.set(key.clone())
    }

    fn read(node: &Node, key: &Arc<str>) -> Result<Self, ReadError> {
        Self::at(node, key).get().map(Self)
    }

    fn write(&self, node: &Node, key: &Arc<str>) -> Result<(), WriteError> {
        let set = Self::at(node, key);
        let now = set.get().unwrap_or_default();
        for gone in now.difference(&self.0) {
            set.remove(gone)?;
        }
        for new in self.0.difference(&now) {
            set.insert(new.clone())?;
        }
        Ok(())
    }
}

impl<T: Element + PartialEq> Schema for List<T> {
    type Ref = ListRef<T>;

    fn at(node: &Node, key: &Arc<str>) -> ListRef<T> {
        node.list(key.clone())
    }

    fn read(node: &Node, key: &Arc<str>) -> Result<Self, ReadError> {
        Self::at(node, key).elements().iter().map(T::read).collect::<Result<_, _>>().map(Self)
    }

    /// Elements at the front and back that are the same stay as they are; what is between is replaced.
    fn write(&self, node: &Node, key: &Arc<str>) -> Result<(), WriteError> {
        let list = Self::at(node, key);
        let now: Vec<Option<T>> = list.elements().iter().map(|element| T::read(element).ok()).collect();
        let same = |pair: &(&Option<T>, &T)| pair.0.as_ref() == Some(pair.1);
        let front = now.iter().zip(&self.0).take_while(same).count();
        let back = now[front..].iter().rev().zip(self.0[front..].iter().rev()).take_while(same).count();
        list.remove_range(front, now.len() - back)?;
        for (offset, value) in self.0[front..self.0.len() - back].iter().enumerate() {
            list.insert(front + offset, value.clone())?;
        }
        Ok(())
    }
}

impl<T: Element + PartialEq> Schema for Map<T> {
    type Ref = MapRef<T>;

    fn at(node: &Node, key: &Arc<str>) -> MapRef<T> {
        node.map(key.clone())
    }

    fn read(node: &Node, key: &Arc<str>) -> Result<Self, ReadError> {
        let entries = Self::at(node, key).entries();
        let read = |(key, element): (String, T::Ref)| Ok((key, T::read(&element)?));
        entries.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self, node: &Node, key: &Arc<str>) -> Result<(), WriteError> {
        let map = Self::at(node, key);
        let now = map.entries();
        for gone in now.keys().filter(|key| !self.0.contains_key(*key)) {
            map.remove(gone)?;
        }
        for (key, value) in &self.0 {
            let same = now.get(key).is_some_and(|element| T::read(element).ok().as_ref() == Some(value));
            if !same {
                map.insert(key, value.clone())?;
            }
        }
        Ok(())
    }
}
