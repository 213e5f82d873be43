//! How long an append takes until it is stored. The figures are printed; run with
//! `cargo test --target wasm32-unknown-unknown --release -p synckit-storage-web --test browser -- latency --nocapture`.

use synckit::storage::Storage;
use synckit_storage_web::{Backend, Durability, WebStorage};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::ids;

/// Median that no machine should exceed, in milliseconds.
const SLOW: f64 = 250.0;

async fn measure(what: &str, storage: &WebStorage) {
    const TIMES: usize = 200;
    let clock = web_sys::window().unwrap().performance().unwrap();
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let begin = clock.now();
        storage.append("d", vec![7; 100]).await.unwrap();
        took.push(clock.now() - begin);
    }
    took.sort_by(f64::total_cmp);
    let begin = clock.now();
    let chunks = storage.load("d", None).await.unwrap();
    let load = clock.now() - begin;
    let begin = clock.now();
    storage.compact("d", &ids(&chunks), vec![7; 50_000]).await.unwrap();
    let compact = clock.now() - begin;
    console_log!(
        "{what}: append of 100 bytes p50 {:.2} ms, p95 {:.2} ms; load of {TIMES} {load:.1} ms; compaction {compact:.1} ms",
        took[TIMES / 2],
        took[TIMES * 95 / 100],
    );
    assert!(took[TIMES / 2] < SLOW, "{what}: an append takes {} ms", took[TIMES / 2]);
}

#[wasm_bindgen_test]
async fn latency() {
    for durability in [Durability::Relaxed, Durability::Strict] {
        let storage = WebStorage::builder("latency").durability(durability).open_persistent().await.unwrap();
        measure(&format!("IndexedDB {durability:?}"), &storage).await;
    }
    let storage =
        WebStorage::builder("latency-files").backend(Backend::Opfs).open_persistent().await.unwrap();
    measure("OPFS", &storage).await;
}
