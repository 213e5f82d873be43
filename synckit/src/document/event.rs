//! What a transaction or an update touched, for those who watch.

use std::sync::Arc;

use crate::crdt::container::ContainerId;
use crate::few::Few;
use crate::hash::Index;
use crate::version::Dot;

/// Where a change came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A transaction of this program.
    Local,
    /// The server.
    Remote,
    /// An undo or redo of this program.
    Undo,
    /// The store on this device: the start of the program, or another tab.
    Load,
}

/// A place in a document that can be watched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// One key of a map.
    Field(ContainerId, Arc<str>),
    /// The container's own content: the keys of a map, the order of a list, a counter's value, a set's elements.
    Content(ContainerId),
    /// The value of one list item.
    Item(ContainerId, Dot),
    /// A container and everything inside it.
    Deep(ContainerId),
}

impl Target {
    /// The container it lies in.
    pub(crate) fn container(&self) -> &ContainerId {
        match self {
            Self::Field(id, _) | Self::Content(id) | Self::Item(id, _) | Self::Deep(id) => id,
        }
    }
}

/// Places up to which looking through all of them is faster than hashing.
const FEW: usize = 16;

/// Everything one transaction or update touched, each place once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched {
    places: Few<Target>,
    /// Where each of them is, once there are many.
    many: Index,
    /// Set when nobody would be told.
    is_ignored: bool,
}

impl Touched {
    /// Whether places are kept from now on.
    pub(crate) fn set_watched(&mut self, is_watched: bool) {
        self.is_ignored = !is_watched;
    }

    pub(crate) fn insert(&mut self, place: Target) {
        if self.is_ignored {
            return;
        }
        let len = self.places.len();
        if len < FEW {
            if !self.places.iter().any(|other| *other == place) {
                self.places.push(place);
            }
            return;
        }
        if self.many.is_empty() {
            self.places.iter().enumerate().for_each(|(at, place)| self.many.add(place, at));
        }
        if self.many.find(&place, |at| self.places.get(at) == Some(&place)).is_none() {
            self.many.add(&place, len);
            self.places.push(place);
        }
    }

    pub(crate) fn clear(&mut self) {
        if self.places.is_empty() {
            return;
        }
        self.places.clear();
        if !self.many.is_empty() {
            self.many = Index::default();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Target> {
        self.places.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, Touched};
    use crate::crdt::container::ContainerId;

    #[test]
    fn each_place_is_there_once() {
        let mut touched = Touched::default();
        assert!(touched.is_empty());
        for round in 0..3 {
            for key in 0..(4 << (2 * round)) {
                touched.insert(Target::Field(ContainerId::Root, format!("{key}").into()));
            }
        }
        let keys = touched.iter().map(|place| match place {
            Target::Field(_, key) => key.parse::<u32>().unwrap(),
            _ => panic!(),
        });
        assert!(keys.eq(0..64));
    }
}
