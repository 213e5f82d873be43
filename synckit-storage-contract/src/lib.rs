//! What every store of SyncKit has to keep, written once and run against each of them.
//!
//! A store's tests implement [`Backend`] and make a test of every promise:
//!
//! ```ignore
//! macro_rules! promises {
//!     ($($name:ident)*) => {
//!         $(#[tokio::test]
//!         async fn $name() {
//!             synckit_storage_contract::$name(&MyBackend::new()).await;
//!         })*
//!     };
//! }
//! synckit_storage_contract::every_promise!(promises);
//! ```
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed assumption stops the test")]

mod leases;
mod log;
mod records;
mod tasks;

use std::future::Future;

use synckit::storage::{Chunk, ChunkId, Storage};

pub use leases::*;
pub use log::*;
pub use records::*;
pub use tasks::{join, join_all};

/// A kind of store, and a place of its own to make stores in.
pub trait Backend {
    /// The store.
    type Store: Storage + Clone;

    /// Opens the store of this name, as another tab or process would; it has to be had. The same name is the same store.
    fn open(&self, name: &str) -> impl Future<Output = Self::Store>;

    /// Waits, for what a platform does a moment later.
    fn pause(&self, ms: u64) -> impl Future<Output = ()>;

    /// Whether no two documents have a chunk with the same id. Where they have, a chunk is named by its document and id.
    fn ids_are_unique(&self) -> bool {
        true
    }
}

/// Calls a macro with the names of all promises.
#[macro_export]
macro_rules! every_promise {
    ($tests:ident) => {
        $tests! {
            appends_are_loaded_in_order
            load_begins_after_a_chunk
            what_is_stored_is_there_after_opening_again
            compaction_deletes_only_what_it_read
            compaction_while_another_appends
            compaction_of_a_compaction
            ten_thousand_changes_then_compaction
            a_deleted_document_is_gone_and_its_ids_are_not_used_again
            documents_are_those_with_something_stored
            documents_of_any_name
            records_are_replaced
            limits_are_refused_and_change_nothing
            large_and_empty_updates
            simultaneous_leases_are_all_different
            leases_come_back_and_their_number_is_bounded
        }
    };
}

/// The updates of a document.
pub async fn updates(storage: &impl Storage, document: &str) -> Vec<Vec<u8>> {
    storage.load(document, None).await.unwrap().into_iter().map(|chunk| chunk.update).collect()
}

/// The names of chunks.
pub fn ids(chunks: &[Chunk]) -> Vec<ChunkId> {
    chunks.iter().map(|chunk| chunk.id).collect()
}
