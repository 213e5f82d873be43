//! The client of this device: its store and its socket, chosen by target.

use synckit::{ConnectError, SyncKit};

#[cfg(not(target_arch = "wasm32"))]
use synckit_storage_native::{Native, NativeStorage, OpenError, RuntimeError};
#[cfg(target_arch = "wasm32")]
use synckit_storage_web::{Web, WebStorage};

/// The store of this device: in a browser `synckit_storage_web::WebStorage`.
#[cfg(target_arch = "wasm32")]
pub type DeviceStorage = WebStorage;
/// The store of this device: outside a browser [`NativeStorage`], a SQLite file.
#[cfg(not(target_arch = "wasm32"))]
pub type DeviceStorage = NativeStorage;

/// Why [`connect`] or [`connect_with`] has no client. What is stored is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The store cannot be opened. Not in a browser: there is always one, and where it keeps its data is said by
    /// [`Status::storage`](synckit::Status::storage).
    #[cfg(not(target_arch = "wasm32"))]
    #[error(transparent)]
    Store(#[from] OpenError),
    /// There is no runtime for tasks and sockets, and none can be started. Not in a browser.
    #[cfg(not(target_arch = "wasm32"))]
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The server's address is not one.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

/// Opens this device's store of a name, and begins to connect to a server: the same call in a browser and on the desktop.
///
/// In a browser the store is in IndexedDB, or in private files where that is missing; elsewhere it is a SQLite file in the
/// place where the operating system wants a program's data. `name` is the program's: 1 to 64 letters, digits, `-`, `_` and
/// `.`, beginning with a letter or digit. `url` is the server's address, such as `wss://example.org/v1/sync`.
///
/// Resolves once the store is open, without waiting for the server. The crate's documentation has an example.
///
/// # Errors
/// See [`ClientError`]. In a browser that keeps nothing for this page the client works in memory, and says so by
/// [`Status::storage`](synckit::Status::storage).
pub async fn connect(name: &str, url: impl Into<String>) -> Result<SyncKit, ClientError> {
    #[cfg(target_arch = "wasm32")]
    let storage = WebStorage::open(name).await;
    #[cfg(not(target_arch = "wasm32"))]
    let storage = NativeStorage::open(name).await?;
    connect_with(storage, url).await
}

/// The same with a store that was opened with other choices: another file, another of the browser's backends.
///
/// # Errors
/// See [`ClientError`].
pub async fn connect_with(storage: DeviceStorage, url: impl Into<String>) -> Result<SyncKit, ClientError> {
    #[cfg(target_arch = "wasm32")]
    let platform = Web;
    #[cfg(not(target_arch = "wasm32"))]
    let platform = Native::new()?;
    Ok(SyncKit::builder(platform).url(url).storage(storage).connect().await?)
}
