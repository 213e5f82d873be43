//! Who wrote what and when: replicas, dots, version vectors and the hybrid logical clock.

mod timestamp;
mod vector;

use std::fmt;

pub use timestamp::{HybridClock, Timestamp};
pub use vector::VersionVector;

/// One writer: a tab, a process. Random 64 bits, never 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplicaId(u64);

impl ReplicaId {
    /// The replica with this number. 0 stands for no replica and is turned into 1.
    pub fn new(id: u64) -> Self {
        Self(id.max(1))
    }

    /// Its number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Names one operation: its writer and its sequence number there, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// Who wrote it.
    pub replica: ReplicaId,
    /// Which of its operations, from 1.
    pub seq: u64,
}

impl Dot {
    /// The operation `seq` of `replica`.
    pub fn new(replica: ReplicaId, seq: u64) -> Self {
        Self { replica, seq }
    }
}

impl fmt::Debug for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Hexadecimal replica, a dash, the sequence number. Stable: usable as a key in a user interface.
impl fmt::Display for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{}", self.replica.0, self.seq)
    }
}

/// Why a text is not a [`Dot`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an element id: expected hexadecimal digits, a dash and a number")]
pub struct ParseDotError(String);

impl ParseDotError {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.chars().take(64).collect())
    }
}

impl std::str::FromStr for Dot {
    type Err = ParseDotError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseDotError::new(text);
        let (replica, seq) = text.split_once('-').ok_or_else(error)?;
        let replica = u64::from_str_radix(replica, 16).map_err(|_| error())?;
        let seq = seq.parse().map_err(|_| error())?;
        if replica == 0 || seq == 0 {
            return Err(error());
        }
        Ok(Self::new(ReplicaId(replica), seq))
    }
}
