//! A place that keeps what is stored, and the one way of asking it for something.
//!
//! The backends are written in JavaScript: see `js/`. Operations go there by name with whatever they need, and come back
//! as JavaScript values, so that the way there and back is compiled once. They go on when nobody waits any more: a
//! transaction of IndexedDB ends as soon as nothing is asked of it, and nothing is left half way.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use synckit::storage::{Chunk, ChunkId, StorageError};

use crate::error::storage_error;
use crate::limits::{MAX_RECORD_BYTES, MAX_UPDATE_BYTES};

/// Largest integer that a JavaScript number holds exactly; ids end there.
const MAX_ID: u64 = (1 << 53) - 1;

#[wasm_bindgen(module = "/js/made/start.js")]
extern "C" {
    pub(crate) type Backend;
    /// What it is called; empty in memory.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn backend(this: &Backend) -> String;
    /// Why it is this one.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn reason(this: &Backend) -> String;
    /// Does all of an operation, or nothing, and tells the other tabs. It copies what it is given before it returns. Once
    /// more on a fresh connection when the first one was closed under it: an operation that failed has stored nothing, so
    /// doing it again stores it once.
    #[wasm_bindgen(method)]
    pub(crate) fn perform(
        this: &Backend,
        operation: &str,
        key: &str,
        number: f64,
        bytes: &[u8],
        ids: &[f64],
    ) -> Promise;
    /// Calls back with what other tabs have stored, and with `true` when the browser promises not to evict the store.
    #[wasm_bindgen(method)]
    pub(crate) fn join(this: &Backend, heard: &JsValue, ask: bool);
    /// A replica id and a function that gives it back; empty when there is none.
    #[wasm_bindgen(method)]
    pub(crate) fn lease(this: &Backend, fresh: &str) -> Promise;
    /// It is not used any more, and calls nobody.
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Backend);

    /// A store that ends with the page.
    #[wasm_bindgen(js_name = memory_store)]
    pub(crate) fn memory(name: &str) -> Backend;
    /// Opens the backend that is wanted, or the best one. `emptied` is called when it was found empty on opening it again.
    #[wasm_bindgen(js_name = open_store)]
    pub(crate) fn open(name: &str, wanted: &str, durability: &str, files: bool, emptied: &JsValue)
    -> Promise;
}

pub(crate) async fn settle(promise: Promise) -> Result<JsValue, StorageError> {
    JsFuture::from(promise).await.map_err(|thrown| storage_error(&thrown))
}

/// The id of a chunk: a natural number that JavaScript holds exactly.
pub(crate) fn id(value: &JsValue) -> Result<ChunkId, StorageError> {
    let number = value.as_f64().filter(|number| (0.0..=MAX_ID as f64).contains(number));
    let number = number.ok_or_else(|| StorageError::Corrupt("something else than an id".into()))?;
    Ok(ChunkId(number as u64))
}

/// Chunks, each an id and an update.
pub(crate) fn chunks(values: &JsValue) -> Result<Vec<Chunk>, StorageError> {
    let mut values = js_sys::Array::from(values).into_iter();
    let mut chunks = Vec::new();
    while let (Some(key), Some(update)) = (values.next(), values.next()) {
        chunks.push(Chunk { id: id(&key)?, update: bytes(&update, MAX_UPDATE_BYTES)? });
    }
    Ok(chunks)
}

/// What is in a record, if it is there.
pub(crate) fn record(value: &JsValue) -> Result<Option<Vec<u8>>, StorageError> {
    if value.is_undefined() { Ok(None) } else { bytes(value, MAX_RECORD_BYTES).map(Some) }
}

/// Names, ascending.
pub(crate) fn names(values: &JsValue) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in js_sys::Array::from(values).iter().filter_map(|name| name.as_string()) {
        // They come almost sorted: this is as fast as sorting them, and a fraction of its code.
        let at = names.partition_point(|other| *other < name);
        names.insert(at, name);
    }
    names
}

/// Stored bytes, checked before they are copied.
fn bytes(value: &JsValue, limit: usize) -> Result<Vec<u8>, StorageError> {
    let Some(array) = value.dyn_ref::<Uint8Array>() else {
        return Err(StorageError::Corrupt("something else than bytes".into()));
    };
    if array.length() as usize > limit {
        return Err(StorageError::Corrupt(format!("{} bytes where {limit} are the most", array.length())));
    }
    Ok(array.to_vec())
}
