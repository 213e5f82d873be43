//! Tasks of the event loop, and callbacks that come later.

use std::future::Future;
use std::pin::Pin;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::queue::Slot;

#[wasm_bindgen]
extern "C" {
    // Global functions: the same in a window and in a worker.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, ms: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// Runs `task` in the event loop: one kind of future for everything, as what starts and polls one is compiled for each.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    spawn_local(task);
}

/// A callback that is still to come. Dropping it cancels it.
pub(crate) struct Timer {
    id: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    pub(crate) fn new(ms: i32, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        Self { id: set_timeout(callback.as_ref(), ms), _callback: callback }
    }
}

impl Drop for Timer {
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
        let _timer = Timer::new(part, move || fired.set(()));
        slot.await;
        left -= u64::from(part.unsigned_abs());
        if left == 0 {
            return;
        }
    }
}
