//! Protobuf messages as lists of fields: one reader and one writer for everything that carries numbers, texts and bytes.
//!
//! Types generated from `proto/` would have a reader and a writer each, which a browser would have to download.
//! The tests read and write every message both ways.

use super::bytes::{Bytes, put_number, put_sized};
use super::limits::DecodeError;

/// Fields that a message has at most.
const MOST: usize = 6;

/// The value of a field to be written.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    /// `uint32` or `uint64`; 0 is left out.
    Varint(u64),
    /// `fixed64`; 0 is left out.
    Fixed(u64),
    /// `string` or `bytes`; left out when empty.
    Bytes(&'a [u8]),
    /// An encoded message; there even when empty.
    Message(&'a [u8]),
}

/// What a field is when it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Varint,
    Fixed,
    Bytes,
}

impl Kind {
    /// Its number in a key.
    fn wire(self) -> u8 {
        match self {
            Self::Varint => 0,
            Self::Fixed => 1,
            Self::Bytes => SIZED,
        }
    }
}

/// How a message, a text or bytes are told in a key.
pub(super) const SIZED: u8 = 2;
/// How a field of 32 bits is told in a key: nothing here is written so, but it can be passed over.
const FIXED_32: u8 = 5;

/// Appends the fields, numbered from 1.
pub(super) fn write(bytes: &mut Vec<u8>, fields: &[Field<'_>]) {
    for (field, tag) in fields.iter().zip(1..) {
        match *field {
            Field::Varint(0) | Field::Fixed(0) | Field::Bytes([]) => {}
            Field::Varint(number) => {
                write_key(bytes, tag, Kind::Varint);
                put_number(bytes, number);
            }
            Field::Fixed(number) => {
                write_key(bytes, tag, Kind::Fixed);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            Field::Bytes(content) | Field::Message(content) => write_bytes(bytes, tag, content),
        }
    }
}

/// Appends one field of bytes.
pub(super) fn write_bytes(bytes: &mut Vec<u8>, tag: u32, content: &[u8]) {
    write_key(bytes, tag, Kind::Bytes);
    put_sized(bytes, content);
}

/// Appends one field of what `write` appends.
pub(super) fn write_message(bytes: &mut Vec<u8>, tag: u32, write: impl FnOnce(&mut Vec<u8>)) {
    write_key(bytes, tag, Kind::Bytes);
    let start = bytes.len();
    // Room for a short length, which it mostly is.
    bytes.push(0);
    write(bytes);
    let len = bytes.len() - start - 1;
    if len < 0x80 {
        bytes[start] = len as u8;
    } else {
        let mut long = Vec::new();
        put_number(&mut long, len as u64);
        bytes.splice(start..=start, long);
    }
}

fn write_key(bytes: &mut Vec<u8>, tag: u32, kind: Kind) {
    put_number(bytes, u64::from(tag) << 3 | u64::from(kind.wire()));
}

/// Takes off a field of bytes: its number and its content. `None` when the next field is something else.
pub(super) fn content<'a>(bytes: &mut Bytes<'a>) -> Result<Option<(u32, &'a [u8])>, DecodeError> {
    match key(bytes)? {
        (tag, SIZED) => Ok(Some((tag, sized(bytes)?))),
        _ => Ok(None),
    }
}

/// Takes the next key off: the number of a field, and how it is written.
pub(super) fn key(bytes: &mut Bytes<'_>) -> Result<(u32, u8), DecodeError> {
    let key = bytes.number().map_err(unreadable)?;
    let tag = u32::try_from(key >> 3).ok().filter(|&tag| tag > 0);
    Ok((tag.ok_or_else(|| broken("a field without a number"))?, (key & 7) as u8))
}

fn sized<'a>(bytes: &mut Bytes<'a>) -> Result<&'a [u8], DecodeError> {
    bytes.sized().map_err(unreadable)
}

/// The words of the bytes below, as those of a message.
fn unreadable(error: DecodeError) -> DecodeError {
    match error {
        DecodeError::Invalid(reason) => broken(reason),
        other => other,
    }
}

fn broken(reason: &str) -> DecodeError {
    DecodeError::Protobuf(reason.to_owned())
}

/// A message that was read. What was not in it is 0 or empty; of a field that is there twice the last one counts.
#[derive(Default)]
pub(super) struct Fields<'a> {
    numbers: [u64; MOST],
    contents: [&'a [u8]; MOST],
}

impl<'a> Fields<'a> {
    /// Reads a message whose fields are of these kinds, numbered from 1. Fields of other numbers are passed over.
    pub(super) fn read(bytes: &'a [u8], kinds: &[Kind]) -> Result<Self, DecodeError> {
        let mut bytes = Bytes::new(bytes);
        let mut fields = Self::default();
        while !bytes.is_empty() {
            let (tag, wire) = key(&mut bytes)?;
            let at = tag as usize - 1;
            if kinds.get(at).is_some_and(|kind| kind.wire() != wire) {
                return Err(broken("a field of another kind"));
            }
            let (mut number, mut content) = (0, &[][..]);
            match wire {
                0 => number = bytes.number().map_err(unreadable)?,
                1 => number = u64::from_le_bytes(bytes.array().map_err(unreadable)?),
                SIZED => content = sized(&mut bytes)?,
                FIXED_32 => drop(bytes.array::<4>().map_err(unreadable)?),
                _ => return Err(broken("a field of a kind that there is not")),
            }
            if at < kinds.len() {
                (fields.numbers[at], fields.contents[at]) = (number, content);
            }
        }
        Ok(fields)
    }

    /// The number in a field.
    pub(super) fn number(&self, tag: usize) -> u64 {
        self.numbers[tag - 1]
    }

    /// The bytes in a field.
    pub(super) fn bytes(&self, tag: usize) -> &'a [u8] {
        self.contents[tag - 1]
    }

    /// The text in a field.
    pub(super) fn text(&self, tag: usize) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(self.bytes(tag)).map_err(|_| broken("a text that is not UTF-8"))
    }
}
