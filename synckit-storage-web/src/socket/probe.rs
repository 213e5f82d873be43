//! Asks whether a server answers at all before a WebSocket is tried again.
//!
//! Chromium delays WebSockets of a page that has had failures: measured with one attempt each 390 ms at a port that nobody
//! listens on, the 12th attempt took 0.2 s to fail and the 18th 3.8 s. Whoever comes back then waits for seconds although
//! the server is there. Requests of `fetch` are not delayed (3 ms for each of 100 at the same pace), so they ask first.

use std::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::queue::Slot;
use crate::task::Timer;
use crate::web::global;

/// Milliseconds to wait for an answer.
const TIMEOUT: i32 = 5_000;
/// Milliseconds after a failed attempt from which on the next one is made whatever the answer is: a page's rules may
/// forbid `fetch` and allow WebSockets. Rare enough for Chromium to forget.
const TRUST: f64 = 15_000.0;

thread_local! {
    /// The address that could not be connected to last, and when that was tried.
    static FAILED: RefCell<Option<(String, f64)>> = const { RefCell::new(None) };
}

/// An attempt failed.
pub(super) fn note_failure(url: &str) {
    FAILED.set(Some((url.to_owned(), js_sys::Date::now())));
}

/// An attempt succeeded.
pub(super) fn note_success() {
    FAILED.set(None);
}

/// Whether an attempt is worth making: yes if the last one succeeded or is long ago, else if anything answers there.
pub(super) async fn is_worth_trying(url: &str) -> bool {
    let recently = |failed: &Option<(String, f64)>| {
        failed
            .as_ref()
            .is_some_and(|(address, at)| address == url && (0.0..TRUST).contains(&(js_sys::Date::now() - at)))
    };
    if !FAILED.with_borrow(recently) {
        return true;
    }
    let Some(request) = request(url) else { return true };
    let answered = Slot::new();
    let _patience = {
        let answered = answered.clone();
        Timer::new(TIMEOUT, move || answered.set(false))
    };
    let answer = answered.clone();
    // Any answer will do, and with `no-cors` a page learns no more than that there is one.
    spawn_local(async move { answer.set(JsFuture::from(request).await.is_ok()) });
    answered.await
}

/// Sends a request to the same place over HTTP; `None` where that cannot be done.
fn request(url: &str) -> Option<Promise> {
    let fetch: Function = global("fetch")?.dyn_into().ok()?;
    let options = Object::new();
    let settings = [("method", "HEAD"), ("mode", "no-cors"), ("cache", "no-store"), ("credentials", "omit")];
    for (name, value) in settings {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // ws -> http, wss -> https.
    let address = url.replacen("ws", "http", 1);
    fetch.call2(&js_sys::global(), &address.into(), &options).ok()?.dyn_into().ok()
}
