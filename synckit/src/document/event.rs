//! What a transaction or an update touched, for those who watch.

use std::collections::HashSet;
use std::sync::Arc;

use crate::crdt::container::ContainerId;
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

/// Everything one transaction or update touched, each place once.
pub(crate) type Touched = HashSet<Target>;
