//! Tests that run in a real browser: `cargo test --target wasm32-unknown-unknown -p synckit-storage-web`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed assumption stops the test")]

mod contract;
mod faults;
mod indexeddb_faults;
mod kill;
mod latency;
mod opfs_faults;
mod opfs_layout;
mod platform;
mod second;
mod tabs;

use synckit_storage_contract::{ids, join, join_all, updates};
use synckit_storage_web::{Backend, WebStorage};
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

/// The store of this name in this backend, which has to be had.
async fn open(backend: Backend, name: &str) -> WebStorage {
    WebStorage::builder(name).backend(backend).open_persistent().await.unwrap()
}

/// Makes of every `async fn name(backend: Backend)` a test of each backend.
macro_rules! both_backends {
    ($($name:ident)*) => {
        mod indexeddb {
            $(#[wasm_bindgen_test::wasm_bindgen_test]
            async fn $name() {
                super::$name(synckit_storage_web::Backend::IndexedDb).await;
            })*
        }
        mod opfs {
            $(#[wasm_bindgen_test::wasm_bindgen_test]
            async fn $name() {
                super::$name(synckit_storage_web::Backend::Opfs).await;
            })*
        }
    };
}
use both_backends;
