//! Handles of documents and what is in them: cheap to clone, usable from any thread, never dangling.
//!
//! Every handle is an [`Observable`]: it can be read, looked at, subscribed to and streamed.

mod counter;
#[cfg(feature = "text")]
mod cursor;
mod document;
mod error;
mod field;
mod follow;
#[cfg(feature = "history")]
mod history;
#[cfg(feature = "json")]
mod json;
mod list;
mod map;
mod node;
mod observable;
mod plain;
mod schema;
#[cfg(feature = "sets")]
mod set;
mod state;
#[cfg(feature = "text")]
mod text;
#[cfg(all(feature = "history", feature = "text"))]
mod text_history;
#[cfg(feature = "text")]
mod text_read;
mod undo;

pub use counter::CounterRef;
#[cfg(feature = "text")]
pub use cursor::Cursor;
pub use document::{Document, DocumentRef, ImportError};
pub use error::ReadError;
pub use field::FieldRef;
pub use follow::{CounterChange, CounterDelta, Delta, Follower, ListDelta, ListStep, MapChange, MapDelta};
#[cfg(feature = "sets")]
pub use follow::{SetChange, SetDelta};
#[cfg(feature = "text")]
pub use follow::{TextDelta, TextFollower};
#[cfg(feature = "history")]
pub use history::{History, HistoryState};
#[cfg(feature = "json")]
pub use json::{Json, JsonRef};
pub use list::{Element, ElementId, ElementPlace, ItemRef, ListRef, NewElement};
pub use map::MapRef;
pub use node::Node;
pub use observable::{Observable, ValueStream};
#[cfg(feature = "sets")]
pub use plain::Set;
pub use plain::{Counter, List, Map};
pub use schema::{Name, Schema};
#[cfg(feature = "sets")]
pub use set::SetRef;
pub use state::{DocumentStatusRef, FlushError};
#[cfg(feature = "text")]
pub use text::{Text, TextRef, TextSpan};
#[cfg(all(feature = "history", feature = "text"))]
pub use text_history::BlameSpan;
#[cfg(feature = "text")]
pub use text_read::{TextChars, TextChunks};
pub use undo::{UndoManager, UndoState};
