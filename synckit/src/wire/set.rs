//! Operations on sets.

use super::bytes::put_number;
use super::limits::DecodeError;
use super::operations::{Cursor, Writer, code};
use super::value::{self, put_value};
use crate::crdt::container::Kind;
use crate::crdt::operation::Action;
use crate::crdt::set::SetAction;
use crate::version::Dot;

pub(super) fn code_of(action: &SetAction) -> u8 {
    if action.adds { code::SET_ADD } else { code::SET_REMOVE }
}

/// Appends the element, how many operations were observed, and those.
pub(super) fn put(writer: &mut Writer, own: Dot, action: &SetAction) {
    put_value(&mut writer.bytes, &action.value);
    put_number(&mut writer.bytes, action.observed.len() as u64);
    for dot in &action.observed {
        writer.names.put_reference(&mut writer.bytes, own, *dot);
    }
}

pub(super) fn read(cursor: &mut Cursor<'_>, code: u8, own: Dot) -> Result<(Kind, Action), DecodeError> {
    let value = value::value(&mut cursor.bytes)?;
    let count = cursor.bytes.number()?;
    let observed = (0..count).map(|_| cursor.dot(own)).collect::<Result<_, _>>()?;
    Ok((Kind::Set, Action::Set(SetAction { adds: code == code::SET_ADD, value, observed })))
}
