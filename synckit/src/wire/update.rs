//! Changes and updates by their headers.

use prost::Message;
use prost::encoding::{self, WireType};

use super::generated as pb;
use super::limits::{DecodeError, Limits, MAX_CHANGE_LEN, MAX_SEQ, check};
use crate::version::{ReplicaId, Timestamp, VersionVector};

/// Consecutive operations of one replica under one header.
///
/// Operations that have been overwritten since may be missing; their sequence numbers are covered all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who wrote it.
    pub replica: ReplicaId,
    /// The first sequence number it covers, from 1.
    pub first_seq: u64,
    /// How many sequence numbers it covers, at least 1.
    pub len: u64,
    /// Hybrid logical time of its first operation.
    pub time: Timestamp,
    /// Encoded operations; empty when everything in it has been overwritten.
    pub operations: Vec<u8>,
    /// What must be known before it can be applied, beyond the replica's own earlier changes.
    pub dependencies: VersionVector,
}

impl Change {
    /// The last sequence number it covers.
    pub fn last_seq(&self) -> u64 {
        self.first_seq + self.len - 1
    }

    /// Its size when encoded, in bytes, give or take a few.
    pub fn encoded_len(&self) -> usize {
        34 + self.operations.len() + 20 * self.dependencies.len()
    }

    fn from_wire(wire: pb::Change) -> Result<Self, DecodeError> {
        if wire.replica == 0 || wire.first_seq == 0 || wire.len == 0 {
            return Err(DecodeError::Invalid("a change without replica or sequence number"));
        }
        if wire.len > MAX_CHANGE_LEN || wire.first_seq.saturating_add(wire.len) > MAX_SEQ {
            return Err(DecodeError::TooLarge {
                what: "sequence number",
                size: wire.first_seq.saturating_add(wire.len),
                limit: MAX_SEQ,
            });
        }
        Ok(Self {
            replica: ReplicaId::new(wire.replica),
            first_seq: wire.first_seq,
            len: wire.len,
            time: Timestamp(wire.time),
            operations: wire.operations,
            dependencies: wire.dependencies.map(vector_from_wire).transpose()?.unwrap_or_default(),
        })
    }

    fn to_wire(&self) -> pb::Change {
        pb::Change {
            replica: self.replica.get(),
            first_seq: self.first_seq,
            len: self.len,
            time: self.time.0,
            operations: self.operations.clone(),
            dependencies: (!self.dependencies.is_empty()).then(|| vector_to_wire(&self.dependencies)),
        }
    }
}

/// A batch of changes. A snapshot is the update that starts from nothing.
///
/// ```
/// use synckit::wire::Update;
///
/// let update = Update::default();
/// assert_eq!(Update::decode(&update.encode())?, update);
/// # Ok::<(), synckit::wire::DecodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Update {
    /// The changes; of one replica in ascending order.
    pub changes: Vec<Change>,
}

impl Update {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Its bytes, for the wire and the disk.
    pub fn encode(&self) -> Vec<u8> {
        self.to_wire().encode_to_vec()
    }

    /// Its size when encoded, in bytes, give or take a few for each change.
    pub fn encoded_len(&self) -> usize {
        self.changes.iter().map(Change::encoded_len).sum()
    }

    /// Reads an update, headers only.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are not an update, are larger than [`Limits::DEFAULT`] allows, or a header makes
    /// no sense.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        check("update", bytes.len(), Limits::DEFAULT.message)?;
        check_headers(bytes)?;
        Self::from_wire(pb::Update::decode(bytes)?)
    }

    /// Cuts it into updates of about `max_bytes` at most, in order; a single change larger than that stays whole.
    pub fn split(self, max_bytes: usize) -> Vec<Self> {
        let mut parts = Vec::new();
        let (mut part, mut size) = (Self::default(), 0);
        for change in self.changes {
            let len = change.encoded_len();
            if size + len > max_bytes && !part.is_empty() {
                parts.push(std::mem::take(&mut part));
                size = 0;
            }
            size += len;
            part.changes.push(change);
        }
        if !part.is_empty() {
            parts.push(part);
        }
        parts
    }

    pub(crate) fn from_wire(wire: pb::Update) -> Result<Self, DecodeError> {
        let changes = wire.changes.into_iter().map(Change::from_wire).collect::<Result<_, _>>()?;
        Ok(Self { changes })
    }

    pub(crate) fn to_wire(&self) -> pb::Update {
        pb::Update { changes: self.changes.iter().map(Change::to_wire).collect() }
    }
}

/// Bytes that a change takes at least: its replica, first sequence number and length.
const MIN_CHANGE: u64 = 13;

/// Refuses changes that are too short to be any, before memory is reserved for them: in memory a change takes some hundred
/// bytes, as a message of nothing it would take two.
fn check_headers(mut bytes: &[u8]) -> Result<(), DecodeError> {
    while !bytes.is_empty() {
        let (tag, kind) = encoding::decode_key(&mut bytes)?;
        if kind != WireType::LengthDelimited {
            return Err(DecodeError::Invalid("an update that holds something else than changes"));
        }
        let len = encoding::decode_varint(&mut bytes)?;
        if tag == 1 && len < MIN_CHANGE {
            return Err(DecodeError::Invalid("a change without a header"));
        }
        let rest = usize::try_from(len).ok().and_then(|len| bytes.get(len..));
        bytes = rest.ok_or(DecodeError::Invalid("a change longer than its update"))?;
    }
    Ok(())
}

pub(crate) fn vector_to_wire(vector: &VersionVector) -> pb::VersionVector {
    let entry = |(replica, seq): (ReplicaId, u64)| pb::VersionEntry { replica: replica.get(), seq };
    pb::VersionVector { entries: vector.iter().map(entry).collect() }
}

pub(crate) fn vector_from_wire(wire: pb::VersionVector) -> Result<VersionVector, DecodeError> {
    let ascending = wire.entries.windows(2).all(|pair| pair[0].replica < pair[1].replica);
    let numbers = wire.entries.iter().all(|entry| entry.replica != 0 && (1..MAX_SEQ).contains(&entry.seq));
    if !ascending || !numbers {
        return Err(DecodeError::Invalid("a version vector out of order or range"));
    }
    // Ascending already: each entry is appended, never inserted.
    Ok(wire.entries.iter().map(|entry| (ReplicaId::new(entry.replica), entry.seq)).collect())
}
