//! Replica ids by Web Locks: the same few ids again and again, each held by one tab at a time.

use synckit::storage::ReplicaLease;
use synckit::version::ReplicaId;

use crate::backend::{self, Operation};
use crate::page;
use crate::store::WebStorage;

/// Most replica ids that a store remembers. More tabs than that at once write under ids of their own.
pub(crate) const MAX_REPLICAS: u64 = 64;

/// The first known id that nobody holds, or a new one.
pub(crate) async fn lease(store: &WebStorage) -> Option<ReplicaLease> {
    let ask =
        |name, replica: &str| store.ask(Operation { number: MAX_REPLICAS, ..Operation::new(name, replica) });
    let mut known = backend::names(&ask("replicas", "").await.ok()?);
    let new = ReplicaId::new(page::random()).to_string();
    known.push(new.clone());
    for replica in known {
        // Something else than an id was written by somebody else.
        let Ok(id) = u64::from_str_radix(&replica, 16) else { continue };
        let name = format!("synckit:{}:replica:{replica}", store.inner.name);
        // For a new one too first the lock, then the note: an id is never known before it is held.
        let Some(lock) = page::lock(&name).await else { continue };
        if replica != new || ask("add_replica", &replica).await.is_ok_and(|noted| noted.is_truthy()) {
            return Some(ReplicaLease { replica: ReplicaId::new(id), guard: Box::new(lock) });
        }
    }
    None
}
