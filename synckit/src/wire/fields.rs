//! Messages as lists of fields: one reader and one writer for everything that carries numbers, texts and bytes.
//!
//! The types that are generated from `proto/` have a reader and a writer each, which a browser would have to download.
//! The tests read and write every message both ways.

use prost::encoding::{self, DecodeContext, WireType};

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

/// Appends the fields, numbered from 1.
pub(super) fn write(bytes: &mut Vec<u8>, fields: &[Field<'_>]) {
    for (field, tag) in fields.iter().zip(1..) {
        match *field {
            Field::Varint(0) | Field::Fixed(0) | Field::Bytes([]) => {}
            Field::Varint(number) => {
                encoding::encode_key(tag, WireType::Varint, bytes);
                encoding::encode_varint(number, bytes);
            }
            Field::Fixed(number) => {
                encoding::encode_key(tag, WireType::SixtyFourBit, bytes);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            Field::Bytes(content) | Field::Message(content) => write_bytes(bytes, tag, content),
        }
    }
}

/// Appends one field of bytes.
pub(super) fn write_bytes(bytes: &mut Vec<u8>, tag: u32, content: &[u8]) {
    encoding::encode_key(tag, WireType::LengthDelimited, bytes);
    encoding::encode_varint(content.len() as u64, bytes);
    bytes.extend_from_slice(content);
}

/// Takes the next key off: the number of a field, and how it is written.
pub(super) fn key(bytes: &mut &[u8]) -> Result<(u32, WireType), DecodeError> {
    Ok(encoding::decode_key(bytes)?)
}

/// Takes off a length and that many bytes.
pub(super) fn content<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], DecodeError> {
    let len = encoding::decode_varint(bytes)?;
    let parts = usize::try_from(len).ok().and_then(|len| bytes.split_at_checked(len));
    let (content, rest) = parts.ok_or_else(|| unreadable("a field longer than its message"))?;
    *bytes = rest;
    Ok(content)
}

fn unreadable(reason: &str) -> DecodeError {
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
    pub(super) fn read(mut bytes: &'a [u8], kinds: &[Kind]) -> Result<Self, DecodeError> {
        let mut fields = Self::default();
        while !bytes.is_empty() {
            let (tag, wire) = key(&mut bytes)?;
            let at = tag as usize - 1;
            let Some(kind) = kinds.get(at) else {
                encoding::skip_field(wire, tag, &mut bytes, DecodeContext::default())?;
                continue;
            };
            match (kind, wire) {
                (Kind::Varint, WireType::Varint) => fields.numbers[at] = encoding::decode_varint(&mut bytes)?,
                (Kind::Fixed, WireType::SixtyFourBit) => {
                    let (number, rest) =
                        bytes.split_first_chunk().ok_or_else(|| unreadable("an unfinished number"))?;
                    fields.numbers[at] = u64::from_le_bytes(*number);
                    bytes = rest;
                }
                (Kind::Bytes, WireType::LengthDelimited) => fields.contents[at] = content(&mut bytes)?,
                _ => return Err(unreadable("a field of another kind")),
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
        std::str::from_utf8(self.bytes(tag)).map_err(|_| unreadable("a text that is not UTF-8"))
    }
}
