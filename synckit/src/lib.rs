//! Local-first state sync for Rust GUIs: documents, lists, counters and sets as observable values.

mod client;
mod crdt;
pub mod document;
mod handle;
pub mod platform;
pub mod storage;
pub mod sync;
pub mod transport;
pub mod value;
pub mod version;
pub mod wire;

pub use client::status::{Connection, DocumentStatus, LoadState, Refusal, RefusalCode, Status, Tier};
pub use client::{Builder, ConnectError, Presence, StatusRef, Subscription, SyncKit};
pub use document::WriteError;
pub use handle::{
    Counter, CounterRef, Document, DocumentRef, DocumentStatusRef, Element, ElementId, FieldRef, FlushError,
    ImportError, ItemRef, List, ListRef, Map, MapRef, Node, Observable, ReadError, Schema, Set, SetRef,
    UndoManager, UndoState, ValueStream,
};
#[cfg(feature = "json")]
pub use handle::{Json, JsonRef};
pub use synckit_macros::{Document, FieldValue};
pub use value::{FieldValue, Value};
pub use wire::PeerId;

/// What generated code refers to.
#[doc(hidden)]
pub mod generated {
    pub use crate::handle::{ElementPlace, NewElement};
    pub use std::sync::Arc;
}

/// The traits and types that most programs use.
pub mod prelude {
    pub use crate::{
        Counter, CounterRef, Document, DocumentRef, ElementId, FieldRef, FieldValue, List, ListRef, Map,
        MapRef, Observable, Set, SetRef, Subscription, SyncKit, Tier,
    };
}
