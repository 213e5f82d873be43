//! Replica ids that nobody else uses.

use std::collections::BTreeSet;

use synckit::storage::Storage;
use synckit::version::ReplicaId;

use crate::{Backend, join_all};

/// Leases until this id is given, keeping the others meanwhile: a lock that was let go may take a moment to be free.
pub async fn lease_of<B: Backend>(backend: &B, storage: &B::Store, replica: &str) -> bool {
    let mut others = Vec::new();
    for _ in 0..50 {
        match storage.lease().await {
            Some(lease) if lease.replica.to_string() == replica => return true,
            other => others.extend(other),
        }
        backend.pause(50).await;
    }
    false
}

/// Twenty clients of four tabs that begin at once never share an id, and later ones use the same ids again.
pub async fn simultaneous_leases_are_all_different(backend: &impl Backend) {
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(backend.open("leases").await);
    }
    let mut before = BTreeSet::new();
    for round in 0..3 {
        let asked = (0..20).map(|index| {
            let storage = stores[index % 4].clone();
            async move { storage.lease().await.unwrap() }
        });
        let leases = join_all(asked.collect()).await;
        let replicas: BTreeSet<ReplicaId> = leases.iter().map(|lease| lease.replica).collect();
        assert_eq!(replicas.len(), 20, "round {round}");
        before.extend(replicas);
        drop(leases);
        backend.pause(500).await;
    }
    // Simultaneous asking may make a few more than were ever needed at once, never one per asking.
    assert!(before.len() < 40, "{} ids for 20 tabs", before.len());
}

/// There are 64 ids at most, and one that is given back is given out again.
pub async fn leases_come_back_and_their_number_is_bounded(backend: &impl Backend) {
    let storage = backend.open("leases-bound").await;
    let mut leases = Vec::new();
    for _ in 0..64 {
        leases.push(storage.lease().await.unwrap());
    }
    assert!(storage.lease().await.is_none(), "64 ids are the most");
    let given_back = leases.swap_remove(17).replica;
    assert!(lease_of(backend, &storage, &given_back.to_string()).await);
}
