//! Makes changes as an application's replica would.

use std::time::{SystemTime, UNIX_EPOCH};

use prost::Message as _;
use synckit::version::{ReplicaId, Timestamp, VersionVector};
use synckit::wire::{Change, Update};

/// The columns of `Operations` in `proto/synckit/v1/document.proto` that setting a field of the root needs.
#[derive(prost::Message)]
struct Operations {
    #[prost(message, repeated, tag = "1")]
    container_table: Vec<ContainerEntry>,
    #[prost(string, repeated, tag = "2")]
    key_table: Vec<String>,
    #[prost(uint32, repeated, tag = "4")]
    kinds: Vec<u32>,
    #[prost(uint32, repeated, tag = "5")]
    containers: Vec<u32>,
    #[prost(uint32, repeated, tag = "8")]
    keys: Vec<u32>,
    #[prost(message, repeated, tag = "12")]
    values: Vec<Value>,
}

#[derive(prost::Message)]
struct ContainerEntry {
    #[prost(bool, optional, tag = "1")]
    root: Option<bool>,
}

#[derive(prost::Message)]
struct Value {
    #[prost(string, optional, tag = "4")]
    string: Option<String>,
}

const MAP_SET: u32 = 1;

/// A replica that sets fields of a document's root map.
pub(crate) struct Writer {
    replica: ReplicaId,
    seq: u64,
}

impl Writer {
    pub(crate) fn new(replica: u64) -> Self {
        Self { replica: ReplicaId::new(replica), seq: 0 }
    }

    pub(crate) fn replica(&self) -> ReplicaId {
        self.replica
    }

    /// The sequence number of its last change.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// Goes on after `seq`.
    pub(crate) fn rewind(&mut self, seq: u64) {
        self.seq = seq;
    }

    pub(crate) fn version(&self) -> VersionVector {
        [(self.replica, self.seq)].into_iter().collect()
    }

    /// The next change: `key` becomes `value`.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> Change {
        self.seq += 1;
        let operations = Operations {
            container_table: vec![ContainerEntry { root: Some(true) }],
            key_table: vec![key.into()],
            kinds: vec![MAP_SET],
            containers: vec![0],
            keys: vec![0],
            values: vec![Value { string: Some(value.into()) }],
        };
        Change {
            replica: self.replica,
            first_seq: self.seq,
            len: 1,
            time: Timestamp::from_millis(now_ms()),
            operations: operations.encode_to_vec(),
            dependencies: VersionVector::new(),
        }
    }
}

pub(crate) fn update(changes: impl IntoIterator<Item = Change>) -> Update {
    Update { changes: changes.into_iter().collect() }
}

pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
