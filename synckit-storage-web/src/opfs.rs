//! The origin private file system: a folder for every document with segment files, and one file for every record.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/opfs.js")]
extern "C" {
    /// Opens the folder of a store, making it if need be. `emptied` is called when it was found missing later on.
    #[wasm_bindgen(js_name = open_opfs)]
    pub(crate) fn open(store: &str, emptied: &JsValue) -> Promise;
    /// Whether files of this store exist already.
    #[wasm_bindgen(js_name = opfs_exists)]
    pub(crate) fn exists(store: &str) -> Promise;
}

#[cfg(test)]
mod tests;
