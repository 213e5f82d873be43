//! A sequence as it is stored: the text that shows, and the session that made it, as somebody at a keyboard would see it.
//!
//! Most edits go on where the one before ended, so that a byte tells all of them: what, how much, and that it was there.
//! Others tell how far from there. Positions are those that showed at that time; what stood to the left and right of
//! an insertion, and whose characters a deletion took, follows from them. Only what was done at the same time as something else, or
//! among deleted characters, is told by ids. Loading repeats the session on an empty sequence, run by run and without
//! the text, which is put in at the end.

mod record;
mod replay;

use std::sync::OnceLock;

use super::Sequence;
use super::contents::{astral, byte_len};
use super::piece::{Id, MAX_PIECE, MAX_WIDE, Piece, Place};
use super::tree::{Sum, Tree};
use super::writer::Span;
use crate::wire::DecodeError;
use crate::wire::bytes::{Bytes, put_number, put_sized};

/// What a run of the session is: the lowest two bits of its byte. Then a bit that is set when it is where the one before
/// ended, then how much it is.
const INSERT: u8 = 0;
const DELETE: u8 = 1;
const BACKSPACE: u8 = 2;
/// The other bits tell what.
const OTHER: u8 = 3;
const HERE: u8 = 4;
const LEN_SHIFT: u8 = 3;
/// So much or more: the rest is a number.
const LONG: u32 = 31;

/// Characters that may show at a time in a session: more than any text that can be stored.
const MAX_SHOWN: u32 = i32::MAX as u32;

/// Another writer goes on; one skips sequence numbers; an insertion between two ids; a deletion of characters by id,
/// ascending or descending.
const WRITER: u8 = 0;
const SKIP: u8 = 1;
const INSERT_AT: u8 = 2;
const DELETE_AT: u8 = 3;
const BACKSPACE_AT: u8 = 4;

const RANGE: DecodeError = DecodeError::Invalid("a number in a text out of range");
const WRONG: DecodeError = DecodeError::Invalid("a text that is not what its session made");

/// A session in columns: bytes of runs, lengths of long ones, how far they are from the one before, and what is told by ids.
#[derive(Default)]
struct Columns<T> {
    runs: T,
    lens: T,
    jumps: T,
    ids: T,
}

impl Sequence {
    /// Everything but the characters that are deleted, appended. `false`, and nothing, when the session would not lead to this
    /// very order: then it was not made by honest edits. O(n log n).
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) -> bool {
        let Some(session) = self.record() else { return false };
        put_number(bytes, self.chunks().map(str::len).sum::<usize>() as u64);
        self.chunks().for_each(|chunk| bytes.extend_from_slice(chunk.as_bytes()));
        put_number(bytes, self.writers.len() as u64);
        for writer in &self.writers {
            bytes.extend_from_slice(&writer.replica.get().to_le_bytes());
        }
        let Columns { runs, lens, jumps, ids } = session;
        for column in [runs, lens, jumps] {
            put_sized(bytes, &column);
        }
        bytes.extend_from_slice(&ids);
        true
    }

    /// Reads what [`write`](Self::write) wrote: all that is left. O(n log n).
    ///
    /// # Errors
    /// [`DecodeError`] when it is not a session, or one that does not make this text.
    pub(crate) fn read(mut bytes: Bytes<'_>) -> Result<Self, DecodeError> {
        let len = bytes.number()?;
        let text = bytes.text(len)?;
        let mut sequence = Self::new();
        for known in 0..bytes.number()? {
            let replica = u64::from_le_bytes(bytes.array()?);
            if replica == 0 || u64::from(sequence.writer(crate::version::ReplicaId::new(replica))) != known {
                return Err(DecodeError::Invalid("a writer of a text that is no replica, or twice"));
            }
        }
        let mut column = || bytes.sized().map(Bytes::new);
        let (runs, lens, jumps) = (column()?, column()?, column()?);
        sequence.replay(Columns { runs, lens, jumps, ids: bytes })?;
        sequence.fill(text)?;
        Ok(sequence)
    }

    /// Puts in characters whose text is to be told later.
    fn insert_blank(&mut self, id: Id, behind: Option<(super::Spot, u32)>, len: u32) {
        let behind = self.log_insertion(id, behind, len, Place::GONE);
        self.put(behind, Piece::new(id, len, false, Place::GONE));
    }

    /// Puts in characters between two ids, whose text is to be told later. `None` when they cannot be there.
    fn insert_blank_between(&mut self, id: Id, span: Span) -> Option<()> {
        let behind = self.destination(id, &span).ok()?;
        let behind = behind.map(|(spot, offset)| self.cut_behind(spot, offset));
        self.writers[id.writer as usize].push_span(id.writer, span);
        self.put(behind, Piece::new(id, span.len, false, Place::GONE));
        Some(())
    }

    /// The characters in order: whose, how many that go on from one another, and whether they are deleted.
    fn stretches(&self) -> impl Iterator<Item = (Id, u32, bool)> {
        let mut pieces = self.tree.pieces().map(|(_, piece)| (piece.id(), piece.len(), piece.is_deleted()));
        let mut open = pieces.next();
        std::iter::from_fn(move || {
            let (id, mut len, deleted) = open.take()?;
            for (next, more, also) in pieces.by_ref() {
                if id.advance(len) == next && deleted == also && len + more <= MAX_PIECE {
                    len += more;
                } else {
                    open = Some((next, more, also));
                    break;
                }
            }
            Some((id, len, deleted))
        })
    }

    /// Gives the characters that show their text, and the tree its final form.
    fn fill(&mut self, text: &str) -> Result<(), DecodeError> {
        let (mut pieces, mut offset) = (Vec::with_capacity(self.tree.pieces().count()), 0);
        let ascii = text.is_ascii();
        for (id, len, deleted) in self.stretches() {
            if deleted {
                pieces.push(Piece::gone(id, len));
            } else if ascii {
                pieces.push(Piece::new(id, len, false, Place::base(offset)));
                offset += len as usize;
            } else {
                offset = wide_pieces(text, offset, id, len, &mut pieces)?;
            }
        }
        if offset != text.len() || offset > Place::LIMIT {
            return Err(WRONG);
        }
        self.total = Sum { chars: self.total.chars, astral: astral(text) };
        self.contents.set_base(text.to_owned());
        self.tree = Tree::bottom_up(pieces, &self.contents);
        self.hot = super::Hot::default();
        self.siblings = None;
        self.index = OnceLock::new();
        for writer in &mut self.writers {
            writer.spans.shrink_to_fit();
            writer.deletions.shrink_to_fit();
        }
        Ok(())
    }
}

/// Pieces of text in which characters may differ in width. Returns where the text goes on.
pub(super) fn wide_pieces(
    text: &str,
    mut offset: usize,
    mut id: Id,
    mut len: u32,
    pieces: &mut Vec<Piece>,
) -> Result<usize, DecodeError> {
    while len > 0 {
        let rest = text.get(offset..).ok_or(WRONG)?;
        let part = len.min(MAX_WIDE);
        let bytes = byte_len(rest, part);
        let head = &rest[..bytes];
        if head.chars().count() != part as usize {
            return Err(WRONG);
        }
        pieces.push(Piece::new(id, part, !head.is_ascii(), Place::base(offset)));
        (offset, id, len) = (offset + bytes, id.advance(part), len - part);
    }
    Ok(offset)
}
