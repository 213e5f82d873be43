//! The bounds of what is read from elsewhere.

/// How large what is read may be. Everything beyond is refused before memory is reserved for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one message or stored update.
    pub message: usize,
    /// Bytes of a document's id.
    pub document_id: usize,
    /// Bytes of a presence state.
    pub presence: usize,
    /// Bytes of a token.
    pub token: usize,
}

impl Limits {
    /// Messages and stored updates of 64 MiB, document ids of 256 bytes, presence states of 16 KiB, tokens of 8 KiB.
    pub const DEFAULT: Self =
        Self { message: 64 << 20, document_id: 256, presence: 16 << 10, token: 8 << 10 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Bytes of a map key or field name.
pub(crate) const MAX_KEY: usize = 1 << 10;
/// Bytes of a list position.
pub(crate) const MAX_POSITION: usize = 1 << 10;
/// How deep containers and values may nest.
pub(crate) const MAX_DEPTH: usize = 32;
/// Sequence numbers stay below 2^53, so that JavaScript can hold them too.
pub(crate) const MAX_SEQ: u64 = 1 << 53;

pub(crate) const NOT_TEXT: DecodeError = DecodeError::Invalid("a text that is not UTF-8");

/// Why bytes could not be read. Nothing was changed by the attempt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Not the protobuf message that was expected.
    #[error("not a readable message: {0}")]
    Protobuf(String),
    /// Larger than allowed.
    #[error("{what} of {size} is over the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        size: u64,
        /// How large it may be.
        limit: u64,
    },
    /// Readable, but it makes no sense.
    #[error("invalid: {0}")]
    Invalid(&'static str),
    /// A kind of operation, container or message that this version does not know.
    #[error("unknown {what} {number}: written by a newer version, upgrade")]
    Unknown {
        /// What is unknown.
        what: &'static str,
        /// Its number.
        number: u64,
    },
}

pub(crate) fn check(what: &'static str, size: usize, limit: usize) -> Result<(), DecodeError> {
    if size > limit {
        return Err(DecodeError::TooLarge { what, size: size as u64, limit: limit as u64 });
    }
    Ok(())
}
