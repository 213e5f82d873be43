//! Tests that run in a real browser: `cargo test --target wasm32-unknown-unknown -p synckit-storage-web`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed assumption stops the test")]

mod contract;
mod faults;
mod indexeddb_faults;
mod kill;
mod latency;
mod opfs_faults;
mod platform;
mod second;
mod tabs;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use synckit::storage::{Chunk, ChunkId, Storage};
use synckit_storage_web::{Backend, WebStorage};
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

/// The store of this name in this backend, which has to be had.
async fn open(backend: Backend, name: &str) -> WebStorage {
    WebStorage::builder(name).backend(backend).open_persistent().await.unwrap()
}

/// The updates of a document.
async fn updates(storage: &WebStorage, document: &str) -> Vec<Vec<u8>> {
    storage.load(document, None).await.unwrap().into_iter().map(|chunk| chunk.update).collect()
}

fn ids(chunks: &[Chunk]) -> Vec<ChunkId> {
    chunks.iter().map(|chunk| chunk.id).collect()
}

/// Both results, the two running at once.
async fn join<A, B>(one: impl Future<Output = A>, two: impl Future<Output = B>) -> (A, B) {
    let (mut one, mut two) = (pin!(one), pin!(two));
    let (mut a, mut b) = (None, None);
    poll_fn(|context| {
        step(&mut a, one.as_mut(), context);
        step(&mut b, two.as_mut(), context);
        if a.is_some() && b.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    (a.unwrap(), b.unwrap())
}

/// All results, all running at once.
async fn join_all<T>(all: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.into_iter().map(|one| (None, Box::pin(one))).collect();
    poll_fn(|context| {
        all.iter_mut().for_each(|(value, one)| step(value, one.as_mut(), context));
        if all.iter().all(|(value, _)| value.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    all.into_iter().map(|(value, _)| value.unwrap()).collect()
}

fn step<T>(value: &mut Option<T>, future: Pin<&mut impl Future<Output = T>>, context: &mut Context<'_>) {
    if value.is_none() {
        *value = match future.poll(context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        };
    }
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
