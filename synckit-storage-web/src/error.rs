//! What JavaScript throws, as typed errors.

use synckit::storage::StorageError;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/made/start.js")]
extern "C" {
    /// A letter for the kind of error, and a short text about it.
    fn explain(thrown: &JsValue) -> String;
}

/// What an address is refused with that is none.
pub(crate) const ADDRESS: u8 = b'N';

/// The kind of an exception, by the table in `js/store.js`, and a short text about it.
pub(crate) fn describe(thrown: &JsValue) -> (u8, String) {
    let text = explain(thrown);
    (text.bytes().next().unwrap_or_default(), text.get(1..).unwrap_or_default().into())
}

/// An exception of IndexedDB or of a file operation as a [`StorageError`].
pub(crate) fn storage_error(thrown: &JsValue) -> StorageError {
    let (kind, text) = describe(thrown);
    match kind {
        b'Q' => StorageError::Quota(text),
        b'C' => StorageError::Closed(text),
        b'U' => StorageError::Unavailable(text),
        b'D' => StorageError::Corrupt(text),
        b'B' => StorageError::Blocked(text),
        // AbortError, UnknownError (disk trouble), TimeoutError and what may come.
        _ => StorageError::Aborted(text),
    }
}
