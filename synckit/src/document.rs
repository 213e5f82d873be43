//! One replicated document: its containers, its version, what is live of its log, and the transactions that change it.
//!
//! Everything that changes a document passes through [`DocumentState`]: local transactions, remote changes, other tabs'
//! changes and the load from disk. There is no I/O, no clock and no lock in here.

mod apply;
mod delta;
pub(crate) mod edit;
mod error;
pub(crate) mod event;
#[cfg_attr(not(feature = "history"), path = "document/no_history.rs")]
pub(crate) mod history;
pub(crate) mod journal;
mod parked;
mod recent;
mod reissue;
#[cfg_attr(not(feature = "sets"), path = "document/no_set.rs")]
mod set;
mod snapshot;
mod stand_in;
mod state;
#[cfg(feature = "text")]
pub(crate) mod text;
#[cfg(feature = "text")]
mod text_snapshot;
#[cfg_attr(not(feature = "text"), path = "document/no_text.rs")]
mod text_undo;
pub(crate) mod transaction;
#[cfg(feature = "text")]
mod typing;
pub(crate) mod undo;

pub use apply::Applied;
pub use error::{ApplyError, WriteError};
pub use event::Origin;
#[cfg(feature = "history")]
pub use history::{Checkpoint, CheckpointId, HistoryEntry, HistoryError};
pub use state::DocumentState;

#[cfg(test)]
mod tests;
