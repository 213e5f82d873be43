//! How a client begins.

use super::shared::Shared;
use super::status::{Connection, Status, Tier};
use super::synckit::SyncKit;
use crate::platform::Platform;
use crate::storage::{MemoryStorage, Storage};

/// Why a client could not begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The server's address is not one.
    #[error("`{0}` is not a server's address: use ws://, wss:// or a path on this page's host")]
    Url(String),
}

/// Puts a client together: see [`SyncKit::builder`].
#[derive(Debug)]
pub struct Builder<P, S = MemoryStorage> {
    platform: P,
    url: Option<String>,
    token: String,
    storage: Source<S>,
}

/// A store, or how to make one: programs that bring their own do not download the one in memory.
#[derive(Debug)]
enum Source<S> {
    Given(S),
    Made(fn() -> S),
}

impl<P: Platform> Builder<P> {
    pub(super) fn new(platform: P) -> Self {
        let storage = Source::Made(|| MemoryStorage::new("no storage was given to the builder"));
        Self { platform, url: None, token: String::new(), storage }
    }
}

impl<P: Platform, S: Storage> Builder<P, S> {
    /// The server's address, such as `wss://example.org/v1/sync`. Without one everything stays on this device.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Proof of identity for servers that ask for one, at most 8 KiB.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// Where documents are kept on this device. Without it they are kept in memory.
    pub fn storage<T: Storage>(self, storage: T) -> Builder<P, T> {
        let storage = Source::Given(storage);
        Builder { platform: self.platform, url: self.url, token: self.token, storage }
    }

    /// Begins: leases a replica id, then connects in the background. Resolves without waiting for the server.
    ///
    /// # Errors
    /// [`ConnectError::Url`] when the address cannot be one.
    pub async fn connect(self) -> Result<SyncKit, ConnectError> {
        let Self { platform, url, token, storage } = self;
        if let Some(url) = url.as_deref().filter(|url| !is_address(url)) {
            return Err(ConnectError::Url(url.to_owned()));
        }
        crate::hash::seed(platform.random());
        let storage = match storage {
            Source::Given(storage) => storage,
            Source::Made(make) => make(),
        };
        let status = Status {
            connection: if url.is_some() { Connection::Connecting } else { Connection::Disabled },
            storage: storage.mode(),
            pending: 0,
            saved: Tier::Device,
            error: None,
        };
        let shared = Shared::new(platform.clock(), platform.random(), status);
        let client = SyncKit::new(shared.clone());
        let lease = storage.lease().await;
        super::driver::spawn(platform, storage, lease, shared, super::driver::Config { url, token });
        Ok(client)
    }
}

fn is_address(url: &str) -> bool {
    ["ws://", "wss://", "/"].iter().any(|prefix| url.starts_with(prefix)) && url.len() <= 2048
}
