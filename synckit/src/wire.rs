//! What leaves memory: the messages of `proto/synckit/v1`, and the bytes of changes and texts inside of them, read with limits.
//!
//! [`Change`] and [`Update`] are read by their headers alone; the operations inside are read when they are applied.

pub(crate) mod bytes;
#[cfg_attr(not(feature = "compression"), path = "wire/no_compression.rs")]
mod compression;
#[cfg(feature = "text")]
pub(crate) mod edit;
mod fields;
#[cfg(test)]
mod generated;
#[cfg(feature = "history")]
pub(crate) mod history;
pub(crate) mod limits;
mod list;
mod message;
mod names;
pub(crate) mod operations;
mod pace;
pub(crate) mod reader;
#[cfg_attr(not(feature = "sets"), path = "wire/no_set.rs")]
mod set;
#[cfg_attr(not(feature = "text"), path = "wire/no_text.rs")]
mod text;
#[cfg(feature = "text")]
pub(crate) mod text_snapshot;
mod update;
mod value;

pub use limits::{DecodeError, Limits};
pub use message::{FailureCode, Message, NackCode, PROTOCOL, PeerId};
pub use update::{Change, Snapshot, Update};

pub(crate) use message::{decode_version, encode_version};
pub(crate) use value::{decode_value, encode_value};
