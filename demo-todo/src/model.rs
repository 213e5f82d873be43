//! The documents of the program, and what it uses of SyncKit to work with them.

pub(crate) use synckit::prelude::*;
pub(crate) use synckit::{Connection, LoadState, PeerId, Status};
pub(crate) use synckit_leptos::{ConnectionBadge, ObservableExt, use_presence, use_status, use_synckit};

/// A list that is shared by whoever knows its address. Document `todo-list/<id>`.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct TodoList {
    pub(crate) title: String,
    pub(crate) todos: List<Todo>,
}

/// An entry of a list.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct Todo {
    pub(crate) title: String,
    pub(crate) done: bool,
    pub(crate) votes: Counter,
}

/// What this device knows by itself and tells nobody. Local document `home`.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct Home {
    /// The name others see.
    pub(crate) name: String,
    /// The lists that were opened here, the newest first.
    pub(crate) lists: List<SeenList>,
}

/// A list that was opened on this device.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct SeenList {
    /// The id in its address.
    pub(crate) list: String,
    /// Its title when it was open last.
    pub(crate) title: String,
}

/// What one person lets the others at a list know.
#[derive(FieldValue, Debug, Clone, PartialEq, Default)]
pub(crate) struct Me {
    pub(crate) name: String,
    /// The id of the entry that is being edited; empty when none is.
    pub(crate) editing: String,
}

/// The document of a list.
pub(crate) fn document_id(list: &str) -> String {
    format!("todo-list/{list}")
}
