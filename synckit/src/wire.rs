//! What leaves memory: the protobuf messages of `proto/synckit/v1`, read with limits.
//!
//! [`Change`] and [`Update`] are read by their headers alone; the operations inside are read when they are applied.

mod fields;
pub(crate) mod generated;
pub(crate) mod limits;
mod message;
pub(crate) mod operations;
mod table;
#[cfg_attr(not(feature = "text"), path = "wire/no_text.rs")]
mod text;
#[cfg(feature = "text")]
pub(crate) mod text_snapshot;
mod update;

pub use limits::{DecodeError, Limits};
pub use message::{FailureCode, Message, NackCode, PROTOCOL, PeerId};
pub use update::{Change, Snapshot, Update};

pub(crate) use message::{decode_version, encode_version};
pub(crate) use table::{decode_value, encode_value};
