//! A chunk as it lies in a file: length, checksum, what it replaces, content.
//!
//! A segment file is [`MAGIC`] and then frames, integers little-endian:
//!
//! | bytes | content |
//! |---|---|
//! | 4 | CRC-32 (IEEE) of everything after these four bytes |
//! | 4 | length of the content in bytes |
//! | 4 | number of replaced ranges |
//! | 8 | id of the chunk |
//! | 1 | kind: 1 an update, 2 the document was deleted here |
//! | 16 each | a replaced range: first and last id |
//! | length | the content |

use crate::limits::MAX_UPDATE_BYTES;

/// What every file of this store begins with; the digit is the version of the format.
pub(super) const MAGIC: &[u8; 8] = b"SYNCKIT1";
const HEADER: usize = 21;
/// Most replaced ranges of one frame. Neighbours share a range, so only other tabs' chunks in between make more.
const MAX_RANGES: usize = 1 << 20;

/// What a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An update was appended.
    Update,
    /// Everything of the document was deleted.
    Deleted,
}

/// A frame that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) id: u64,
    pub(super) kind: Kind,
    /// Ranges of ids that are gone since this frame was written, bounds included.
    pub(super) replaced: Vec<(u64, u64)>,
    pub(super) content: &'a [u8],
}

/// The frames of a segment, and how many of its bytes they take. A frame that was only begun when its writer ended is
/// left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) valid: usize,
}

/// The bytes of a frame.
pub(super) fn encode(id: u64, kind: Kind, replaced: &[(u64, u64)], content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + 16 * replaced.len() + content.len());
    bytes.extend_from_slice(&[0; 4]);
    // Both lengths were checked against limits far below 4 GiB.
    bytes.extend_from_slice(&(content.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&(replaced.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&id.to_le_bytes());
    bytes.push(match kind {
        Kind::Update => 1,
        Kind::Deleted => 2,
    });
    for (first, last) in replaced {
        bytes.extend_from_slice(&first.to_le_bytes());
        bytes.extend_from_slice(&last.to_le_bytes());
    }
    bytes.extend_from_slice(content);
    let checksum = crc32(&bytes[4..]).to_le_bytes();
    bytes[..4].copy_from_slice(&checksum);
    bytes
}

/// The frames in the bytes of a segment file.
///
/// # Errors
/// What is damaged. An unfinished last frame is no damage.
pub(super) fn decode(bytes: &[u8]) -> Result<Segment<'_>, &'static str> {
    if bytes.len() < MAGIC.len() {
        return Ok(Segment { frames: Vec::new(), valid: 0 });
    }
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else { return Err("an unknown file format") };
    let mut frames = Vec::new();
    while let Some((frame, after)) = next(rest)? {
        frames.push(frame);
        rest = after;
    }
    Ok(Segment { frames, valid: bytes.len() - rest.len() })
}

/// The first frame and what follows it; `None` at the end and before an unfinished frame.
fn next(bytes: &[u8]) -> Result<Option<(Frame<'_>, &[u8])>, &'static str> {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
    let [c0, c1, c2, c3, l0, l1, l2, l3, r0, r1, r2, r3, id @ .., kind] = *header;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let ranges = u32::from_le_bytes([r0, r1, r2, r3]) as usize;
    if length > MAX_UPDATE_BYTES || ranges > MAX_RANGES {
        return Err("a length that was never written");
    }
    let (Some(replaced), Some(total)) = (ranges.checked_mul(16), ranges.checked_mul(16).map(|r| r + length))
    else {
        return Err("a length that was never written");
    };
    if rest.len() < total {
        return Ok(None);
    }
    let (body, after) = rest.split_at(total);
    if crc32(&bytes[4..HEADER + total]) != u32::from_le_bytes([c0, c1, c2, c3]) {
        // The last frame may have got its length before its content.
        return if after.is_empty() { Ok(None) } else { Err("a wrong checksum") };
    }
    let (replaced, content) = body.split_at(replaced);
    let replaced =
        replaced.chunks_exact(16).map(|range| (number(&range[..8]), number(&range[8..]))).collect();
    let kind = match kind {
        1 => Kind::Update,
        2 => Kind::Deleted,
        _ => return Err("an unknown kind of frame"),
    };
    Ok(Some((Frame { id: u64::from_le_bytes(id), kind, replaced, content }, after)))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// CRC-32 by half bytes: a table of 64 bytes instead of one of 1 KiB or more, as every byte is downloaded.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut index = 0;
        while index < 16 {
            let mut value = index as u32;
            let mut bit = 0;
            while bit < 4 {
                value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
                bit += 1;
            }
            table[index] = value;
            index += 1;
        }
        table
    };
    let step = |crc: u32, half: u32| crc >> 4 ^ TABLE[((crc ^ half) & 15) as usize];
    !bytes.iter().fold(!0, |crc, byte| step(step(crc, u32::from(*byte)), u32::from(*byte >> 4)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn file(frames: &[Vec<u8>]) -> Vec<u8> {
        [&MAGIC[..], &frames.concat()].concat()
    }

    #[wasm_bindgen_test]
    fn the_checksum_is_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[wasm_bindgen_test]
    fn frames_come_back() {
        let bytes = file(&[
            encode(7, Kind::Update, &[], b"one"),
            encode(8, Kind::Update, &[(1, 5), (7, 7)], b"two"),
            encode(9, Kind::Deleted, &[(8, 8)], b""),
        ]);
        let segment = decode(&bytes).unwrap();
        assert_eq!(segment.valid, bytes.len());
        let ids: Vec<_> = segment.frames.iter().map(|frame| (frame.id, frame.kind, frame.content)).collect();
        assert_eq!(ids, [(7, Kind::Update, &b"one"[..]), (8, Kind::Update, b"two"), (9, Kind::Deleted, b"")]);
        assert_eq!(segment.frames[1].replaced, [(1, 5), (7, 7)]);
    }

    #[wasm_bindgen_test]
    fn an_unfinished_frame_is_left_out_wherever_it_ends() {
        let whole =
            file(&[encode(1, Kind::Update, &[], b"kept"), encode(2, Kind::Update, &[(1, 1)], b"torn")]);
        let kept = file(&[encode(1, Kind::Update, &[], b"kept")]).len();
        for length in kept..whole.len() {
            let segment = decode(&whole[..length]).unwrap();
            assert_eq!((segment.frames.len(), segment.valid), (1, kept), "cut at {length}");
        }
        for length in 0..MAGIC.len() {
            assert_eq!(decode(&whole[..length]).unwrap().valid, 0);
        }
    }

    #[wasm_bindgen_test]
    fn a_changed_byte_is_found() {
        let whole = file(&[encode(1, Kind::Update, &[], b"first"), encode(2, Kind::Update, &[], b"second")]);
        let first = file(&[encode(1, Kind::Update, &[], b"first")]).len();
        for position in 0..first {
            let mut damaged = whole.clone();
            damaged[position] ^= 1;
            // Either an error, or a length that reaches past the end and so looks unfinished: never another content.
            let read = decode(&damaged).map(|segment| segment.frames.len());
            assert!(matches!(read, Err(_) | Ok(0)), "byte {position}: {read:?}");
        }
    }

    #[wasm_bindgen_test]
    fn lengths_are_checked_before_use() {
        let mut frame = encode(1, Kind::Update, &[], b"x");
        frame[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(decode(&file(&[frame])).is_err());
    }
}
