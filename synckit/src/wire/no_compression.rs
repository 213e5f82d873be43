//! Without the feature `compression` nothing is inflated.

use super::limits::DecodeError;

pub(super) fn inflate(_bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    Err(DecodeError::Invalid(
        "a compressed snapshot: this program lacks the cargo feature `compression` of synckit",
    ))
}
