//! A native program as a place to run in.

use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_core::Stream;
use synckit::platform::{Clock, Hint, Platform};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::RuntimeError;
use crate::socket::WebSocketTransport;

/// The runtime of programs that have none; made when it is first needed, for the rest of the process.
static OWN: Mutex<Option<Runtime>> = Mutex::new(None);

/// A native program: time from the operating system's clock, chance from its random source, tasks on a tokio runtime.
///
/// Cheap to clone.
///
/// ```
/// use synckit::prelude::*;
/// use synckit_storage_native::Native;
///
/// // No tokio runtime here: a thread is started for one.
/// let sync = pollster::block_on(SyncKit::builder(Native::new()?).connect())?;
/// sync.counter("likes").increment(1)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Native {
    runtime: Handle,
}

impl Native {
    /// Runs on the tokio runtime that this is called in; its drivers for time and I/O have to be on (`enable_all`), as
    /// they are under `#[tokio::main]`, in Dioxus desktop and in Tauri. Called outside of one: on a runtime of
    /// SyncKit's own, one thread for the whole process, which ends with the process.
    ///
    /// # Errors
    /// [`RuntimeError`] when there is no runtime and none can be started.
    pub fn new() -> Result<Self, RuntimeError> {
        Handle::try_current().map(Self::on).or_else(|_| Self::on_own_thread())
    }

    /// Runs on this tokio runtime, whose drivers for time and I/O have to be on. Tasks end with it.
    pub fn on(runtime: Handle) -> Self {
        Self { runtime }
    }

    /// Runs on a thread of SyncKit's own, whatever runtime this is called in: for programs that block theirs, or that end it
    /// before they end.
    ///
    /// # Errors
    /// [`RuntimeError`] when the thread cannot be started.
    pub fn on_own_thread() -> Result<Self, RuntimeError> {
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*own {
            return Ok(Self::on(runtime.handle().clone()));
        }
        let mut builder = Builder::new_multi_thread();
        let runtime =
            builder.worker_threads(1).max_blocking_threads(4).thread_name("synckit").enable_all().build()?;
        Ok(Self::on(own.insert(runtime).handle().clone()))
    }
}

impl Platform for Native {
    type Transport = WebSocketTransport;

    fn clock(&self) -> Clock {
        Arc::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
    }

    fn random(&self) -> u64 {
        random()
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    fn sleep(&self, ms: u64) -> impl Future<Output = ()> + Send + 'static {
        // A timer belongs to the runtime in which it is made.
        let _inside = self.runtime.enter();
        tokio::time::sleep(Duration::from_millis(ms))
    }

    fn transport(&self) -> WebSocketTransport {
        WebSocketTransport::on(self.runtime.clone())
    }

    /// None: operating systems have no common way to say that the network is back. A dead connection is noticed by its
    /// heartbeat, and new ones are tried at growing distances.
    fn hints(&self) -> impl Stream<Item = Hint> + Send + Unpin + 'static {
        NoHints
    }
}

struct NoHints;

impl Stream for NoHints {
    type Item = Hint;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Hint>> {
        Poll::Pending
    }
}

/// 64 random bits of the operating system.
pub(crate) fn random() -> u64 {
    // Where it has none: the keys of the standard library's hash tables, and the time.
    getrandom::u64().unwrap_or_else(|_| RandomState::new().hash_one(SystemTime::now()))
}
