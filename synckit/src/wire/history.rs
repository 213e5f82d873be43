//! The history of a snapshot; `docs/encoding.md` describes every byte.

use super::bytes::{Bytes, put_number, put_signed, put_sized};
use super::limits::{DecodeError, MAX_SEQ};
use super::message::{decode_version, encode_version};
use super::update::Update;
use crate::document::history::Step;
use crate::version::{ReplicaId, VersionVector};

/// Milliseconds since 1970 are less.
const MAX_TIME: u64 = 1 << 48;
const RANGE: DecodeError = DecodeError::Invalid("a number in a history out of range");

/// What a snapshot holds besides what is live.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HistorySection {
    pub(crate) from: VersionVector,
    pub(crate) past: Update,
    pub(crate) steps: Vec<(ReplicaId, Vec<Step>)>,
    pub(crate) deleted: Vec<Deleted>,
}

/// The deleted characters of a text: how many and whether they are missing, and those that are not.
pub(crate) type Deleted = (Vec<(u64, bool)>, String);

impl HistorySection {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_sized(&mut bytes, &encode_version(&self.from));
        put_sized(&mut bytes, &self.past.encode());
        put_number(&mut bytes, self.steps.len() as u64);
        for (replica, steps) in &self.steps {
            bytes.extend_from_slice(&replica.get().to_le_bytes());
            put_number(&mut bytes, steps.len() as u64);
            let (mut end, mut time) = (self.from.get(*replica), 0);
            for step in steps {
                put_number(&mut bytes, step.end.saturating_sub(end));
                put_signed(&mut bytes, step.time.wrapping_sub(time) as i64);
                (end, time) = (step.end, step.time);
            }
        }
        put_number(&mut bytes, self.deleted.len() as u64);
        for (runs, text) in &self.deleted {
            put_number(&mut bytes, runs.len() as u64);
            for &(len, missing) in runs {
                put_number(&mut bytes, 2 * len + u64::from(missing));
            }
            put_sized(&mut bytes, text.as_bytes());
        }
        bytes
    }

    /// Reads a history. What it takes in memory is a small multiple of its bytes: nothing is reserved for what a number
    /// only promises.
    ///
    /// # Errors
    /// [`DecodeError`] when it is none.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut bytes = Bytes::new(bytes);
        let mut section = Self {
            from: decode_version(bytes.sized()?)?,
            past: Update::decode(bytes.sized()?)?,
            ..Self::default()
        };
        for _ in 0..bytes.number()? {
            let replica = u64::from_le_bytes(bytes.array()?);
            if section.steps.last().map_or(0, |(last, _)| last.get()) >= replica {
                return Err(DecodeError::Invalid("writers of a history out of order"));
            }
            let replica = ReplicaId::new(replica);
            let (mut end, mut time, mut steps) = (section.from.get(replica), 0u64, Vec::new());
            for _ in 0..bytes.number()? {
                let len = bytes.number()?;
                end = end.checked_add(len).filter(|&end| len > 0 && end < MAX_SEQ).ok_or(RANGE)?;
                time =
                    time.checked_add_signed(bytes.signed()?).filter(|&time| time < MAX_TIME).ok_or(RANGE)?;
                steps.push(Step { end, time });
            }
            section.steps.push((replica, steps));
        }
        for _ in 0..bytes.number()? {
            let mut runs = Vec::new();
            for _ in 0..bytes.number()? {
                let run = bytes.number()?;
                runs.push((run / 2, run % 2 == 1));
            }
            let len = bytes.number()?;
            section.deleted.push((runs, bytes.text(len)?.to_owned()));
        }
        if !bytes.is_empty() {
            return Err(DecodeError::Invalid("a history is longer than it says"));
        }
        Ok(section)
    }
}
