//! Records, and what no store takes.

use synckit::storage::{Storage, StorageError};

use crate::Backend;

/// A record holds the last value, up to 1 MiB.
pub async fn records_are_replaced(backend: &impl Backend) {
    let storage = backend.open("records").await;
    assert_eq!(storage.record("r").await.unwrap(), None);
    for value in [vec![1; 1000], vec![], vec![2]] {
        storage.set_record("r", value.clone()).await.unwrap();
        assert_eq!(storage.record("r").await.unwrap(), Some(value));
    }
    let key = "Ö".repeat(150);
    storage.set_record(&key, vec![9; 1 << 20]).await.unwrap();
    assert_eq!(storage.record(&key).await.unwrap(), Some(vec![9; 1 << 20]));
    assert_eq!(storage.record("R").await.unwrap(), None);
}

/// What exceeds the limits of [`Storage`] is refused and leaves no trace.
pub async fn limits_are_refused_and_change_nothing(backend: &impl Backend) {
    let storage = backend.open("limits").await;
    let limit = |result: Result<(), StorageError>| assert!(matches!(result, Err(StorageError::Limit(_))));
    let long = "x".repeat(257);
    for document in ["", long.as_str()] {
        limit(storage.append(document, vec![1]).await.map(drop));
        limit(storage.load(document, None).await.map(drop));
        limit(storage.compact(document, &[], vec![1]).await.map(drop));
        limit(storage.delete(document).await);
    }
    limit(storage.append("d", vec![0; (64 << 20) + 1]).await.map(drop));
    limit(storage.compact("d", &[], vec![0; (64 << 20) + 1]).await.map(drop));
    let long = "x".repeat(301);
    for key in ["", long.as_str()] {
        limit(storage.record(key).await.map(drop));
        limit(storage.set_record(key, vec![1]).await);
    }
    limit(storage.set_record("r", vec![0; (1 << 20) + 1]).await);
    assert!(storage.documents().await.unwrap().is_empty());
    assert_eq!(storage.record("r").await.unwrap(), None);
}
