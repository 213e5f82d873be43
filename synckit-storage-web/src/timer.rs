//! Waiting by `setTimeout`.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::queue::Slot;

#[wasm_bindgen]
extern "C" {
    // Global functions: the same in a window and in a worker.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// Clears the timeout when the wait ends or is given up.
struct Timeout {
    id: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for Timeout {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

/// Resolves after `ms` milliseconds.
pub(crate) async fn sleep(ms: u64) {
    // Browsers take an i32 and fire at once beyond it: a long wait is several waits.
    let mut left = ms;
    loop {
        let part = i32::try_from(left).unwrap_or(i32::MAX);
        let slot = Slot::new();
        let fired = slot.clone();
        let callback = Closure::<dyn FnMut()>::new(move || fired.set(()));
        let _timeout =
            Timeout { id: set_timeout(callback.as_ref().unchecked_ref(), part), _callback: callback };
        slot.await;
        left -= part.unsigned_abs() as u64;
        if left == 0 {
            return;
        }
    }
}
