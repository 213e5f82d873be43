//! The store in IndexedDB keeps the contract of `Storage`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use synckit::storage::Storage;
use synckit_storage_web::WebStorage;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn what_is_appended_is_loaded_in_order() {
    let storage = WebStorage::builder("order").open_persistent().await.unwrap();
    let a = storage.append("d", vec![1]).await.unwrap();
    let b = storage.append("d", vec![2]).await.unwrap();
    assert!(a < b);
    let chunks = storage.load("d", None).await.unwrap();
    assert_eq!(
        chunks.iter().map(|c| (c.id, c.update.clone())).collect::<Vec<_>>(),
        [(a, vec![1]), (b, vec![2])]
    );
    let one = storage.lease().await.unwrap();
    let two = storage.lease().await.unwrap();
    assert_ne!(one.replica, two.replica);
}
