//! A transaction that is done when it is complete.

use js_sys::{Array, Object, Reflect};
use synckit::storage::StorageError;
use wasm_bindgen::prelude::*;
use web_sys::{IdbObjectStore, IdbTransaction};

use super::connection::Connection;
use crate::error::storage_error;
use crate::listener::Listener;
use crate::queue::Slot;

#[wasm_bindgen]
extern "C" {
    // `web-sys` has the third argument only among its unstable interfaces.
    #[wasm_bindgen(typescript_type = "IDBDatabase")]
    type DurableDatabase;
    #[wasm_bindgen(method, catch, js_name = transaction)]
    fn transaction(
        this: &DurableDatabase,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;

    // Not in every browser; `commit` only spares a turn of the event loop.
    #[wasm_bindgen(typescript_type = "IDBTransaction")]
    type CommittableTransaction;
    #[wasm_bindgen(method, catch, js_name = commit)]
    fn commit(this: &CommittableTransaction) -> Result<(), JsValue>;
}

/// What a completed write has survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// It is with the operating system: it survives the end of the tab and of the browser, also by a crash, but the last
    /// moments may be lost when the machine loses power. What browsers do unless told otherwise.
    #[default]
    Relaxed,
    /// It is flushed to the disk: it survives a loss of power too. Slower by a disk's flush.
    Strict,
}

impl Durability {
    fn name(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Strict => "strict",
        }
    }
}

/// A transaction that is under way.
pub(super) struct Transaction {
    transaction: IdbTransaction,
    done: Slot<Result<(), StorageError>>,
    _listeners: [Listener; 2],
}

impl Transaction {
    pub(super) fn begin(
        connection: &Connection,
        stores: &[&str],
        mode: &str,
        durability: Durability,
    ) -> Result<Self, StorageError> {
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let options = Object::new();
        // Setting a property of a plain object does not fail.
        let _ = Reflect::set(&options, &"durability".into(), &durability.name().into());
        let transaction = connection
            .database()
            .unchecked_ref::<DurableDatabase>()
            .transaction(&names, mode, &options)
            .map_err(|thrown| storage_error(&thrown))?;
        let done = Slot::new();
        let on_complete = {
            let done = done.clone();
            Listener::new(&transaction, "complete", move |_| done.set(Ok(())))
        };
        let on_abort = {
            let (done, transaction) = (done.clone(), transaction.clone());
            Listener::new(&transaction.clone(), "abort", move |_| {
                done.set(Err(match transaction.error() {
                    Some(error) => storage_error(&error),
                    None => StorageError::Aborted("the browser ended the transaction".into()),
                }));
            })
        };
        Ok(Self { transaction, done, _listeners: [on_complete, on_abort] })
    }

    pub(super) fn store(&self, name: &str) -> Result<IdbObjectStore, StorageError> {
        self.transaction.object_store(name).map_err(|thrown| match crate::error::name(&thrown).as_str() {
            "NotFoundError" => StorageError::Corrupt(format!("the object store `{name}` is missing")),
            _ => storage_error(&thrown),
        })
    }

    /// Resolves with what came of the work in it when it has ended, which is what counts.
    pub(super) async fn end<T>(self, work: Result<T, StorageError>) -> Result<T, StorageError> {
        if work.is_ok() {
            let _ = self.transaction.unchecked_ref::<CommittableTransaction>().commit();
        } else {
            // All or nothing. Fails when it has ended already.
            let _ = self.transaction.abort();
        }
        match (work, self.done.await) {
            (work, Ok(())) => work,
            // The end tells more than what came of it: that nothing more could be asked.
            (Err(error), Err(StorageError::Aborted(_))) => Err(error),
            (_, Err(cause)) => Err(cause),
        }
    }
}
