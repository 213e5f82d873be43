//! SyncKit in the browser: storage that survives a reload, the browser's WebSocket, several tabs.
//!
//! - [`Web`] is the [`Platform`](synckit::platform::Platform): time, chance, tasks, hints about network and visibility.
//! - [`WebStorage`] is the [`Storage`](synckit::storage::Storage): a log in IndexedDB or in
//!   the origin private file system (OPFS), shared by all tabs of an origin.
//! - [`WebSocketTransport`] is the [`Transport`](synckit::transport::Transport).
//!
//! The crate is empty on targets other than `wasm32`, so that a workspace builds everywhere.
//!
//! # Limits
//! Document ids are 1 to 256 bytes, updates at most 64 MiB, record keys 1 to 300 bytes, records at most 1 MiB, names of
//! stores 1 to 64 bytes; a socket keeps at most 8 MiB that wait to be sent and takes frames of at most 65 MiB.
#![cfg(target_arch = "wasm32")]

mod backend;
mod builder;
mod error;
mod indexeddb;
mod lease;
pub mod limits;
mod opfs;
mod page;
mod queue;
pub mod socket;
mod store;
mod tabs;
mod task;
mod web;

pub use builder::{Backend, WebStorageBuilder};
pub use indexeddb::Durability;
pub use socket::WebSocketTransport;
pub use store::WebStorage;
pub use web::Web;
