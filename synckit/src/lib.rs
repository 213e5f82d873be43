//! Local-first state sync for Rust GUIs: documents, lists, counters and sets as observable values.
//!
//! A program holds a [`SyncKit`] client and opens documents by id. A document is a struct with `#[derive(Document)]`;
//! the derive makes a handle with one method for each field. Writes show at once, are stored on the device right after,
//! and reach the server when there is one. Replicas merge without conflicts, whatever order changes arrive in.
//!
//! ```
//! use synckit::prelude::*;
//!
//! #[derive(Document, Clone, Debug, Default, PartialEq)]
//! struct Todo {
//!     title: String,
//!     done: bool,
//!     votes: Counter,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // In a browser: SyncKit::builder(Web).url("wss://..").storage(WebStorage::open("my-app").await).connect().await?
//! let sync = SyncKit::in_memory(1);
//! let todo = sync.document::<Todo>("todo-123");
//! let _watch = todo.title().subscribe(|title| println!("{title}"));
//! todo.title().set("Buy milk")?;
//! todo.update(|todo| {
//!     todo.done().set(true)?;
//!     todo.votes().increment(1)
//! })?;
//! assert_eq!(todo.get()?, Todo { title: "Buy milk".into(), done: true, votes: Counter(1) });
//! todo.undo_manager().undo();
//! assert!(!todo.done().get()?);
//! # Ok(())
//! # }
//! ```
//!
//! The crate has no I/O of its own. A [`platform::Platform`] gives it time, chance and tasks, a [`storage::Storage`] the
//! device's disk, a [`transport::Transport`] the way to a server; `synckit-storage-web` implements all three for
//! browsers, `synckit-storage-native` for everything else. `synckit-leptos` and `synckit-dioxus` turn handles into signals.

mod client;
mod crdt;
pub mod document;
mod few;
mod handle;
mod hash;
pub mod platform;
#[cfg(feature = "text")]
pub mod sequence;
mod sorted;
mod steps;
pub mod storage;
pub mod sync;
pub mod transport;
pub mod value;
pub mod version;
pub mod wire;

pub use client::status::{Connection, DocumentStatus, LoadState, Refusal, RefusalCode, Status, Tier};
pub use client::{Builder, ConnectError, Presence, StatusRef, Subscription, SyncKit};
#[cfg(feature = "text")]
pub use crdt::marks::{Expand, Side};
#[cfg(feature = "text")]
pub use crdt::text::TextStep;
#[cfg(feature = "history")]
pub use document::{Checkpoint, CheckpointId, HistoryEntry, HistoryError};
pub use document::{Origin, WriteError};
#[cfg(all(feature = "history", feature = "text"))]
pub use handle::BlameSpan;
pub use handle::{
    Counter, CounterChange, CounterDelta, CounterRef, Delta, Document, DocumentRef, DocumentStatusRef,
    Element, ElementId, FieldRef, FlushError, Follower, ImportError, ItemRef, List, ListDelta, ListRef,
    ListStep, Map, MapChange, MapDelta, MapRef, Node, Observable, ReadError, Schema, UndoManager, UndoState,
    ValueStream,
};
#[cfg(feature = "text")]
pub use handle::{Cursor, Text, TextChars, TextChunks, TextDelta, TextFollower, TextRef, TextSpan};
#[cfg(feature = "history")]
pub use handle::{History, HistoryState};
#[cfg(feature = "json")]
pub use handle::{Json, JsonRef};
#[cfg(feature = "sets")]
pub use handle::{Set, SetChange, SetDelta, SetRef};
#[cfg(all(feature = "history", feature = "text"))]
pub use sequence::TextChange;
pub use synckit_macros::{Document, FieldValue};
pub use value::{FieldValue, IntoValue, Value};
pub use wire::PeerId;

/// What generated code refers to.
#[doc(hidden)]
pub mod generated {
    pub use crate::handle::{ElementPlace, Name, NewElement};
    pub use std::sync::Arc;
}

/// The traits and types that most programs use. Without `Set`: `leptos::prelude` has a trait of that name, and a program
/// that uses both preludes should not have to choose; import `synckit::Set` by name.
pub mod prelude {
    #[cfg(feature = "sets")]
    pub use crate::SetRef;
    pub use crate::{
        Counter, CounterRef, Document, DocumentRef, ElementId, FieldRef, FieldValue, List, ListRef, Map,
        MapRef, Observable, Subscription, SyncKit, Tier,
    };
    #[cfg(feature = "text")]
    pub use crate::{Text, TextRef};
}

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
