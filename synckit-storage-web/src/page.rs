//! What the page knows and may do, by the functions in `js/page.js`.
//!
//! `crypto` is there in every context that a browser is known to have. A worker has no document, is never seen, and may
//! look whether the store is protected but not ask for it. The browser holds a lock until the promise that it was given
//! is resolved; one that is granted after 15 s, when nobody waits any more, is let go at once.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/js/made/start.js")]
extern "C" {
    /// 64 random bits.
    pub(crate) fn random() -> u64;
    /// Tells what the browser says about network and visibility, until the function that is returned is called.
    fn watch(heard: &JsValue) -> Function;
    /// A channel to the other tabs, where there are channels.
    fn join(name: &str, heard: &JsValue) -> Option<Channel>;
    /// Whether the browser promises not to evict what is stored.
    pub(crate) fn protect(ask: bool) -> Promise;
    fn hold(name: &str) -> Promise;

    type Channel;
    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post(this: &Channel, message: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &Channel);
}

/// A function that JavaScript calls with a value. One kind, as every kind takes glue.
pub(crate) type Callback = Closure<dyn FnMut(JsValue)>;

/// Calls a function of JavaScript when it is dropped.
pub(crate) struct Finally(Function);

impl Drop for Finally {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// A lock that nobody else has, released when it is dropped or the page ends. `None` when somebody holds it, or when
/// there are no Web Locks.
pub(crate) async fn lock(name: &str) -> Option<Finally> {
    let release = JsFuture::from(hold(name)).await.ok()?;
    release.dyn_into().ok().map(Finally)
}

/// Something that the page tells of until this is dropped.
pub(crate) struct Listener {
    _end: Finally,
    _callback: Callback,
}

impl Listener {
    /// Hears of `online`, `offline`, `visible` and `hidden`.
    pub(crate) fn page(heard: impl FnMut(JsValue) + 'static) -> Self {
        let callback = Callback::new(heard);
        Self { _end: Finally(watch(callback.as_ref())), _callback: callback }
    }
}

/// The other tabs that joined under the same name.
pub(crate) struct Others {
    channel: Channel,
    _callback: Callback,
}

impl Others {
    /// `None` where there are no channels.
    pub(crate) fn join(name: &str, heard: impl FnMut(JsValue) + 'static) -> Option<Self> {
        let callback = Callback::new(heard);
        Some(Self { channel: join(name, callback.as_ref())?, _callback: callback })
    }

    pub(crate) fn tell(&self, message: &str) {
        // Fails only when the channel is closed, and then nobody is left to be told.
        let _ = self.channel.post(message);
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        self.channel.close();
    }
}
