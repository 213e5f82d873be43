//! A sequence as columns: its pieces in order, and what each writer did. Loading builds the tree bottom-up, in one pass.

use super::Sequence;
use super::contents::{astral, byte_len};
use super::piece::{Id, MAX_PIECE, MAX_WIDE, Piece, Place};
use super::tree::{Sum, Tree};
use super::writer::{Deletion, Span, Writer};
use crate::version::ReplicaId;
use crate::wire::DecodeError;

/// A sequence, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// The characters that are not deleted.
    pub(crate) text: String,
    /// Everybody who wrote, in the order in which the columns below count them from 0.
    pub(crate) writers: Vec<u64>,
    pub(crate) piece_writers: Vec<u32>,
    pub(crate) piece_seqs: Vec<i64>,
    pub(crate) piece_lens: Vec<u32>,
    pub(crate) edit_counts: Vec<u32>,
    pub(crate) edit_gaps: Vec<u32>,
    pub(crate) edits: Vec<u64>,
    pub(crate) references: Vec<u64>,
}

const ASCENDING: u64 = 1;
const DESCENDING: u64 = 2;
/// References: none, and the number after the left origin's.
const NONE: u64 = 0;
const NEXT: u64 = 1;

const SHORT: DecodeError = DecodeError::Invalid("a column of a text ends early");
const WRONG: DecodeError = DecodeError::Invalid("a text whose pieces are not what was written");
const RANGE: DecodeError = DecodeError::Invalid("a number in a text out of range");

impl Sequence {
    /// Everything but the characters that are deleted. O(n).
    pub(crate) fn to_columns(&self) -> Columns {
        let mut columns = Columns {
            writers: self.writers.iter().map(|writer| writer.replica.get()).collect(),
            text: String::with_capacity(self.len()),
            ..Columns::default()
        };
        let mut ends = vec![0i64; self.writers.len()];
        let mut open: Option<(Id, u32, bool)> = None;
        for (_, piece) in self.tree.pieces() {
            if !piece.is_deleted() {
                columns.text.push_str(self.contents.text(piece));
            }
            match &mut open {
                Some((id, len, deleted))
                    if id.advance(*len) == piece.id()
                        && *deleted == piece.is_deleted()
                        && *len + piece.len() <= MAX_PIECE =>
                {
                    *len += piece.len();
                }
                _ => {
                    let last = open.replace((piece.id(), piece.len(), piece.is_deleted()));
                    last.into_iter().for_each(|last| push_piece(&mut columns, &mut ends, last));
                }
            }
        }
        open.into_iter().for_each(|last| push_piece(&mut columns, &mut ends, last));
        if self.writers.len() <= 1 {
            columns.piece_writers.clear();
        }
        for (at, writer) in self.writers.iter().enumerate() {
            push_edits(&mut columns, at as u32, writer);
        }
        if columns.edit_gaps.iter().all(|&gap| gap == 0) {
            columns.edit_gaps.clear();
        }
        columns
    }

    /// Reads columns.
    ///
    /// # Errors
    /// [`DecodeError`] when they are not those of a sequence.
    pub(crate) fn from_columns(columns: Columns) -> Result<Self, DecodeError> {
        let mut sequence = Self::new();
        for &replica in &columns.writers {
            let known = sequence.writers.len();
            if replica == 0 || sequence.writer(ReplicaId::new(replica)) as usize != known {
                return Err(DecodeError::Invalid("a writer of a text that is no replica, or twice"));
            }
        }
        read_edits(&columns, &mut sequence.writers)?;
        let pieces = read_pieces(&columns, &sequence.writers)?;
        sequence.total = Sum { chars: columns.text.chars().count() as u32, astral: astral(&columns.text) };
        sequence.contents.set_base(columns.text);
        sequence.tree = Tree::bottom_up(pieces, &sequence.contents);
        Ok(sequence)
    }
}

fn push_piece(columns: &mut Columns, ends: &mut [i64], (id, len, deleted): (Id, u32, bool)) {
    let end = &mut ends[id.writer as usize];
    columns.piece_writers.push(id.writer);
    columns.piece_seqs.push(i64::from(id.seq) - *end);
    columns.piece_lens.push(2 * len + u32::from(deleted));
    *end = i64::from(id.seq + len);
}

fn push_edits(columns: &mut Columns, own: u32, writer: &Writer) {
    let (mut spans, mut deletions) = (writer.spans.iter().peekable(), writer.deletions.iter().peekable());
    let (mut next, mut count) = (1, 0);
    loop {
        let insertion = match (spans.peek(), deletions.peek()) {
            (Some(span), Some(deletion)) => span.seq < deletion.seq,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        let (seq, end) = if insertion {
            let Some(span) = spans.next() else { break };
            columns.edits.push(4 * u64::from(span.len));
            push_reference(columns, Id::new(own, span.seq), span.left, None);
            push_reference(columns, Id::new(own, span.seq), span.right, Some(span.left));
            (span.seq, span.end())
        } else {
            let Some(deletion) = deletions.next() else { break };
            let kind = if deletion.is_descending() { DESCENDING } else { ASCENDING };
            columns.edits.push(4 * u64::from(deletion.len()) + kind);
            push_reference(columns, Id::new(own, deletion.seq), deletion.target, None);
            (deletion.seq, deletion.end())
        };
        columns.edit_gaps.push(seq - next);
        (next, count) = (end, count + 1);
    }
    columns.edit_counts.push(count);
}

fn push_reference(columns: &mut Columns, own: Id, to: Id, left: Option<Id>) {
    let references = &mut columns.references;
    if to == Id::NONE {
        references.push(NONE);
    } else if left.is_some_and(|left| left != Id::NONE && left.advance(1) == to) {
        references.push(NEXT);
    } else if to.writer == own.writer {
        references.push(2 + 2 * u64::from(own.seq - to.seq - 1));
    } else {
        references.extend([2 + 2 * u64::from(to.writer) + 1, u64::from(to.seq)]);
    }
}

fn read_edits(columns: &Columns, writers: &mut [Writer]) -> Result<(), DecodeError> {
    let total: u64 = columns.edit_counts.iter().map(|&count| u64::from(count)).sum();
    let gaps = columns.edit_gaps.len();
    if columns.edit_counts.len() != writers.len()
        || total != columns.edits.len() as u64
        || (gaps != 0 && gaps != columns.edits.len())
    {
        return Err(SHORT);
    }
    let mut references = columns.references.iter().copied();
    let mut at = 0;
    for (own, (writer, &count)) in writers.iter_mut().zip(&columns.edit_counts).enumerate() {
        let mut next = 1u32;
        for edit in &columns.edits[at..at + count as usize] {
            let gap = columns.edit_gaps.get(at).copied().unwrap_or(0);
            let len =
                u32::try_from(edit / 4).ok().filter(|len| (1..=MAX_PIECE).contains(len)).ok_or(RANGE)?;
            let seq = next.checked_add(gap).ok_or(RANGE)?;
            next = seq.checked_add(len).ok_or(RANGE)?;
            let id = Id::new(own as u32, seq);
            match edit % 4 {
                0 => {
                    let left = reference(&mut references, id, None)?;
                    let right = reference(&mut references, id, Some(left))?;
                    writer.spans.push(Span { seq, len, left, right, place: Place::GONE });
                }
                kind @ (ASCENDING | DESCENDING) => {
                    let target = reference(&mut references, id, None)?;
                    let deletion = Deletion::new(seq, len, target, kind == DESCENDING);
                    let end = deletion.targets().map(|(_, end)| end).filter(|_| target != Id::NONE);
                    let end = end.ok_or(RANGE)?;
                    if target.writer == id.writer && end > id.seq {
                        return Err(WRONG);
                    }
                    writer.deletions.push(deletion);
                }
                _ => return Err(RANGE),
            }
            at += 1;
        }
        writer.end = if next == 1 { 0 } else { next };
        writer.spans.shrink_to_fit();
        writer.deletions.shrink_to_fit();
    }
    if references.next().is_some() {
        return Err(DecodeError::Invalid("a column is longer than its operations need"));
    }
    // Every character that an insertion stands beside has to be one; a deletion may take none, as when it is applied.
    let exists = |id: Id| {
        id == Id::NONE || writers.get(id.writer as usize).is_some_and(|writer| writer.span(id.seq).is_some())
    };
    let reached = |deletion: &Deletion| {
        let writer = writers.get(deletion.target.writer as usize);
        writer.zip(deletion.targets()).is_some_and(|(writer, (_, end))| end <= writer.end)
    };
    let mut origins =
        writers.iter().flat_map(|writer| &writer.spans).flat_map(|span| [span.left, span.right]);
    let mut deletions = writers.iter().flat_map(|writer| &writer.deletions);
    if origins.all(exists) && deletions.all(reached) { Ok(()) } else { Err(WRONG) }
}

fn reference(
    references: &mut impl Iterator<Item = u64>,
    own: Id,
    left: Option<Id>,
) -> Result<Id, DecodeError> {
    match references.next().ok_or(SHORT)? {
        NONE => Ok(Id::NONE),
        NEXT => {
            let next = left.filter(|&left| left != Id::NONE).map(|left| left.advance(1)).ok_or(RANGE)?;
            if next.writer == own.writer && next.seq >= own.seq {
                return Err(RANGE);
            }
            Ok(next)
        }
        code if code % 2 == 0 => {
            let back = u32::try_from((code - 2) / 2).map_err(|_| RANGE)?;
            let seq = own.seq.checked_sub(1).and_then(|last| last.checked_sub(back)).filter(|&seq| seq > 0);
            Ok(Id::new(own.writer, seq.ok_or(RANGE)?))
        }
        code => {
            let writer = u32::try_from((code - 3) / 2).map_err(|_| RANGE)?;
            let seq = u32::try_from(references.next().ok_or(SHORT)?).map_err(|_| RANGE)?;
            if writer == own.writer && seq >= own.seq {
                return Err(RANGE);
            }
            Ok(Id::new(writer, seq))
        }
    }
}

fn read_pieces(columns: &Columns, writers: &[Writer]) -> Result<Vec<Piece>, DecodeError> {
    let count = columns.piece_lens.len();
    let several = writers.len() > 1;
    if columns.piece_seqs.len() != count || columns.piece_writers.len() != if several { count } else { 0 } {
        return Err(SHORT);
    }
    let mut ends = vec![0i64; writers.len()];
    let mut stretches = vec![Vec::new(); writers.len()];
    let (mut pieces, mut offset) = (Vec::with_capacity(count), 0);
    let ascii = columns.text.is_ascii();
    for at in 0..count {
        let writer = columns.piece_writers.get(at).copied().unwrap_or(0);
        let end = ends.get_mut(writer as usize).ok_or(RANGE)?;
        let len = columns.piece_lens[at] / 2;
        let seq = end.checked_add(columns.piece_seqs[at]).and_then(|seq| u32::try_from(seq).ok());
        let seq = seq.filter(|&seq| seq > 0).ok_or(RANGE)?;
        let next = seq.checked_add(len).filter(|_| len > 0 && len <= MAX_PIECE).ok_or(RANGE)?;
        *end = i64::from(next);
        stretches[writer as usize].push((seq, next));
        let id = Id::new(writer, seq);
        if columns.piece_lens[at] % 2 == 1 {
            pieces.push(Piece::gone(id, len));
        } else if ascii {
            pieces.push(Piece::new(id, len, false, Place::base(offset)));
            offset += len as usize;
        } else {
            offset = wide_pieces(&columns.text, offset, id, len, &mut pieces)?;
        }
        if offset > columns.text.len() {
            return Err(SHORT);
        }
    }
    if offset != columns.text.len() || offset > Place::LIMIT {
        return Err(WRONG);
    }
    // Together the pieces are what was inserted, each character once.
    for (writer, stretches) in writers.iter().zip(&mut stretches) {
        stretches.sort_unstable();
        if !joined(stretches.iter().copied())
            .eq(joined(writer.spans.iter().map(|span| (span.seq, span.end()))))
        {
            return Err(WRONG);
        }
    }
    Ok(pieces)
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
        let rest = text.get(offset..).ok_or(SHORT)?;
        let part = len.min(MAX_WIDE);
        let bytes = byte_len(rest, part);
        let head = &rest[..bytes];
        if head.chars().count() != part as usize {
            return Err(SHORT);
        }
        pieces.push(Piece::new(id, part, !head.is_ascii(), Place::base(offset)));
        (offset, id, len) = (offset + bytes, id.advance(part), len - part);
    }
    Ok(offset)
}

/// Ascending stretches, with those that touch made one. Those that overlap stay apart, and so differ from ones that do not.
fn joined(stretches: impl Iterator<Item = (u32, u32)>) -> impl Iterator<Item = (u32, u32)> {
    let mut stretches = stretches.peekable();
    std::iter::from_fn(move || {
        let (first, mut end) = stretches.next()?;
        while let Some((_, next)) = stretches.next_if(|next| next.0 == end) {
            end = next;
        }
        Some((first, end))
    })
}
