//! One request of IndexedDB as a future.

use synckit::storage::StorageError;
use wasm_bindgen::JsValue;
use web_sys::IdbRequest;

use crate::error::storage_error;
use crate::listener::Listener;
use crate::queue::Slot;

/// The result of a request. Its success says nothing about durability: that is the transaction's completion.
pub(super) async fn result(request: &IdbRequest) -> Result<JsValue, StorageError> {
    let slot = Slot::new();
    let on_success = {
        let (slot, request) = (slot.clone(), request.clone());
        Listener::new(&request.clone(), "success", move |_| {
            slot.set(request.result().map_err(|thrown| storage_error(&thrown)));
        })
    };
    let on_error = {
        let (slot, request) = (slot.clone(), request.clone());
        Listener::new(&request.clone(), "error", move |_| slot.set(Err(failure(&request))))
    };
    let result = slot.await;
    drop((on_success, on_error));
    result
}

/// Why a request failed.
pub(super) fn failure(request: &IdbRequest) -> StorageError {
    match request.error() {
        Ok(Some(error)) => storage_error(&error),
        _ => StorageError::Aborted("no reason given".into()),
    }
}
