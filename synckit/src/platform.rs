//! What SyncKit needs from the place it runs in, as small traits: time, chance, tasks, a disk and a socket.

use std::future::Future;
use std::sync::Arc;

use futures_core::Stream;

use crate::transport::Transport;

/// `Send` where threads exist; nothing on `wasm32`, where values of the browser never leave their thread.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Send` where threads exist; nothing on `wasm32`, where values of the browser never leave their thread.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSend for T {}

/// `Sync` where threads exist; nothing on `wasm32`.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSync: Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// `Sync` where threads exist; nothing on `wasm32`.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSync {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSync for T {}

/// Tells the wall-clock time in milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What the platform noticed about the connection to the world. A hint makes an attempt earlier; nothing depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// The machine says that it has a network again: try at once.
    Online,
    /// The machine says that its network is gone.
    Offline,
    /// The window came to the front: check that the connection is alive.
    Visible,
}

/// Where a program runs: a browser tab, a desktop process, a test.
pub trait Platform: MaybeSend + MaybeSync + 'static {
    /// How this platform reaches a server.
    type Transport: Transport;

    /// The wall clock.
    fn clock(&self) -> Clock;

    /// 64 random bits, good enough that two replicas never draw the same.
    fn random(&self) -> u64;

    /// Runs a task in the background until it ends.
    fn spawn(&self, task: impl Future<Output = ()> + MaybeSend + 'static);

    /// Resolves after `ms` milliseconds.
    fn sleep(&self, ms: u64) -> impl Future<Output = ()> + MaybeSend + 'static;

    /// The way to a server.
    fn transport(&self) -> Self::Transport;

    /// What the platform notices about network and visibility. May be a stream that never yields.
    fn hints(&self) -> impl Stream<Item = Hint> + MaybeSend + Unpin + 'static;
}
