//! The browser as a place to run in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use js_sys::Reflect;
use synckit::platform::{Clock, Hint, Platform};
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

use crate::listener::Listener;
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
        random()
    }

    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(task);
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

/// A property of the global object (`window`, or `self` in a worker).
pub(crate) fn global(name: &str) -> Option<JsValue> {
    property(&js_sys::global(), name)
}

/// A property that is there. A getter that throws counts as not there.
pub(crate) fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// 64 random bits.
pub(crate) fn random() -> u64 {
    let mut bytes = [0; 8];
    let drawn = global("crypto").is_some_and(|crypto| {
        crypto.unchecked_into::<web_sys::Crypto>().get_random_values_with_u8_array(&mut bytes).is_ok()
    });
    if drawn {
        return u64::from_le_bytes(bytes);
    }
    // No browser is known to come here: `crypto.getRandomValues` is there in every context, secure or not.
    let half = || (js_sys::Math::random() * 4_294_967_296.0) as u64;
    half() << 32 | half()
}

/// What the browser says about network and visibility. The listeners go when it is dropped.
struct Hints {
    queue: Queue<Hint>,
    _listeners: Vec<Listener>,
}

impl Hints {
    fn new() -> Self {
        let queue = Queue::new();
        let global: EventTarget = js_sys::global().unchecked_into();
        let mut listeners: Vec<Listener> = [("online", Hint::Online), ("offline", Hint::Offline)]
            .into_iter()
            .map(|(event, hint)| {
                let queue = queue.clone();
                Listener::new(&global, event, move |_| push(&queue, hint))
            })
            .collect();
        // A worker has no document and is never seen.
        if let Some(document) = crate::web::global("document") {
            let queue = queue.clone();
            let page = document.clone();
            listeners.push(Listener::new(document.unchecked_ref(), "visibilitychange", move |_| {
                let state = property(&page, "visibilityState").and_then(|state| state.as_string());
                if state.as_deref() == Some("visible") {
                    push(&queue, Hint::Visible);
                }
            }));
        }
        Self { queue, _listeners: listeners }
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
