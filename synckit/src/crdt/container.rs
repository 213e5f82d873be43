//! How containers are known, and what each holds.

use std::sync::Arc;

use super::counter::CounterState;
use super::list::ListState;
use super::map::MapState;
use super::operation::Live;
use super::set::SetState;
use super::text::TextState;
use crate::value::Value;
use crate::version::{Dot, VersionVector};

/// What a container holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Map,
    List,
    Counter,
    #[cfg(feature = "sets")]
    Set,
    #[cfg(feature = "text")]
    Text,
    /// A map of what belongs to the document's history.
    #[cfg(feature = "history")]
    History,
}

/// How all replicas know a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ContainerId {
    /// The map at the root of the document.
    Root,
    /// Declared by a schema: the same for everybody who opens the document, whoever comes first.
    Place(Arc<Place>),
    /// Created by an operation.
    Created { dot: Dot, kind: Kind },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) parent: ContainerId,
    pub(crate) key: Arc<str>,
    pub(crate) kind: Kind,
}

impl ContainerId {
    pub(crate) fn child(&self, key: impl Into<Arc<str>>, kind: Kind) -> Self {
        Self::Place(Arc::new(Place { parent: self.clone(), key: key.into(), kind }))
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Root => Kind::Map,
            Self::Place(place) => place.kind,
            Self::Created { kind, .. } => *kind,
        }
    }

    /// Whether a schema declares it at the root, with this key and kind.
    pub(crate) fn is_field_of_root(&self, key: &str, kind: Kind) -> bool {
        matches!(self, Self::Place(place) if place.kind == kind && *place.key == *key && place.parent == Self::Root)
    }

    /// The same for all replicas, and another one for every container of a document.
    #[cfg(feature = "text")]
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Place(place) => format!("{}/{}", place.parent.name(), place.key.replace('/', "//")),
            Self::Created { dot, .. } => dot.to_string(),
        }
    }

    pub(crate) fn parent(&self) -> Option<&Self> {
        match self {
            Self::Place(place) => Some(&place.parent),
            _ => None,
        }
    }
}

/// What a register holds: a plain value, or a container inside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    Value(Value),
    Container { dot: Dot, kind: Kind },
}

impl Slot {
    /// The container in it, if there is one.
    pub(crate) fn container(&self) -> Option<ContainerId> {
        match self {
            Self::Container { dot, kind } => Some(ContainerId::Created { dot: *dot, kind: *kind }),
            Self::Value(_) => None,
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        match self {
            Self::Value(value) => value.byte_size(),
            Self::Container { .. } => 24,
        }
    }
}

/// A part of a container that operations act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// A key of a map.
    Key(Arc<str>),
    /// An item of a list.
    Item(Dot),
    /// So many items of a list that were inserted in one go, from this one on.
    Items(Dot, u64),
}

/// The state of one container.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Map(MapState),
    List(ListState),
    Counter(CounterState),
    #[cfg_attr(not(feature = "sets"), expect(dead_code, reason = "without sets it is never made"))]
    Set(SetState),
    #[cfg_attr(not(feature = "text"), expect(dead_code, reason = "without texts it is never made"))]
    Text(Box<TextState>),
}

impl Content {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Map => Self::Map(MapState::default()),
            Kind::List => Self::List(ListState::default()),
            Kind::Counter => Self::Counter(CounterState::default()),
            #[cfg(feature = "sets")]
            Kind::Set => Self::Set(SetState::default()),
            #[cfg(feature = "text")]
            Kind::Text => Self::Text(Box::default()),
            #[cfg(feature = "history")]
            Kind::History => Self::Map(MapState::default()),
        }
    }

    /// Hands every operation that is still live and that `known` lacks to `emit`, in no particular order.
    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        match self {
            Self::Map(map) => map.live(known, emit),
            Self::List(list) => list.live(known, emit),
            Self::Counter(counter) => counter.live(known, emit),
            Self::Set(set) => set.live(known, emit),
            Self::Text(text) => text.live(known, emit),
        }
    }

    /// [`live`](Self::live) for one part.
    pub(crate) fn live_at(&self, part: &Part, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        match (self, part) {
            (Self::Map(map), Part::Key(key)) => map.live_at(key, known, emit),
            (Self::List(list), Part::Item(item)) => list.live_at(*item, known, emit),
            (Self::List(list), Part::Items(first, count)) => {
                (first.seq..first.seq + count)
                    .for_each(|seq| list.live_at(Dot { seq, ..*first }, known, emit));
            }
            _ => self.live(known, emit),
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        match self {
            Self::Map(map) => map.byte_size(),
            Self::List(list) => list.byte_size(),
            Self::Counter(counter) => counter.byte_size(),
            Self::Set(set) => set.byte_size(),
            Self::Text(text) => text.byte_size(),
        }
    }
}
