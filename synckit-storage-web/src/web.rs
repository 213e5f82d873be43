//! The browser as a place to run in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use synckit::platform::{Clock, Hint, Platform};

use crate::page::Listener;
use crate::queue::Queue;
use crate::socket::WebSocketTransport;

/// The browser: a window or a worker.
///
/// Time comes from `Date.now`, chance from `crypto.getRandomValues`, tasks run in the event loop.
///
/// ```no_run
/// use synckit::platform::Platform;
/// use synckit_storage_web::Web;
///
/// let now = Web.clock()();
/// # let _ = now;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Web;

impl Platform for Web {
    type Transport = WebSocketTransport;

    fn clock(&self) -> Clock {
        Arc::new(|| js_sys::Date::now() as u64)
    }

    fn random(&self) -> u64 {
        crate::page::random()
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        crate::task::spawn(task);
    }

    fn sleep(&self, ms: u64) -> impl Future<Output = ()> + 'static {
        crate::task::sleep(ms)
    }

    fn transport(&self) -> WebSocketTransport {
        WebSocketTransport
    }

    fn hints(&self) -> impl Stream<Item = Hint> + Unpin + 'static {
        Hints::new()
    }
}

/// What the browser says about network and visibility. The listener goes when it is dropped.
struct Hints {
    queue: Queue<Hint>,
    _listener: Listener,
}

impl Hints {
    fn new() -> Self {
        let queue = Queue::new();
        let heard = queue.clone();
        let listener = Listener::page(move |what| match what.as_string().as_deref() {
            Some("online") => push(&heard, Hint::Online),
            Some("offline") => push(&heard, Hint::Offline),
            Some("visible") => push(&heard, Hint::Visible),
            _ => {}
        });
        Self { queue, _listener: listener }
    }
}

/// A hint that already waits is not queued again, so the queue never holds more than one of each.
fn push(queue: &Queue<Hint>, hint: Hint) {
    if !queue.find(|waiting| *waiting == hint).1 {
        queue.push(hint);
    }
}

impl Stream for Hints {
    type Item = Hint;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Hint>> {
        Pin::new(&mut self.queue).poll_next(context)
    }
}
