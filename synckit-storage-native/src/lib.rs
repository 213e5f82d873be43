//! SyncKit outside the browser: a SQLite file, the native WebSocket, several processes.
//!
//! - [`Native`] is the [`Platform`](synckit::platform::Platform): time, chance, and tasks on a tokio runtime; where there
//!   is none it brings its own.
//! - [`NativeStorage`] is the [`Storage`](synckit::storage::Storage): one SQLite file, which several processes may use at
//!   once.
//! - [`WebSocketTransport`] is the [`Transport`](synckit::transport::Transport), with TLS by rustls.
//!
//! It serves command line programs, services, Tauri and Dioxus desktop alike. The crate is empty on `wasm32`, so that a
//! workspace builds everywhere; `synckit-storage-web` is its counterpart there.
//!
//! ```
//! use synckit::prelude::*;
//! use synckit_storage_native::{Native, NativeStorage};
//!
//! #[derive(Document, Clone, Debug, Default, PartialEq)]
//! struct Note {
//!     title: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("notes.sqlite");
//! let storage = NativeStorage::open_at(&file).await?;
//! let sync = SyncKit::builder(Native::new()?).storage(storage).connect().await?;
//! let note = sync.document::<Note>("note-1");
//! note.title().set("Buy milk")?;
//! note.flush(Tier::Device).await?; // on the disk
//! assert_eq!(note.title().get()?, "Buy milk");
//! # Ok(())
//! # }
//! ```
//!
//! In the place that the operating system has for a program's data, and shared:
//!
//! ```no_run
//! # use synckit::prelude::*;
//! # use synckit_storage_native::{Native, NativeStorage};
//! # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
//! let storage = NativeStorage::open("my-app").await?;
//! let sync = SyncKit::builder(Native::new()?).url("wss://example.org/v1/sync").storage(storage).connect().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is saved
//! With [`Durability::Strict`], which is the default, a write that has resolved has been flushed to the disk: it survives
//! `kill -9` and a power failure, as far as the disk keeps its promises. Writes that come while the disk is busy share the
//! next flush.
//!
//! On Unix a new file is readable by its user alone. It does not shrink: what is deleted or compacted makes room for
//! what comes.
//!
//! # Several processes
//! Every process that opens a file sees what the others write, within [`limits::POLL_MS`] milliseconds, and writes under a
//! replica id that it holds by a file lock, which the operating system releases when the process ends, however it
//! ends. The file has to be on a local disk: SQLite's write-ahead log does not work over a network file system.
//!
//! # Limits
//! Document ids are 1 to 256 bytes, updates at most 64 MiB, record keys 1 to 300 bytes, records at most 1 MiB, what is
//! stored of one document at most 1 GiB, and 256 MiB may wait for the disk; a socket keeps at most 8 MiB that wait to be
//! sent and takes frames of at most 65 MiB. See [`limits`].
#![cfg(not(target_arch = "wasm32"))]

mod builder;
mod error;
mod events;
mod lease;
pub mod limits;
mod path;
mod platform;
mod socket;
mod sqlite;
mod storage;

pub use builder::{Durability, NativeStorageBuilder};
pub use error::{OpenError, RuntimeError};
pub use path::default_path;
pub use platform::Native;
pub use socket::{WebSocketReceiver, WebSocketSender, WebSocketTransport};
pub use storage::NativeStorage;
