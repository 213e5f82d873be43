//! Replica ids by Web Locks: the same few ids again and again, each held by one tab at a time.

use synckit::storage::{ReplicaLease, StorageError};
use synckit::version::ReplicaId;

use crate::locks::{self, Lock};

/// Most replica ids that a store remembers. More tabs than that at once write under ids of their own.
pub(crate) const MAX_REPLICAS: u32 = 64;

/// Where known replica ids are noted.
pub(crate) trait Replicas {
    /// At most `limit` known ids.
    async fn replicas(&self, limit: u32) -> Result<Vec<String>, StorageError>;
    /// Notes an id unless `limit` are noted already. Answers whether it is noted.
    async fn add_replica(&self, replica: &str, limit: u32) -> Result<bool, StorageError>;
}

/// The first known id that nobody holds, or a new one.
pub(crate) async fn lease(store: &str, replicas: &impl Replicas) -> Option<ReplicaLease> {
    if !locks::available() {
        return None;
    }
    for known in replicas.replicas(MAX_REPLICAS).await.ok()? {
        // Something else than an id was written by somebody else.
        let Some(replica) = parse(&known) else { continue };
        if let Some(lock) = take(store, replica).await {
            return Some(leased(replica, lock));
        }
    }
    let replica = ReplicaId::new(crate::web::random());
    // First the lock, then the note: an id is never known before it is held.
    let lock = take(store, replica).await?;
    replicas.add_replica(&replica.to_string(), MAX_REPLICAS).await.ok()?.then(|| leased(replica, lock))
}

async fn take(store: &str, replica: ReplicaId) -> Option<Lock> {
    locks::take(&format!("synckit:{store}:replica:{replica}")).await
}

fn leased(replica: ReplicaId, lock: Lock) -> ReplicaLease {
    ReplicaLease { replica, guard: Box::new(lock) }
}

fn parse(text: &str) -> Option<ReplicaId> {
    let id = u64::from_str_radix(text, 16).ok()?;
    (id != 0).then(|| ReplicaId::new(id))
}
