//! Makes changes as an application's replica would.

use std::time::{SystemTime, UNIX_EPOCH};

use synckit::version::{ReplicaId, Timestamp, VersionVector};
use synckit::wire::{Change, Update};

/// Of `docs/encoding.md`: the root as the first container, an operation that sets a key, a key that is new, a text of less than
/// 15 bytes or more.
const ROOT: u8 = 1;
const MAP_SET: u8 = 1;
const STRING: u8 = 5;
const LONG: u8 = 15;

fn put_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The operations of a change that sets a field of the root.
fn map_set(key: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![ROOT, MAP_SET];
    put_number(&mut bytes, 2 * key.len() + 1);
    bytes.extend(key.bytes());
    if value.len() < usize::from(LONG) {
        bytes.push(STRING | (value.len() as u8) << 4);
    } else {
        bytes.push(STRING | LONG << 4);
        put_number(&mut bytes, value.len());
    }
    bytes.extend(value.bytes());
    bytes
}

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
        Change {
            replica: self.replica,
            first_seq: self.seq,
            len: 1,
            time: Timestamp::from_millis(now_ms()),
            operations: map_set(key, value),
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
