//! Changes and updates by their headers.

use super::bytes::{Bytes, put_number};
use super::compression;
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

    /// Its size when encoded, in bytes, rounded up.
    pub fn encoded_len(&self) -> usize {
        MAX_HEADER + self.operations.len() + MAX_DEPENDENCY * self.dependencies.len()
    }

    /// Who, from which number on, a byte that says what else there is, when, and that; the operations are the rest.
    fn write(&self, bytes: &mut Vec<u8>) {
        let counter = self.time.0 as u16;
        let small = counter.min(u16::from(COUNTER_FOLLOWS));
        let len = if self.len == 1 { 0 } else { LEN_FOLLOWS };
        let dependencies = if self.dependencies.is_empty() { 0 } else { DEPENDENCIES_FOLLOW };
        bytes.extend_from_slice(&self.replica.get().to_le_bytes());
        put_number(bytes, self.first_seq);
        bytes.push(len | dependencies | (small as u8) << 2);
        bytes.extend_from_slice(&self.time.millis().to_le_bytes()[..6]);
        if small == u16::from(COUNTER_FOLLOWS) {
            put_number(bytes, u64::from(counter));
        }
        if len != 0 {
            put_number(bytes, self.len);
        }
        if dependencies != 0 {
            put_number(bytes, self.dependencies.len() as u64);
            for (replica, seq) in self.dependencies.iter() {
                bytes.extend_from_slice(&replica.get().to_le_bytes());
                put_number(bytes, seq);
            }
        }
        bytes.extend_from_slice(&self.operations);
    }

    fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (change, operations) = Self::split(bytes)?;
        Ok(Self { operations: operations.to_vec(), ..change })
    }

    /// The header, and the operations.
    fn split(bytes: &[u8]) -> Result<(Self, &[u8]), DecodeError> {
        let mut bytes = Bytes::new(bytes);
        let change = Self::read_header(&mut bytes)?;
        let (replica, first_seq, len) = (change.replica.get(), change.first_seq, change.len);
        if replica == 0 || first_seq == 0 || len == 0 {
            return Err(NO_HEADER);
        }
        if first_seq.saturating_add(len) > MAX_SEQ {
            return Err(DecodeError::TooLarge {
                what: "sequence number",
                size: first_seq.saturating_add(len),
                limit: MAX_SEQ,
            });
        }
        Ok((change, bytes.rest()))
    }

    fn read_header(bytes: &mut Bytes<'_>) -> Result<Self, DecodeError> {
        let replica = u64::from_le_bytes(bytes.array().map_err(|_| NO_HEADER)?);
        let first_seq = bytes.number()?;
        let head = bytes.byte()?;
        let [a, b, c, d, e, f] = bytes.array()?;
        let millis = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        let counter = match head >> 2 {
            COUNTER_FOLLOWS => {
                let counter = bytes.number()?;
                u16::try_from(counter).map_err(|_| DecodeError::TooLarge {
                    what: "counter of a time",
                    size: counter,
                    limit: u64::from(u16::MAX),
                })?
            }
            small => u16::from(small),
        };
        let len = if head & LEN_FOLLOWS != 0 { bytes.number()? } else { 1 };
        let mut dependencies = Vec::new();
        if head & DEPENDENCIES_FOLLOW != 0 {
            for _ in 0..bytes.number()? {
                let replica = u64::from_le_bytes(bytes.array()?);
                push_entry(&mut dependencies, replica, bytes.number()?)?;
            }
        }
        Ok(Self {
            replica: ReplicaId::new(replica),
            first_seq,
            len,
            time: Timestamp(millis << 16 | u64::from(counter)),
            operations: Vec::new(),
            dependencies: VersionVector::from_ascending(dependencies),
        })
    }
}

/// More than one sequence number: how many.
const LEN_FOLLOWS: u8 = 1;
/// There are dependencies: how many, and those.
const DEPENDENCIES_FOLLOW: u8 = 2;
/// In the upper six bits, where small counters of the time are: it follows as a number.
const COUNTER_FOLLOWS: u8 = 63;

/// Bytes of a change without operations and dependencies at most, with its key and length in the update.
const MAX_HEADER: usize = 48;
/// Bytes of a dependency at most.
const MAX_DEPENDENCY: usize = 16;

const NO_HEADER: DecodeError = DecodeError::Invalid("a change without a header");

/// Takes what is beside the changes: the number of the field, and what is in it.
type Beside<'a> = dyn FnMut(u32, &[u8]) -> Result<(), DecodeError> + 'a;

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
        for change in &self.changes {
            fields::write_message(&mut bytes, 1, |bytes| change.write(bytes));
        }
        bytes
    }

    /// The only change of an update, its operations apart. What cannot be read, or is another number of changes, is none.
    #[cfg(feature = "text")]
    pub(crate) fn only(bytes: &[u8]) -> Option<(Change, &[u8])> {
        check("update", bytes.len(), Limits::DEFAULT.message).ok()?;
        let mut rest = Bytes::new(bytes);
        let (1, content) = fields::content(&mut rest).ok()?? else { return None };
        if rest.is_empty() { Change::split(content).ok() } else { None }
    }

    /// Its size when encoded, in bytes, rounded up for each change.
    pub fn encoded_len(&self) -> usize {
        self.changes.iter().map(Change::encoded_len).sum()
    }

    /// Reads an update, headers only.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are not an update, are larger than [`Limits::DEFAULT`] allows, or a header makes
    /// no sense.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::read(bytes, &mut |tag, _| match tag {
            2 | 3 => Err(DecodeError::Invalid("a snapshot where an update was expected")),
            _ => Ok(()),
        })
    }

    fn read(bytes: &[u8], beside: &mut Beside<'_>) -> Result<Self, DecodeError> {
        check("update", bytes.len(), Limits::DEFAULT.message)?;
        let mut changes = Vec::new();
        let mut rest = Bytes::new(bytes);
        while !rest.is_empty() {
            let other = DecodeError::Invalid("an update that holds something else than changes");
            let (tag, content) = fields::content(&mut rest)?.ok_or(other)?;
            match tag {
                1 => changes.push(Change::read(content)?),
                _ => beside(tag, content)?,
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

/// A whole document: what it is stored and exported as. Of its texts there is the session that made them, which is loaded
/// without being merged, and without the characters that were deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Everything but the edits of texts; all sequence numbers are covered.
    pub(crate) update: Update,
    /// An encoded text each.
    pub(crate) texts: Vec<Vec<u8>>,
    /// What is not live any more; empty when the document keeps no history.
    #[cfg(feature = "history")]
    pub(crate) history: Vec<u8>,
}

/// The first byte of a compressed snapshot: no field of a message begins with it.
pub(super) const COMPRESSED: u8 = 0;

impl Snapshot {
    /// Whether there is nothing in it but changes.
    pub(crate) fn is_update(&self) -> bool {
        #[cfg(feature = "history")]
        if !self.history.is_empty() {
            return false;
        }
        self.texts.is_empty()
    }

    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.update.encode();
        self.texts.iter().for_each(|text| fields::write_bytes(&mut bytes, 2, text));
        #[cfg(feature = "history")]
        if !self.history.is_empty() {
            fields::write_bytes(&mut bytes, 3, &self.history);
        }
        bytes
    }

    /// Reads a snapshot, headers only. An update is read as a snapshot without texts, and with the cargo feature `compression` a
    /// compressed one is inflated: to 64 times its size and 64 MiB at most.
    ///
    /// # Errors
    /// As [`Update::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.strip_prefix(&[COMPRESSED]) {
            Some(rest) => Self::read(&compression::inflate(rest)?),
            None => Self::read(bytes),
        }
    }

    fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut snapshot = Self::default();
        snapshot.update = Update::read(bytes, &mut |tag, content| {
            match tag {
                2 => snapshot.texts.push(content.to_vec()),
                #[cfg(feature = "history")]
                3 => snapshot.history = content.to_vec(),
                _ => {}
            }
            Ok(())
        })?;
        Ok(snapshot)
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
pub(super) fn read_vector(bytes: &[u8]) -> Result<VersionVector, DecodeError> {
    let mut bytes = Bytes::new(bytes);
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let other = DecodeError::Invalid("a version vector that holds something else than entries");
        let Some((1, entry)) = fields::content(&mut bytes)? else { return Err(other) };
        let entry = Fields::read(entry, &[Kind::Fixed, Kind::Varint])?;
        push_entry(&mut entries, entry.number(1), entry.number(2))?;
    }
    Ok(VersionVector::from_ascending(entries))
}

fn push_entry(entries: &mut Vec<(ReplicaId, u64)>, replica: u64, seq: u64) -> Result<(), DecodeError> {
    let ascending = entries.last().is_none_or(|(last, _)| last.get() < replica);
    if !ascending || replica == 0 || !(1..MAX_SEQ).contains(&seq) {
        return Err(DecodeError::Invalid("a version vector out of order or range"));
    }
    entries.push((ReplicaId::new(replica), seq));
    Ok(())
}
