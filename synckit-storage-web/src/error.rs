//! What JavaScript throws, as typed errors.

use js_sys::Reflect;
use synckit::storage::StorageError;
use wasm_bindgen::JsValue;

/// Names that this crate gives to what it throws.
const OWN: [&str; 6] = ["Aborted", "Address", "Blocked", "Corrupt", "Unavailable", "Unreachable"];

/// Longest text taken over from an exception, in characters.
const TEXT: usize = 200;

/// The text of a property of what was thrown; empty where it is none.
fn property(thrown: &JsValue, name: &str) -> String {
    Reflect::get(thrown, &name.into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// The name of an exception, for example `QuotaExceededError`, and a short text about it.
pub(crate) fn describe(thrown: &JsValue) -> (String, String) {
    let (name, message) = (property(thrown, "name"), property(thrown, "message"));
    // What this crate throws says all in its message, what the browser throws may not.
    let text = match (OWN.contains(&name.as_str()) || name.is_empty(), message.is_empty()) {
        (true, false) => message,
        (_, true) => name.clone(),
        (false, false) => [&name[..], ": ", &message].concat(),
    };
    let text = if text.is_empty() { "no reason given".into() } else { text.chars().take(TEXT).collect() };
    (name, text)
}

/// An exception of IndexedDB or of a file operation as a [`StorageError`].
pub(crate) fn storage_error(thrown: &JsValue) -> StorageError {
    let (name, text) = describe(thrown);
    match name.as_str() {
        "QuotaExceededError" => StorageError::Quota(text),
        // The connection is closing, the transaction is over, or the file's folder was removed.
        "InvalidStateError" | "TransactionInactiveError" | "NotFoundError" => StorageError::Closed(text),
        "VersionError" => StorageError::Closed("a newer version of this program uses the store".into()),
        "Unavailable" | "SecurityError" | "NotSupportedError" | "NotAllowedError" | "TypeError"
        | "ReferenceError" => StorageError::Unavailable(text),
        "Corrupt" | "NotReadableError" | "DataError" | "EncodingError" => StorageError::Corrupt(text),
        "Blocked" | "NoModificationAllowedError" => StorageError::Blocked(text),
        // AbortError, UnknownError (disk trouble), TimeoutError and what may come.
        _ => StorageError::Aborted(text),
    }
}
