//! Snapshots deflated (RFC 1951).
//!
//! Whoever inflates reserves as much as the bytes say, so both sides keep to a bound: what would inflate to more than
//! [`FACTOR`] times its size is not written compressed, and not read.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::bytes::{Bytes, put_number};
use super::limits::{DecodeError, Limits, check};
use super::update::{COMPRESSED, Snapshot};

/// The only method so far.
const DEFLATE: u8 = 1;
/// How many times larger than the compressed bytes the others may be. Documents come to 2 to 6.
const FACTOR: usize = 64;
/// Below so many bytes nothing is gained.
const WORTH_IT: usize = 256;
/// Of 0 to 10: what zlib takes when nobody says otherwise. 9 takes twice as long for 1 % less.
const LEVEL: u8 = 6;

impl Snapshot {
    /// Its bytes, deflated if that makes them shorter: about half as many for a text, a quarter for fields and lists. Only a
    /// program with the cargo feature `compression` reads them.
    pub fn compress(&self) -> Vec<u8> {
        let plain = self.encode();
        if plain.len() < WORTH_IT || plain.len() > Limits::DEFAULT.message {
            return plain;
        }
        let deflated = compress_to_vec(&plain, LEVEL);
        let mut bytes = Vec::with_capacity(deflated.len() + 8);
        bytes.extend([COMPRESSED, DEFLATE]);
        put_number(&mut bytes, plain.len() as u64);
        bytes.extend(deflated);
        if bytes.len() < plain.len() && plain.len() <= FACTOR * bytes.len() { bytes } else { plain }
    }
}

/// The plain bytes of a snapshot that was compressed; `bytes` is what comes behind the mark.
///
/// # Errors
/// When they are not what [`Snapshot::compress`] writes, say a larger size than 64 times their own, or more than 64 MiB.
pub(super) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut rest = Bytes::new(bytes);
    match rest.byte()? {
        DEFLATE => {}
        method => return Err(DecodeError::Unknown { what: "compression", number: method.into() }),
    }
    let size = rest.number()?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    check("a compressed snapshot", size, Limits::DEFAULT.message.min(FACTOR * (bytes.len() + 1)))?;
    let broken =
        DecodeError::Invalid("a compressed snapshot whose bytes do not inflate to the size it tells");
    match decompress_to_vec_with_limit(rest.rest(), size) {
        Ok(plain) if plain.len() == size => Ok(plain),
        _ => Err(broken),
    }
}
