//! What a browser does on a bad day, injected below the code under test (see `page.js`).

use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/browser/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = hide)]
    fn hide_path(path: &Array);
    /// Undoes all that was replaced.
    pub(crate) fn restore();
    /// The next `times` writes to IndexedDB end their transaction with an error of this name, or with none.
    pub(crate) fn abort_writes(times: u32, name: Option<&str>);
    pub(crate) fn throw_on_writes(name: &str);
    pub(crate) fn throw_on_open(name: &str);
    /// Remembers the connections that are opened from now on.
    pub(crate) fn watch_connections();
    /// Closes them as the browser does, with a `close` event or without.
    pub(crate) fn close_connections(announced: bool);
    pub(crate) fn watch_transactions();
    /// Mode and durability of each since then.
    pub(crate) fn watched_transactions() -> Vec<String>;
    pub(crate) fn close_at_next_transaction();
    #[wasm_bindgen(catch)]
    pub(crate) async fn open_other(name: &str, version: u32) -> Result<JsValue, JsValue>;
    pub(crate) fn close_other();
    #[wasm_bindgen(catch)]
    pub(crate) async fn delete_database(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) async fn put_foreign(
        name: &str,
        store: &str,
        key: &JsValue,
        value: &JsValue,
    ) -> Result<JsValue, JsValue>;
    /// A method of file streams fails after it has worked a number of times.
    pub(crate) fn fail_files(method: &str, after: u32, name: &str);
    #[wasm_bindgen(catch)]
    pub(crate) async fn remove_files() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) async fn damage_file(
        store: &str,
        document: &str,
        cut: u32,
        flip: Option<u32>,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) async fn put_file(store: &str, path: &str, bytes: &[u8]) -> Result<JsValue, JsValue>;
    /// As an array of bytes.
    #[wasm_bindgen(catch)]
    pub(crate) async fn file_bytes(store: &str, path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) async fn hold_lock(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    pub(crate) async fn hold_file(store: &str, path: &str) -> Result<JsValue, JsValue>;
    /// Ends what was held last.
    #[wasm_bindgen(catch)]
    pub(crate) async fn let_go() -> Result<JsValue, JsValue>;
}

/// A property of the page is not there, like in a browser that has not got it.
pub(crate) fn hide(path: &[&str]) {
    hide_path(&path.iter().map(|part| JsValue::from_str(part)).collect());
}
