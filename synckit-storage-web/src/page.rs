//! What the page knows and may do, by the functions in `js/page.js`.
//!
//! `crypto` is there in every context that a browser is known to have. A worker has no document, is never seen, and may
//! look whether the store is protected but not ask for it. The browser holds a lock until the promise that it was given
//! is resolved; one that is granted after 15 s, when nobody waits any more, is let go at once.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/made/start.js")]
extern "C" {
    /// 64 random bits.
    pub(crate) fn random() -> u64;
    /// Tells what the browser says about network and visibility, until the function that is returned is called.
    fn watch(heard: &JsValue) -> Function;
}

/// A function that JavaScript calls with a value. One kind, as every kind takes glue.
pub(crate) type Callback = Closure<dyn FnMut(JsValue)>;

/// Calls a function of JavaScript when it is dropped.
pub(crate) struct Finally(pub(crate) Function);

impl Drop for Finally {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
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
