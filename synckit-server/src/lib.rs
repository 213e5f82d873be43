//! The SyncKit server: relays, stores and acknowledges the changes of shared documents.
//!
//! As a program it is `synckit-server --help`. As a library it is a [`router`] for an [axum] application of your own:
//!
//! ```
//! use std::sync::Arc;
//! use synckit_server::log::sqlite::{SqliteLog, SqliteOptions};
//! use synckit_server::{Limits, OriginPolicy, ServerState, router};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("documents.sqlite");
//! let log = Arc::new(SqliteLog::open(&path, &SqliteOptions::default())?);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let origins = OriginPolicy::new(Vec::new(), listener.local_addr()?);
//! let state = ServerState::new(log, Limits::default(), origins);
//!
//! let app = axum::Router::new()
//!     .route("/", axum::routing::get(|| async { "my own page" }))
//!     .merge(router(state.clone()));
//! # let stop = async {};
//! axum::serve(listener, app).with_graceful_shutdown(stop).await?;
//! state.shut_down(std::time::Duration::from_secs(5)).await;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it promises
//!
//! - An acknowledged change is on the disk. Changes that wait for the disk share one flush.
//! - A change that cannot be stored is refused, a document that cannot be read is an error: never a silent loss, never a
//!   blank document.
//! - What one client can make the server keep is bounded, see [`Limits`].

pub mod authorization;
mod connection;
mod documents;
mod limits;
pub mod log;
pub mod logging;
mod origin;
mod outbox;
mod router;
mod server;
pub mod settings;
mod state;
mod static_files;

pub use self::limits::Limits;
pub use self::origin::{Origin, OriginError, OriginPolicy};
pub use self::router::router;
pub use self::server::{Server, StartError};
pub use self::state::ServerState;

/// 64 random bits, never 0.
pub(crate) fn random_id() -> u64 {
    loop {
        let id = getrandom::u64().unwrap_or_else(|_| fallback_id());
        if id != 0 {
            return id;
        }
    }
}

/// Where the operating system has no randomness: the standard library's hash keys, a counter and the time.
fn fallback_id() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    use std::sync::atomic::{AtomicU64, Ordering};
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    RandomState::new().hash_one((DRAWN.fetch_add(1, Ordering::Relaxed), std::time::SystemTime::now()))
}
