//! What every store has to keep, whichever backend it has, and what is the browser's alone.

use synckit::platform::Platform;
use synckit::storage::{Storage, StorageError, StorageMode};
use synckit_storage_web::{Backend, Web, WebStorage};

use crate::{both_backends, open};

/// The shared promises, for one of the backends.
pub(crate) struct Promised(pub(crate) Backend);

impl synckit_storage_contract::Backend for Promised {
    type Store = WebStorage;

    async fn open(&self, name: &str) -> WebStorage {
        open(self.0, name).await
    }

    async fn pause(&self, ms: u64) {
        Web.sleep(ms).await;
    }

    fn ids_are_unique(&self) -> bool {
        self.0 == Backend::IndexedDb
    }
}

macro_rules! promises {
    ($($name:ident)*) => {
        mod promised_by_indexeddb {
            $(#[wasm_bindgen_test::wasm_bindgen_test]
            async fn $name() {
                synckit_storage_contract::$name(&super::Promised(super::Backend::IndexedDb)).await;
            })*
        }
        mod promised_by_opfs {
            $(#[wasm_bindgen_test::wasm_bindgen_test]
            async fn $name() {
                synckit_storage_contract::$name(&super::Promised(super::Backend::Opfs)).await;
            })*
        }
    };
}
synckit_storage_contract::every_promise!(promises);

both_backends! {
    names_of_stores_have_limits
    the_mode_tells_the_backend
}

async fn names_of_stores_have_limits(backend: Backend) {
    let name = "x".repeat(65);
    for name in ["", name.as_str()] {
        let opened = WebStorage::builder(name).backend(backend).open_persistent().await;
        assert!(matches!(opened.map(drop), Err(StorageError::Limit(_))));
    }
}

async fn the_mode_tells_the_backend(backend: Backend) {
    let expected = if backend == Backend::Opfs { "opfs" } else { "indexeddb" };
    let StorageMode::Persistent { backend, reason, .. } = open(backend, "mode").await.mode() else {
        panic!("not persistent");
    };
    assert_eq!((backend, reason.as_str()), (expected, "chosen by the application"));
}
