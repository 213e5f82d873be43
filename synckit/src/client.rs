//! What a program holds: the [`SyncKit`] handle, open documents, their status, and the loop that drives them.

mod builder;
pub(crate) mod cell;
mod driver;
pub(crate) mod inbox;
pub(crate) mod observers;
pub(crate) mod presence;
pub(crate) mod shared;
pub(crate) mod status;
mod synckit;
mod writer;

pub use builder::{Builder, ConnectError};
pub use observers::Subscription;
pub use presence::Presence;
pub use synckit::{StatusRef, SyncKit};
