//! Numbers and stretches of bytes: what everything else is written with.
//!
//! Numbers take seven bits a byte, the lowest first, the highest bit of a byte telling that another one follows, as in protobuf.

use super::limits::{DecodeError, NOT_TEXT};

/// Appends a number.
#[inline]
pub(crate) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Appends a number that may be negative: small ones of both signs are short.
pub(crate) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put_number(bytes, ((number << 1) ^ (number >> 63)) as u64);
}

/// Appends a length and that many bytes.
pub(crate) fn put_sized(bytes: &mut Vec<u8>, content: &[u8]) {
    put_number(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

const SHORT: DecodeError = DecodeError::Invalid("bytes that end early");
const NUMBER: DecodeError = DecodeError::Invalid("a number of more than 64 bits");

/// Bytes that are read from the front. Nothing is copied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many are left: nothing in them can be more than this many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// All that is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        let (&byte, rest) = self.0.split_first().ok_or(SHORT)?;
        self.0 = rest;
        Ok(byte)
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<u64, DecodeError> {
        let byte = self.byte()?;
        if byte < 0x80 { Ok(u64::from(byte)) } else { self.rest_of_number(byte) }
    }

    fn rest_of_number(&mut self, first: u8) -> Result<u64, DecodeError> {
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(NUMBER)
    }

    /// What [`put_signed`] wrote.
    pub(crate) fn signed(&mut self) -> Result<i64, DecodeError> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// So many bytes.
    #[inline]
    pub(crate) fn take(&mut self, len: u64) -> Result<&'a [u8], DecodeError> {
        let parts = usize::try_from(len).ok().and_then(|len| self.0.split_at_checked(len));
        let (taken, rest) = parts.ok_or(SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A length and that many bytes.
    pub(crate) fn sized(&mut self) -> Result<&'a [u8], DecodeError> {
        let len = self.number()?;
        self.take(len)
    }

    /// So many bytes of text.
    pub(crate) fn text(&mut self, len: u64) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(self.take(len)?).map_err(|_| NOT_TEXT)
    }

    /// `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*array)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, put_number, put_signed};

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for number in (0..64).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit]).chain([u64::MAX]) {
            let mut bytes = Vec::new();
            put_number(&mut bytes, number);
            let len = bytes.len();
            put_signed(&mut bytes, number as i64);
            put_signed(&mut bytes, (number as i64).wrapping_neg());
            let mut read = Bytes::new(&bytes);
            assert_eq!(read.number(), Ok(number));
            assert_eq!(read.signed(), Ok(number as i64));
            assert_eq!(read.signed(), Ok((number as i64).wrapping_neg()));
            assert!(read.is_empty());
            for end in 0..len {
                assert!(Bytes::new(&bytes[..end]).number().is_err());
            }
        }
    }

    #[test]
    fn numbers_of_more_than_64_bits_are_refused() {
        for bytes in
            [&[0xff; 10][..], &[0x80; 20], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]]
        {
            assert!(Bytes::new(bytes).number().is_err());
        }
        assert_eq!(
            Bytes::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]).number(),
            Ok(u64::MAX)
        );
    }
}
