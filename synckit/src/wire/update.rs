//! Changes and updates by their headers.

use prost::encoding::WireType;

use super::fields::{self, Field, Fields, Kind};
use super::limits::{DecodeError, Limits, MAX_SEQ, check};
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

    fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let fields = Fields::read(bytes, &KINDS)?;
        let (replica, first_seq, len) = (fields.number(1), fields.number(2), fields.number(3));
        if replica == 0 || first_seq == 0 || len == 0 {
            return Err(DecodeError::Invalid("a change without a header"));
        }
        if first_seq.saturating_add(len) > MAX_SEQ {
            return Err(DecodeError::TooLarge {
                what: "sequence number",
                size: first_seq.saturating_add(len),
                limit: MAX_SEQ,
            });
        }
        Ok(Self {
            replica: ReplicaId::new(replica),
            first_seq,
            len,
            time: Timestamp(fields.number(4)),
            operations: fields.bytes(5).to_vec(),
            dependencies: read_vector(fields.bytes(6))?,
        })
    }
}

/// The fields of a change.
const KINDS: [Kind; 6] = [Kind::Fixed, Kind::Varint, Kind::Varint, Kind::Fixed, Kind::Bytes, Kind::Bytes];

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
        let mut bytes = Vec::with_capacity(self.encoded_len());
        let mut body = Vec::new();
        for change in &self.changes {
            body.clear();
            fields::write(
                &mut body,
                &[
                    Field::Fixed(change.replica.get()),
                    Field::Varint(change.first_seq),
                    Field::Varint(change.len),
                    Field::Fixed(change.time.0),
                    Field::Bytes(&change.operations),
                    Field::Bytes(&write_vector(&change.dependencies)),
                ],
            );
            fields::write_bytes(&mut bytes, 1, &body);
        }
        bytes
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
        Self::read(bytes, &mut |_| Err(DecodeError::Invalid("a snapshot where an update was expected")))
    }

    fn read(
        bytes: &[u8],
        texts: &mut dyn FnMut(&[u8]) -> Result<(), DecodeError>,
    ) -> Result<Self, DecodeError> {
        check("update", bytes.len(), Limits::DEFAULT.message)?;
        let mut changes = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (tag, kind) = fields::key(&mut rest)?;
            if kind != WireType::LengthDelimited {
                return Err(DecodeError::Invalid("an update that holds something else than changes"));
            }
            let content = fields::content(&mut rest)?;
            match tag {
                1 => changes.push(Change::read(content)?),
                2 => texts(content)?,
                _ => {}
            }
        }
        Ok(Self { changes })
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
}

/// A whole document: what it is stored and exported as. Its texts are in their order, so that they are loaded without being
/// merged, and without the characters that were deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Everything but the edits of texts; all sequence numbers are covered.
    pub(crate) update: Update,
    /// An encoded text each.
    pub(crate) texts: Vec<Vec<u8>>,
}

impl Snapshot {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.update.encode();
        self.texts.iter().for_each(|text| fields::write_bytes(&mut bytes, 2, text));
        bytes
    }

    /// Reads a snapshot, headers only. An update is read as a snapshot without texts.
    ///
    /// # Errors
    /// As [`Update::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut texts = Vec::new();
        let update = Update::read(bytes, &mut |text| {
            texts.push(text.to_vec());
            Ok(())
        })?;
        Ok(Self { update, texts })
    }
}

/// The bytes of a version vector.
pub(super) fn write_vector(vector: &VersionVector) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(20 * vector.len());
    for (replica, seq) in vector.iter() {
        let mut entry = Vec::with_capacity(20);
        fields::write(&mut entry, &[Field::Fixed(replica.get()), Field::Varint(seq)]);
        fields::write_bytes(&mut bytes, 1, &entry);
    }
    bytes
}

/// Reads what [`write_vector`] wrote.
pub(super) fn read_vector(mut bytes: &[u8]) -> Result<VersionVector, DecodeError> {
    let mut entries: Vec<(ReplicaId, u64)> = Vec::new();
    while !bytes.is_empty() {
        let (tag, kind) = fields::key(&mut bytes)?;
        if (tag, kind) != (1, WireType::LengthDelimited) {
            return Err(DecodeError::Invalid("a version vector that holds something else than entries"));
        }
        let entry = Fields::read(fields::content(&mut bytes)?, &[Kind::Fixed, Kind::Varint])?;
        let (replica, seq) = (entry.number(1), entry.number(2));
        let ascending = entries.last().is_none_or(|(last, _)| last.get() < replica);
        if !ascending || replica == 0 || !(1..MAX_SEQ).contains(&seq) {
            return Err(DecodeError::Invalid("a version vector out of order or range"));
        }
        entries.push((ReplicaId::new(replica), seq));
    }
    // Ascending already: each entry is appended, never inserted.
    Ok(entries.into_iter().collect())
}
