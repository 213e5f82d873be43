//! What every store has to keep.

use std::time::Duration;

use synckit::storage::{Storage, StorageMode};
use synckit_storage_contract::Backend;
use synckit_storage_native::{Durability, NativeStorage};
use tempfile::TempDir;

/// Stores in a folder of their own.
struct Files(TempDir, Durability);

impl Backend for Files {
    type Store = NativeStorage;

    async fn open(&self, name: &str) -> NativeStorage {
        let path = self.0.path().join(name).join("store.sqlite");
        NativeStorage::builder_at(path).durability(self.1).open().await.unwrap()
    }

    async fn pause(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

macro_rules! promises {
    ($($name:ident)*) => {
        mod strict {
            $(#[tokio::test]
            async fn $name() {
                let files = super::Files(tempfile::tempdir().unwrap(), super::Durability::Strict);
                synckit_storage_contract::$name(&files).await;
            })*
        }
        mod relaxed {
            $(#[tokio::test]
            async fn $name() {
                let files = super::Files(tempfile::tempdir().unwrap(), super::Durability::Relaxed);
                synckit_storage_contract::$name(&files).await;
            })*
        }
    };
}
synckit_storage_contract::every_promise!(promises);

#[tokio::test]
async fn the_mode_tells_where_the_file_is() {
    let files = Files(tempfile::tempdir().unwrap(), Durability::Strict);
    let storage = files.open("mode").await;
    let StorageMode::Persistent { backend, protected, reason } = storage.mode() else {
        panic!("not persistent");
    };
    assert_eq!((backend, protected), ("sqlite", true));
    assert_eq!(reason, storage.path().display().to_string());
    assert!(storage.path().is_file());
}
