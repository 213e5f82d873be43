//! Why something is refused, by number.

/// Why a connection is refused or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureCode {
    /// The peer speaks another version.
    Protocol,
    /// Proof of identity is missing, wrong or expired.
    Unauthenticated,
    /// A message could not be read or was not allowed here.
    Malformed,
    /// More than the limits allow.
    Limit,
    /// The server is going away or not ready; come back.
    Unavailable,
}

impl FailureCode {
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Protocol => 1,
            Self::Unauthenticated => 2,
            Self::Malformed => 3,
            Self::Limit => 4,
            Self::Unavailable => 5,
        }
    }

    /// A reason that this version does not know ends the connection like any other.
    pub(super) fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Protocol,
            2 => Self::Unauthenticated,
            3 => Self::Malformed,
            4 => Self::Limit,
            _ => Self::Unavailable,
        }
    }
}

/// Why a change, or a whole document, was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NackCode {
    /// The server could not store or load it now. Send it again later.
    Storage,
    /// No permission.
    Forbidden,
    /// Larger than the document or the message may be.
    TooLarge,
    /// Not a valid change.
    Invalid,
    /// The server knows another change under the same replica and sequence number.
    Forked,
    /// A change before it is missing: subscribe again to see what the server has.
    Gap,
    /// Its time is too far in the future.
    Clock,
}

impl NackCode {
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Storage => 1,
            Self::Forbidden => 2,
            Self::TooLarge => 3,
            Self::Invalid => 4,
            Self::Forked => 5,
            Self::Gap => 6,
            Self::Clock => 7,
        }
    }

    /// A reason that this version does not know is final like `Invalid`: sending the same again would not help.
    pub(super) fn from_number(number: u32) -> Self {
        match number {
            1 => Self::Storage,
            2 => Self::Forbidden,
            3 => Self::TooLarge,
            5 => Self::Forked,
            6 => Self::Gap,
            7 => Self::Clock,
            _ => Self::Invalid,
        }
    }
}
