//! What JavaScript throws, as typed errors.

use synckit::storage::StorageError;
use wasm_bindgen::JsValue;

use crate::web::property;

/// Longest text taken over from an exception, in characters.
const TEXT: usize = 200;

/// The name of an exception, for example `QuotaExceededError`; empty for what is none.
pub(crate) fn name(thrown: &JsValue) -> String {
    property(thrown, "name").and_then(|name| name.as_string()).unwrap_or_default()
}

/// A short text about anything that was thrown.
pub(crate) fn text(thrown: &JsValue) -> String {
    let name = name(thrown);
    let message = property(thrown, "message").and_then(|message| message.as_string()).unwrap_or_default();
    let text = match (name.is_empty(), message.is_empty()) {
        (false, false) => format!("{name}: {message}"),
        (false, true) => name,
        (true, false) => message,
        (true, true) => thrown.as_string().unwrap_or_else(|| "no reason given".into()),
    };
    text.chars().take(TEXT).collect()
}

/// An exception of IndexedDB or of a file operation as a [`StorageError`].
pub(crate) fn storage_error(thrown: &JsValue) -> StorageError {
    let text = text(thrown);
    match name(thrown).as_str() {
        "QuotaExceededError" => StorageError::Quota(text),
        // The connection is closing, the transaction is over, or the file's folder was removed.
        "InvalidStateError" | "TransactionInactiveError" | "NotFoundError" => StorageError::Closed(text),
        "VersionError" => StorageError::Closed("a newer version of this program uses the store".into()),
        "SecurityError" | "NotSupportedError" | "NotAllowedError" | "TypeError" | "ReferenceError" => {
            StorageError::Unavailable(text)
        }
        "NotReadableError" | "DataError" | "EncodingError" => StorageError::Corrupt(text),
        "NoModificationAllowedError" => StorageError::Blocked(text),
        // AbortError, UnknownError (disk trouble), TimeoutError and what may come.
        _ => StorageError::Aborted(text),
    }
}
