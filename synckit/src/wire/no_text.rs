//! Without the feature `text` there are no text operations.

use super::limits::DecodeError;
use super::operations::{Context, Cursor, Writer};
use crate::crdt::container::Kind;
use crate::crdt::operation::Action;
use crate::crdt::text::TextAction;
use crate::version::Dot;

pub(super) fn put(_: &mut Writer, _: Dot, action: &TextAction, _: Context<'_>, _last: bool) {
    match *action {}
}

pub(super) fn has_own_argument(_code: u8) -> bool {
    false
}

pub(super) fn read(_: &mut Cursor<'_>, code: u8, _: u8, _: Dot) -> Result<(Kind, Action), DecodeError> {
    Err(DecodeError::Unknown { what: "operation", number: u64::from(code) })
}
