//! One value, the last writer wins.

use super::operation::Stamp;

/// A value with the stamp of who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Register<T> {
    pub(crate) stamp: Stamp,
    pub(crate) value: T,
}

/// Writes into a register that may be empty. Returns whether the write won.
pub(crate) fn write<T>(register: &mut Option<Register<T>>, stamp: Stamp, value: T) -> bool {
    match register {
        Some(current) if current.stamp >= stamp => false,
        _ => {
            *register = Some(Register { stamp, value });
            true
        }
    }
}
