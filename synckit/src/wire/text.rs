//! Operations on texts.

use super::bytes::put_number;
use super::limits::DecodeError;
use super::names::before;
use super::operations::{Context, Cursor, Writer, code};
use super::value::{put_value, value};
use crate::crdt::container::Kind;
use crate::crdt::marks::{Anchor, Mark, Side};
use crate::crdt::operation::Action;
use crate::crdt::text::TextAction;
use crate::sequence::{Lent, What, char_count};
use crate::version::Dot;

const INSERT: u8 = 11;
const DELETE: u8 = 12;
const MARK: u8 = 13;
/// An insertion at the end of the change, whose text is all that is left.
const END: u8 = 14;

/// Sequence numbers in texts stay below 2^32.
const MAX_CHARACTER: u64 = u32::MAX as u64;
/// Characters that one operation may insert or delete.
const MAX_RUN: u64 = 1 << 30;

/// How a character is told, in two bits: none; the one that follows from what was read before; how far before the
/// operation it lies; its replica and number.
const NOTHING: u8 = 0;
const IMPLIED: u8 = 1;
const BEFORE: u8 = 2;
const SPELLED: u8 = 3;

/// `DELETE`: each deletion takes the character with the number before, not behind.
const DESCENDING: u8 = 4;
/// `DELETE`: it is one character.
const ONE: u8 = 8;

/// `MARK`: it starts behind its first character, ends behind its last one, has a value.
const STARTS_AFTER: u8 = 1;
const ENDS_AFTER: u8 = 2;
const HAS_VALUE: u8 = 4;

/// Whether the upper half of a code's byte says other things than what is other than before.
pub(super) fn has_own_argument(code: u8) -> bool {
    matches!(code, INSERT | DELETE | END)
}

/// Puts an operation. `last` when none follows.
pub(super) fn put(writer: &mut Writer, own: Dot, action: &TextAction, context: Context<'_>, last: bool) {
    match action {
        TextAction::Edit(edit) => {
            writer.put_code(code::CONTEXT, context);
            put_edit(writer, edit.into(), last);
        }
        TextAction::Mark(Mark { start, end, key, value }) => {
            writer.put_code(MARK, context);
            let flag = |set: bool, flag: u8| if set { flag } else { 0 };
            writer.bytes.push(
                flag(start.side == Side::After, STARTS_AFTER)
                    | flag(end.side == Side::After, ENDS_AFTER)
                    | flag(value.is_some(), HAS_VALUE),
            );
            writer.names.put_key(&mut writer.bytes, key);
            for anchor in [start, end] {
                match anchor.dot {
                    Some(dot) => writer.names.put_reference(&mut writer.bytes, own, dot),
                    None => writer.bytes.push(0),
                }
            }
            if let Some(value) = value {
                put_value(&mut writer.bytes, value);
            }
        }
    }
}

/// Puts an edit. `last` when nothing follows.
pub(super) fn put_edit(writer: &mut Writer, edit: Lent<'_>, last: bool) {
    let Lent { dot: own, len, what } = edit;
    let (left, right, text) = match what {
        What::Insert { left, right, text } => (left, right, text),
        What::Delete { target, descending } => {
            let form = form(Some(target), own, previous(own));
            let flag = |set: bool, flag: u8| if set { flag } else { 0 };
            let flags = flag(descending, DESCENDING) | flag(len == 1, ONE);
            writer.bytes.push(DELETE | (form | flags) << 4);
            put_character(writer, form, own, Some(target));
            if len != 1 {
                put_number(&mut writer.bytes, len as u64);
            }
            return;
        }
    };
    let forms = (form(left, own, previous(own)), form(right, own, next(left)));
    let is_end = last && text.is_some();
    let code = if is_end { END } else { INSERT };
    writer.bytes.push(code | (forms.0 | forms.1 << 2) << 4);
    put_character(writer, forms.0, own, left);
    put_character(writer, forms.1, own, right);
    match text {
        Some(text) => {
            if !is_end {
                put_number(&mut writer.bytes, 2 * text.len() as u64);
            }
            writer.bytes.extend_from_slice(text.as_bytes());
        }
        None => put_number(&mut writer.bytes, 2 * len as u64 + 1),
    }
}

/// The number before an operation's own.
fn previous(own: Dot) -> Option<Dot> {
    own.seq.checked_sub(1).filter(|&seq| seq > 0).map(|seq| Dot::new(own.replica, seq))
}

/// The number behind a character's.
fn next(dot: Option<Dot>) -> Option<Dot> {
    dot.map(|dot| Dot::new(dot.replica, dot.seq + 1))
}

fn form(character: Option<Dot>, own: Dot, implied: Option<Dot>) -> u8 {
    match character {
        None => NOTHING,
        character if character == implied => IMPLIED,
        Some(dot) if dot.replica == own.replica && dot.seq < own.seq => BEFORE,
        Some(_) => SPELLED,
    }
}

fn put_character(writer: &mut Writer, form: u8, own: Dot, character: Option<Dot>) {
    match character {
        Some(dot) if form == BEFORE => put_number(&mut writer.bytes, own.seq - dot.seq),
        Some(dot) if form == SPELLED => writer.names.put_dot(&mut writer.bytes, dot),
        _ => {}
    }
}

/// Reads an operation whose code was read.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    code: u8,
    argument: u8,
    own: Dot,
) -> Result<(Kind, Action), DecodeError> {
    let action = match edit(cursor, code, argument, own) {
        Some(edit) => TextAction::Edit(edit?.into()),
        None if code == MARK => TextAction::Mark(mark(cursor, own)?),
        None => return Err(DecodeError::Unknown { what: "operation", number: u64::from(code) }),
    };
    Ok((Kind::Text, Action::Text(action)))
}

/// Reads an edit whose code was read; `None` for another code.
pub(super) fn edit<'a>(
    cursor: &mut Cursor<'a>,
    code: u8,
    argument: u8,
    own: Dot,
) -> Option<Result<Lent<'a>, DecodeError>> {
    match code {
        INSERT | END => Some(insertion(cursor, argument, own, code == END)),
        DELETE => Some(deletion(cursor, argument, own)),
        _ => None,
    }
}

fn insertion<'a>(
    cursor: &mut Cursor<'a>,
    argument: u8,
    dot: Dot,
    is_end: bool,
) -> Result<Lent<'a>, DecodeError> {
    let left = character(cursor, argument & 3, dot, previous(dot))?;
    let right = character(cursor, argument >> 2, dot, next(left))?;
    let run = if is_end { 2 * cursor.bytes.len() as u64 } else { cursor.bytes.number()? };
    check_run(run / 2)?;
    let text = if run % 2 == 0 { Some(cursor.bytes.text(run / 2)?) } else { None };
    let len = text.map_or((run / 2) as usize, char_count);
    Ok(Lent { dot, len, what: What::Insert { left, right, text } })
}

fn deletion<'a>(cursor: &mut Cursor<'a>, argument: u8, dot: Dot) -> Result<Lent<'a>, DecodeError> {
    let target = character(cursor, argument & 3, dot, previous(dot))?;
    let target = target.ok_or(DecodeError::Invalid("a deletion of no character"))?;
    let len = if argument & ONE != 0 { 1 } else { cursor.bytes.number()? };
    check_run(len)?;
    let descending = argument & DESCENDING != 0;
    let fits = if descending { target.seq >= len } else { target.seq + len <= MAX_CHARACTER };
    if !fits {
        return Err(DecodeError::Invalid("a deletion of characters that cannot be"));
    }
    Ok(Lent { dot, len: len as usize, what: What::Delete { target, descending } })
}

fn mark(cursor: &mut Cursor<'_>, own: Dot) -> Result<Mark, DecodeError> {
    let flags = cursor.bytes.byte()?;
    let key = cursor.named.key(&mut cursor.bytes)?;
    let mut anchor = |flag: u8| {
        let dot = cursor.named.reference(&mut cursor.bytes, own)?;
        let side = if flags & flag == 0 { Side::Before } else { Side::After };
        Ok(Anchor { dot: dot.map(|dot| checked(dot, own)).transpose()?, side })
    };
    let (start, end) = (anchor(STARTS_AFTER)?, anchor(ENDS_AFTER)?);
    let value = if flags & HAS_VALUE != 0 { Some(value(&mut cursor.bytes)?) } else { None };
    Ok(Mark { start, end, key, value })
}

fn character(
    cursor: &mut Cursor<'_>,
    form: u8,
    own: Dot,
    implied: Option<Dot>,
) -> Result<Option<Dot>, DecodeError> {
    let dot = match form {
        NOTHING => return Ok(None),
        IMPLIED => implied.ok_or(DecodeError::Invalid("a character beside none"))?,
        BEFORE => {
            let back = cursor.bytes.number()?;
            before(own, back)?
        }
        _ => cursor.named.dot(&mut cursor.bytes)?,
    };
    checked(dot, own).map(Some)
}

fn checked(dot: Dot, own: Dot) -> Result<Dot, DecodeError> {
    if dot.replica == own.replica && dot.seq >= own.seq {
        return Err(DecodeError::Invalid("an operation that stands on itself"));
    }
    if dot.seq >= MAX_CHARACTER {
        return Err(DecodeError::TooLarge { what: "character", size: dot.seq, limit: MAX_CHARACTER });
    }
    Ok(dot)
}

fn check_run(len: u64) -> Result<(), DecodeError> {
    if !(1..=MAX_RUN).contains(&len) {
        return Err(DecodeError::TooLarge { what: "run of characters", size: len, limit: MAX_RUN });
    }
    Ok(())
}
