//! Replica ids by Web Locks: the same few ids again and again, each held by one tab at a time.
//!
//! The first known id that nobody holds, or a new one. A store remembers 64; more tabs than that at once write under ids of
//! their own.

use synckit::storage::ReplicaLease;
use synckit::version::ReplicaId;
use wasm_bindgen::JsCast;

use crate::backend::settle;
use crate::page::{self, Finally};
use crate::store::WebStorage;

/// A lock that nobody else has, released when it is dropped or the page ends. `None` when there are no Web Locks.
pub(crate) async fn lease(store: &WebStorage) -> Option<ReplicaLease> {
    let fresh = ReplicaId::new(page::random()).to_string();
    let held = js_sys::Array::from(&settle(store.inner.backend.lease(&fresh)).await.ok()?);
    let replica = u64::from_str_radix(&held.get(0).as_string()?, 16).ok()?;
    let lock = Finally(held.get(1).unchecked_into());
    Some(ReplicaLease { replica: ReplicaId::new(replica), guard: Box::new(lock) })
}
