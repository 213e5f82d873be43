//! Replica ids by Web Locks: the same few ids again and again, each held by one tab at a time.

use synckit::storage::ReplicaLease;
use synckit::version::ReplicaId;

use crate::locks::{self, Mode};
use crate::operation::{Answer, Operation};
use crate::store::WebStorage;

/// Most replica ids that a store remembers. More tabs than that at once write under ids of their own.
pub(crate) const MAX_REPLICAS: u32 = 64;

/// The first known id that nobody holds, or a new one.
pub(crate) async fn lease(store: &WebStorage) -> Option<ReplicaLease> {
    let Ok(Answer::Names(mut known)) = store.ask(Operation::Replicas).await else { return None };
    let new = ReplicaId::new(crate::web::random()).to_string();
    known.push(new.clone());
    for replica in known {
        // Something else than an id was written by somebody else.
        let Ok(id) = u64::from_str_radix(&replica, 16) else { continue };
        let name = format!("synckit:{}:replica:{replica}", store.inner.name);
        // For a new one too first the lock, then the note: an id is never known before it is held.
        let Some(lock) = locks::acquire(&name, Mode::IfAvailable).await else { continue };
        let noted = replica != new
            || matches!(store.ask(Operation::AddReplica { replica }).await, Ok(Answer::Yes(true)));
        if noted {
            return Some(ReplicaLease { replica: ReplicaId::new(id), guard: Box::new(lock) });
        }
    }
    None
}
