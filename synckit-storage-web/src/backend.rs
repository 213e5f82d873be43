//! A place that keeps what is stored, and the one way of asking it for something.
//!
//! The backends are written in JavaScript: see `js/`. Operations go there by name with whatever they need, and come back
//! as JavaScript values, so that the way there and back is compiled once.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use synckit::storage::{Chunk, ChunkId, StorageError};

use crate::error::storage_error;
use crate::limits::{self, MAX_RECORD_BYTES, MAX_UPDATE_BYTES};

/// Largest integer that a JavaScript number holds exactly; ids end there.
const MAX_ID: u64 = (1 << 53) - 1;

#[wasm_bindgen]
extern "C" {
    pub(crate) type Backend;
    /// Does all of an operation, or nothing. It copies what it is given before it returns.
    #[wasm_bindgen(method)]
    fn perform(this: &Backend, operation: &str, key: &str, number: f64, bytes: &[u8], ids: &[f64])
    -> Promise;
    /// The connection is not used any more; the next operation opens another one.
    #[wasm_bindgen(method)]
    pub(crate) fn closed(this: &Backend);
}

#[wasm_bindgen(module = "/js/made/start.js")]
extern "C" {
    /// A store that ends with the page.
    #[wasm_bindgen(js_name = open_memory)]
    pub(crate) fn memory() -> Backend;
}

/// Something to do in a store.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// The id of a document, or the key of a record.
    pub(crate) key: String,
    /// A chunk's id, or how many replica ids there may be.
    pub(crate) number: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) ids: Vec<f64>,
}

impl Operation {
    pub(crate) fn new(name: &'static str, key: &str) -> Self {
        Self { name, key: key.to_owned(), number: 0, bytes: Vec::new(), ids: Vec::new() }
    }

    /// Refuses what exceeds the limits of the store.
    pub(crate) fn check(&self) -> Result<(), StorageError> {
        match self.name {
            "documents" | "replicas" | "add_replica" => Ok(()),
            "record" | "set_record" => {
                limits::key(&self.key)?;
                limits::record(self.bytes.len())
            }
            _ => {
                limits::document(&self.key)?;
                limits::update(self.bytes.len())
            }
        }
    }

    /// Performs it, and once more on a fresh connection when the first one was closed under it.
    ///
    /// An operation that failed has stored nothing, so doing it again stores it once.
    pub(crate) async fn perform(&self, backend: &Backend) -> Result<JsValue, StorageError> {
        let mut first = true;
        loop {
            let answer = backend.perform(self.name, &self.key, self.number as f64, &self.bytes, &self.ids);
            match settle(answer).await {
                Err(StorageError::Closed(_)) if first => backend.closed(),
                Err(StorageError::Aborted(_)) if first => {}
                answer => return answer,
            }
            first = false;
        }
    }
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
