//! Operations on sets.

use super::bytes::put_number;
use super::limits::DecodeError;
use super::names::checked;
use super::operations::{Cursor, SPECIAL, Writer, code};
use super::value;
use crate::crdt::container::Kind;
use crate::crdt::operation::Action;
use crate::crdt::set::SetAction;
use crate::version::Dot;

/// The additions that a change takes back: each is expected to be as far behind the one before as that was.
#[derive(Default)]
pub(super) struct Additions {
    last: Option<Dot>,
    step: u64,
}

impl Additions {
    fn expected(&self) -> Option<Dot> {
        let Dot { replica, seq } = self.last?;
        Some(Dot::new(replica, seq.saturating_add(self.step)))
    }

    fn note(&mut self, addition: Dot) {
        let before = self.last.replace(addition).filter(|last| last.replica == addition.replica);
        self.step = before.and_then(|last| addition.seq.checked_sub(last.seq)).unwrap_or(1).max(1);
    }
}

pub(super) fn code_of(action: &SetAction) -> u8 {
    match action {
        SetAction::Write { adds: true, .. } => code::SET_ADD,
        SetAction::Write { adds: false, .. } => code::SET_REMOVE,
        SetAction::Forget { .. } => code::SET_FORGET,
    }
}

/// Appends the element, how many operations were observed, and those; or the addition. That nothing was observed by an addition, or that the
/// addition is the expected one, is said by the operation's byte at `head` alone.
pub(super) fn put(writer: &mut Writer, head: usize, own: Dot, action: &SetAction) {
    match action {
        SetAction::Write { adds, value, observed } => {
            writer.put_value(value);
            if *adds && observed.is_empty() {
                writer.bytes[head] |= SPECIAL << 4;
                return;
            }
            put_number(&mut writer.bytes, observed.len() as u64);
            for dot in observed {
                writer.names.put_reference(&mut writer.bytes, own, *dot);
            }
        }
        SetAction::Forget { addition } => {
            if writer.additions.expected() == Some(*addition) {
                writer.bytes[head] |= SPECIAL << 4;
            } else {
                writer.names.put_reference(&mut writer.bytes, own, *addition);
            }
            writer.additions.note(*addition);
        }
    }
}

pub(super) fn read(
    cursor: &mut Cursor<'_>,
    code: u8,
    argument: u8,
    own: Dot,
) -> Result<(Kind, Action), DecodeError> {
    if code == code::SET_FORGET {
        let addition = match argument & SPECIAL {
            0 => cursor.dot(own)?,
            _ => {
                let expected = cursor.additions.expected();
                checked(expected.ok_or(DecodeError::Invalid("an addition behind none"))?)?
            }
        };
        cursor.additions.note(addition);
        return Ok((Kind::Set, Action::Set(SetAction::Forget { addition })));
    }
    let (kind, number) = value::head(&mut cursor.bytes)?;
    let value = value::value_after(kind, number, &mut cursor.bytes, &mut cursor.text)?;
    let count = if argument & SPECIAL == 0 { cursor.bytes.number()? } else { 0 };
    let observed = (0..count).map(|_| cursor.dot(own)).collect::<Result<_, _>>()?;
    Ok((Kind::Set, Action::Set(SetAction::Write { adds: code == code::SET_ADD, value, observed })))
}
