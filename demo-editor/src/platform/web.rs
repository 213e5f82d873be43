//! The browser: IndexedDB, the server that the page came from, the address bar.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use dioxus::prelude::*;
use synckit_dioxus::{ClientError, DeviceStorage};
use synckit_storage_web::Backend;

use crate::address::{page_in, path_of};
use crate::opening::{self, Opened};
use crate::platform::STORE;

/// The page shows a frame until the program takes its place.
pub(crate) const HAS_FRAME: bool = true;

type Begun = Pin<Box<dyn Future<Output = Result<Opened, String>>>>;

thread_local! {
    static BEGUN: Cell<Option<Begun>> = const { Cell::new(None) };
}

pub(crate) fn launch(app: fn() -> Element) {
    BEGUN.set(Some(begin(opening::open())));
    dioxus::LaunchBuilder::web().launch(app);
}

/// What was begun before there was anything to draw, once.
pub(crate) fn begun() -> Option<Begun> {
    BEGUN.take()
}

/// Starts some work now; what is returned waits for what comes of it.
fn begin<T: 'static>(work: impl Future<Output = T> + 'static) -> Pin<Box<dyn Future<Output = T>>> {
    let shared = Rc::new(RefCell::new((None::<T>, None::<Waker>)));
    let done = shared.clone();
    // Not a task of the program's page: there is none yet.
    wasm_bindgen_futures::spawn_local(async move {
        let outcome = work.await;
        let mut done = done.borrow_mut();
        done.0 = Some(outcome);
        if let Some(waker) = done.1.take() {
            waker.wake();
        }
    });
    Box::pin(poll_fn(move |context| {
        let mut shared = shared.borrow_mut();
        match shared.0.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                shared.1 = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }))
}

/// Opens the store: the best that this browser has, or the one that the page's query asks for.
pub(crate) async fn storage() -> Result<DeviceStorage, ClientError> {
    let mut storage = DeviceStorage::builder(STORE);
    match query("storage").as_deref() {
        Some("opfs") => storage = storage.backend(Backend::Opfs),
        Some("indexeddb") => storage = storage.backend(Backend::IndexedDb),
        Some("memory") => storage = storage.backend(Backend::Memory),
        _ => {}
    }
    Ok(storage.open().await)
}

/// The server: the one that the page's query names, or the one that this page came from.
pub(crate) fn server() -> String {
    let of = |part: fn(&web_sys::Location) -> Result<String, web_sys::wasm_bindgen::JsValue>| {
        location().and_then(|location| part(&location).ok()).unwrap_or_default()
    };
    query("server").unwrap_or_else(|| {
        let scheme = if of(web_sys::Location::protocol) == "https:" { "wss" } else { "ws" };
        format!("{scheme}://{}/v1/sync", of(web_sys::Location::host))
    })
}

/// A browser tells by itself what it paints. A hook.
pub(crate) fn use_told_paint() {}

/// The document in the address bar.
pub(crate) fn page_asked_for() -> Option<String> {
    page_in(&location()?.pathname().ok()?)
}

/// Follows the browser's back and forward buttons. A hook.
pub(crate) fn use_address_bar(mut shown: Signal<Option<String>>) {
    use_future(move || async move {
        let mut changes =
            document::eval("addEventListener('popstate', () => dioxus.send(location.pathname))");
        while let Ok(path) = changes.recv::<String>().await {
            if let Some(page) = page_in(&path) {
                shown.set(Some(page));
            }
        }
    });
}

/// Shows a path in the address bar.
pub(crate) fn show_address(path: &str, replace: bool) {
    let (Some(window), Some(location)) = (web_sys::window(), location()) else { return };
    // What was asked for by the query (another server, another store) holds for the whole visit.
    let path = format!("{path}{}", location.search().unwrap_or_default());
    if let Ok(history) = window.history() {
        let state = web_sys::wasm_bindgen::JsValue::NULL;
        // A browser that refuses to change the address bar still shows the document.
        let _ = if replace {
            history.replace_state_with_url(&state, "", Some(&path))
        } else {
            history.push_state_with_url(&state, "", Some(&path))
        };
    }
}

/// The address that others open a document by. Without the query, which speaks of this visit only.
pub(crate) fn link_to(page: &str) -> String {
    let origin = location().and_then(|location| location.origin().ok()).unwrap_or_default();
    format!("{origin}{}", path_of(page))
}

/// Hands a text to the browser as a download. Returns where it went, in words.
pub(crate) async fn save_file(name: &str, text: String) -> Result<String, String> {
    const SAVE: &str = "const [name, text] = await dioxus.recv();
        const link = document.createElement('a');
        link.href = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);";
    let save = document::eval(SAVE);
    save.send((name, text)).map_err(|error| error.to_string())?;
    save.await.map_err(|error| error.to_string())?;
    Ok(format!("Downloaded {name}"))
}

/// Time in ms since 1970.
pub(crate) fn now() -> i64 {
    js_sys::Date::now() as i64
}

pub(crate) async fn sleep(duration: Duration) {
    gloo_timers::future::sleep(duration).await;
}

fn location() -> Option<web_sys::Location> {
    Some(web_sys::window()?.location())
}

/// A value of the page's query, such as `server` in `?server=ws://127.0.0.1:8787/v1/sync`.
fn query(name: &str) -> Option<String> {
    let search = location()?.search().ok()?;
    let value = search.trim_start_matches('?').split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })?;
    js_sys::decode_uri_component(value).ok().map(String::from)
}
