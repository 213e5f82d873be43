//! IndexedDB: a log of chunks, records and known replica ids in one database.
//!
//! Written in JavaScript, as its requests are: a third of what browsers download of the same in Rust, where every request
//! takes glue on both sides.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/indexeddb.js")]
extern "C" {
    /// Opens a database, making or upgrading it. `emptied` is called when it was found empty on opening it again.
    #[wasm_bindgen(js_name = open_indexeddb)]
    pub(crate) fn open(name: &str, durability: &str, emptied: &JsValue) -> Promise;
}

/// What a completed write has survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// It is with the operating system: it survives the end of the tab and of the browser, also by a crash, but the last
    /// moments may be lost when the machine loses power. What browsers do unless told otherwise.
    #[default]
    Relaxed,
    /// It is flushed to the disk: it survives a loss of power too. Slower by a disk's flush.
    Strict,
}

impl Durability {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Strict => "strict",
        }
    }
}
