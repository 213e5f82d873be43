//! Plain values.
//!
//! A byte tells what follows: in its lower half the kind, in its upper half a small number, a length or how many; 15 there
//! means that the number follows.

use std::sync::Arc;

use super::bytes::{Bytes, put_number, put_sized};
use super::limits::{DecodeError, MAX_DEPTH, MAX_KEY, NOT_TEXT, check};
use crate::value::Value;

pub(super) const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const FLOAT: u8 = 4;
const STRING: u8 = 5;
const BYTES: u8 = 6;
const LIST: u8 = 7;
const MAP: u8 = 8;
/// A container that the operation creates, in the place of a value; the kind of container is the number.
pub(super) const CONTAINER: u8 = 9;
/// A container that another operation created, in the place of a value; the kind of container is the number.
pub(super) const LINK: u8 = 10;
/// A text that begins like the one before, where an operation holds it; how many bytes are alike is the number.
pub(super) const SIMILAR: u8 = 11;

/// A number that follows.
const MORE: u64 = 15;

/// Bytes at the front of a text that the next one may share.
const ALIKE: usize = 64;
/// Fewer are not worth it.
const WORTHWHILE: usize = 3;

/// A value's bytes, on its own.
pub(crate) fn encode_value(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_value(&mut bytes, value);
    bytes
}

/// Reads a value's bytes.
pub(crate) fn decode_value(bytes: &[u8]) -> Result<Value, DecodeError> {
    let mut bytes = Bytes::new(bytes);
    let value = value(&mut bytes)?;
    if bytes.is_empty() { Ok(value) } else { Err(DecodeError::Invalid("a value with something behind it")) }
}

pub(super) fn put_value(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => bytes.push(NULL),
        Value::Bool(value) => bytes.push(if *value { TRUE } else { FALSE }),
        Value::Int(value) => put_head(bytes, INT, ((value << 1) ^ (value >> 63)) as u64),
        Value::Float(value) => {
            bytes.push(FLOAT);
            bytes.extend_from_slice(&value.to_bits().to_le_bytes());
        }
        Value::String(text) => {
            put_head(bytes, STRING, text.len() as u64);
            bytes.extend_from_slice(text.as_bytes());
        }
        Value::Bytes(content) => {
            put_head(bytes, BYTES, content.len() as u64);
            bytes.extend_from_slice(content);
        }
        Value::List(items) => {
            put_head(bytes, LIST, items.len() as u64);
            items.iter().for_each(|item| put_value(bytes, item));
        }
        Value::Map(entries) => {
            put_head(bytes, MAP, entries.len() as u64);
            for (key, value) in entries.iter() {
                put_number(bytes, key.len() as u64);
                bytes.extend_from_slice(key.as_bytes());
                put_value(bytes, value);
            }
        }
    }
}

/// Appends a value; of a text only what is other than at the front of the last one.
pub(super) fn put_after(bytes: &mut Vec<u8>, last: &mut Vec<u8>, value: &Value) {
    let Value::String(text) = value else { return put_value(bytes, value) };
    let shared = last.iter().zip(text.as_bytes()).take_while(|(one, other)| one == other).count();
    if shared < WORTHWHILE {
        put_value(bytes, value);
    } else {
        put_head(bytes, SIMILAR, shared as u64);
        put_sized(bytes, &text.as_bytes()[shared..]);
    }
    note(last, text);
}

/// The rest of a value that [`put_after`] wrote.
pub(super) fn value_after(
    kind: u8,
    number: u64,
    bytes: &mut Bytes<'_>,
    last: &mut Vec<u8>,
) -> Result<Value, DecodeError> {
    let value = if kind == SIMILAR {
        let shared = usize::try_from(number).ok().and_then(|shared| last.get(..shared));
        let shared = shared.ok_or(DecodeError::Invalid("a text that begins like none"))?;
        let text = [shared, bytes.sized()?].concat();
        Value::String(std::str::from_utf8(&text).map_err(|_| NOT_TEXT)?.into())
    } else {
        value_of(kind, number, bytes, 0)?
    };
    if let Value::String(text) = &value {
        note(last, text);
    }
    Ok(value)
}

/// Keeps how a text began.
fn note(last: &mut Vec<u8>, text: &str) {
    last.clear();
    last.extend_from_slice(&text.as_bytes()[..text.len().min(ALIKE)]);
}

/// Appends a kind with its number.
pub(super) fn put_head(bytes: &mut Vec<u8>, kind: u8, number: u64) {
    bytes.push(kind | (number.min(MORE) as u8) << 4);
    if number >= MORE {
        put_number(bytes, number);
    }
}

/// A kind and its number.
pub(super) fn head(bytes: &mut Bytes<'_>) -> Result<(u8, u64), DecodeError> {
    let head = bytes.byte()?;
    let small = u64::from(head >> 4);
    Ok((head & 15, if small == MORE { bytes.number()? } else { small }))
}

pub(super) fn value(bytes: &mut Bytes<'_>) -> Result<Value, DecodeError> {
    let (kind, number) = head(bytes)?;
    value_of(kind, number, bytes, 0)
}

/// The rest of a value whose head was read.
pub(super) fn value_of(
    kind: u8,
    number: u64,
    bytes: &mut Bytes<'_>,
    depth: usize,
) -> Result<Value, DecodeError> {
    check("nesting", depth, MAX_DEPTH)?;
    // Each item takes a byte at least.
    let fits = |bytes: &Bytes<'_>| number <= bytes.len() as u64;
    let inner = |bytes: &mut Bytes<'_>| {
        let (kind, number) = head(bytes)?;
        value_of(kind, number, bytes, depth + 1)
    };
    Ok(match kind {
        NULL => Value::Null,
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        INT => Value::Int((number >> 1) as i64 ^ -((number & 1) as i64)),
        FLOAT => Value::Float(f64::from_bits(u64::from_le_bytes(bytes.array()?))),
        STRING => Value::String(bytes.text(number)?.into()),
        BYTES => Value::Bytes(bytes.take(number)?.into()),
        LIST if fits(bytes) => {
            Value::List((0..number).map(|_| inner(bytes)).collect::<Result<Vec<_>, _>>()?.into())
        }
        MAP if fits(bytes) => {
            let mut entries: Vec<(Arc<str>, Value)> = Vec::new();
            for _ in 0..number {
                let len = bytes.number()?;
                let key = bytes.text(len)?;
                check("key", key.len(), MAX_KEY)?;
                if entries.last().is_some_and(|last| *last.0 >= *key) {
                    return Err(DecodeError::Invalid("a map with keys out of order"));
                }
                entries.push((key.into(), inner(bytes)?));
            }
            Value::Map(entries.into())
        }
        LIST | MAP => return Err(DecodeError::Invalid("bytes that end early")),
        CONTAINER | LINK => return Err(DecodeError::Invalid("a container inside a plain value")),
        kind => return Err(DecodeError::Unknown { what: "kind of value", number: u64::from(kind) }),
    })
}
