//! A sequence as it was. Insertions and deletions have numbers of their own and stay in the writers' logs, so what showed at
//! a version needs no replay: a character shows when the version knows it and no deletion of it.

use std::sync::OnceLock;

use super::Sequence;
use super::contents::astral;
use super::piece::{Piece, Place};
use super::snapshot::wide_pieces;
use super::tree::{Sum, Tree};
use super::writer::{Deletion, Span};
use crate::version::VersionVector;
use crate::wire::DecodeError;

/// Part of a text, and what became of it between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextChange {
    /// It is in both.
    Keep(String),
    /// It came.
    Insert(String),
    /// It went.
    Delete(String),
}

/// What of a sequence a version knows: for each writer the number behind its last one, and which of its characters are
/// deleted.
struct Cut {
    ends: Vec<u32>,
    deleted: Vec<Vec<(u32, u32)>>,
}

impl Cut {
    /// O(deletions log deletions).
    fn new(sequence: &Sequence, version: &VersionVector) -> Self {
        let end = |seq: u64| u32::try_from(seq.saturating_add(1)).unwrap_or(u32::MAX);
        let ends: Vec<u32> = sequence.writers.iter().map(|writer| end(version.get(writer.replica))).collect();
        let mut deleted = vec![Vec::new(); ends.len()];
        for (writer, &end) in sequence.writers.iter().zip(&ends) {
            for deletion in known(&writer.deletions, end) {
                if let (Some(targets), Some(of)) =
                    (deletion.targets(), deleted.get_mut(deletion.target.writer as usize))
                {
                    of.push(targets);
                }
            }
        }
        for targets in &mut deleted {
            targets.sort_unstable();
            targets.dedup_by(|next, last| {
                let joins = next.0 <= last.1;
                if joins {
                    last.1 = last.1.max(next.1);
                }
                joins
            });
        }
        Self { ends, deleted }
    }

    /// How many of its characters are known.
    fn len(&self, piece: &Piece) -> u32 {
        self.ends[piece.writer as usize].saturating_sub(piece.seq).min(piece.len())
    }

    /// Cuts its first `len` characters into stretches that are deleted or not: where each ends, and whether it is.
    fn stretches(&self, piece: &Piece, len: u32, out: &mut Vec<(u32, bool)>) {
        out.clear();
        let deleted = &self.deleted[piece.writer as usize];
        let first = deleted.partition_point(|stretch| stretch.1 <= piece.seq);
        let mut at = 0;
        for (start, end) in &deleted[first..] {
            let start = start.saturating_sub(piece.seq).min(len);
            if start > at {
                out.push((start, false));
            }
            let end = (end - piece.seq).min(len);
            if end > start {
                out.push((end, true));
            }
            at = end;
            if at == len {
                return;
            }
        }
        if at < len {
            out.push((len, false));
        }
    }

    /// All of its characters, as stretches that show or do not.
    fn shows(&self, piece: &Piece, out: &mut Vec<(u32, bool)>) {
        let len = self.len(piece);
        self.stretches(piece, len, out);
        out.iter_mut().for_each(|stretch| stretch.1 = !stretch.1);
        if len < piece.len() {
            out.push((piece.len(), false));
        }
    }
}

/// Deletions before a sequence number.
fn known(deletions: &[Deletion], end: u32) -> impl Iterator<Item = Deletion> {
    let within = &deletions[..deletions.partition_point(|deletion| deletion.seq < end)];
    within.iter().map(move |deletion| {
        let len = deletion.len().min(end - deletion.seq);
        Deletion::new(deletion.seq, len, deletion.target, deletion.is_descending())
    })
}

impl Sequence {
    /// The sequence as a replica had it that knew `version`; later edits are not in it, and the characters that were
    /// deleted then have no text. O(n).
    pub(crate) fn at(&self, version: &VersionVector) -> Self {
        let cut = Cut::new(self, version);
        let mut past = Self::new();
        for (writer, &end) in self.writers.iter().zip(&cut.ends) {
            let index = past.writer(writer.replica) as usize;
            let spans = &writer.spans[..writer.spans.partition_point(|span| span.seq < end)];
            let copy = &mut past.writers[index];
            copy.spans.extend(spans.iter().map(|span| Span {
                len: span.len.min(end - span.seq),
                place: Place::GONE,
                ..*span
            }));
            copy.deletions.extend(known(&writer.deletions, end));
            copy.end = writer.end.min(end);
        }
        let (mut text, mut pieces, mut stretches) = (String::new(), Vec::<Piece>::new(), Vec::new());
        let mut last_bytes = 0;
        for (_, piece) in self.tree.pieces() {
            cut.stretches(piece, cut.len(piece), &mut stretches);
            let mut at = 0;
            for &(end, deleted) in &stretches {
                let part = self.part(piece, at, end);
                at = end;
                let chunk = self.contents.text(&part);
                let hidden = deleted || part.place.is_gone() || text.len() + chunk.len() > Place::LIMIT;
                let (part, bytes) = if hidden {
                    (Piece::gone(part.id(), part.len()), 0)
                } else {
                    let place = Place::base(text.len());
                    text.push_str(chunk);
                    (Piece::new(part.id(), part.len(), part.is_wide(), place), chunk.len())
                };
                match pieces.last_mut() {
                    Some(last) if last.joins(last_bytes as u32, &part) => {
                        last.grow(part.len());
                        last_bytes += bytes;
                    }
                    _ => {
                        pieces.push(part);
                        last_bytes = bytes;
                    }
                }
            }
        }
        past.total = Sum { chars: text.chars().count() as u32, astral: astral(&text) };
        past.contents.set_base(text);
        past.tree = Tree::bottom_up(pieces, &past.contents);
        past
    }

    /// What came and went between two versions, in the order of the text. O(n).
    pub(crate) fn changes_between(&self, from: &VersionVector, to: &VersionVector) -> Vec<TextChange> {
        let (from, to) = (Cut::new(self, from), Cut::new(self, to));
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut changes: Vec<TextChange> = Vec::new();
        for (_, piece) in self.tree.pieces() {
            from.shows(piece, &mut before);
            to.shows(piece, &mut after);
            let (mut at, mut old, mut new) = (0, before.iter().peekable(), after.iter().peekable());
            while let (Some(&&(old_end, was)), Some(&&(new_end, is))) = (old.peek(), new.peek()) {
                let end = old_end.min(new_end);
                if was || is {
                    let part = self.part(piece, at, end);
                    let chunk = self.contents.text(&part);
                    match (was, is, changes.last_mut()) {
                        (true, true, Some(TextChange::Keep(text)))
                        | (true, false, Some(TextChange::Delete(text)))
                        | (false, true, Some(TextChange::Insert(text))) => text.push_str(chunk),
                        (true, true, _) => changes.push(TextChange::Keep(chunk.to_owned())),
                        (true, false, _) => changes.push(TextChange::Delete(chunk.to_owned())),
                        (false, ..) => changes.push(TextChange::Insert(chunk.to_owned())),
                    }
                }
                at = end;
                old.next_if(|stretch| stretch.0 == end);
                new.next_if(|stretch| stretch.0 == end);
            }
        }
        changes
    }

    /// The text of the deleted characters, in order, but for those that were deleted at `floor` already: stretches (how
    /// many characters, whether they are missing), and the characters. O(n).
    pub(crate) fn deleted_text(&self, floor: &VersionVector) -> (Vec<(u64, bool)>, String) {
        let cut = Cut::new(self, floor);
        let (mut runs, mut text) = (Vec::<(u64, bool)>::new(), String::new());
        let mut stretches = Vec::new();
        for (_, piece) in self.tree.pieces().filter(|(_, piece)| piece.is_deleted()) {
            cut.stretches(piece, piece.len(), &mut stretches);
            let mut at = 0;
            for &(end, forgotten) in &stretches {
                let missing = forgotten || piece.place.is_gone();
                if !missing {
                    text.push_str(self.contents.text(&self.part(piece, at, end)));
                }
                let len = u64::from(end - at);
                match runs.last_mut() {
                    Some(last) if last.1 == missing => last.0 += len,
                    _ => runs.push((len, missing)),
                }
                at = end;
            }
        }
        (runs, text)
    }

    /// Gives a sequence that was just loaded the text of its deleted characters. O(n).
    ///
    /// # Errors
    /// [`DecodeError`] when it is not the text of as many characters as are deleted; the sequence is then of no use.
    pub(crate) fn restore_deleted(&mut self, runs: &[(u64, bool)], text: &str) -> Result<(), DecodeError> {
        const WRONG: DecodeError = DecodeError::Invalid("a history that is not the one of its text");
        let mut offset = self.contents.extend_base(text).ok_or(WRONG)?;
        let ascii = text.is_ascii();
        let (mut pieces, mut runs) = (Vec::new(), runs.iter().copied());
        let mut run = (0, true);
        for (_, piece) in self.tree.pieces() {
            if !piece.is_deleted() {
                pieces.push(*piece);
                continue;
            }
            let mut at = 0;
            while at < piece.len() {
                while run.0 == 0 {
                    run = runs.next().ok_or(WRONG)?;
                }
                let len = run.0.min(u64::from(piece.len() - at)) as u32;
                let id = piece.id().advance(at);
                if run.1 {
                    pieces.push(Piece::gone(id, len));
                } else {
                    let first = pieces.len();
                    if ascii {
                        pieces.push(Piece::new(id, len, false, Place::base(offset)));
                        offset += len as usize;
                    } else {
                        offset = wide_pieces(self.contents.base(), offset, id, len, &mut pieces)?;
                    }
                    pieces[first..].iter_mut().for_each(Piece::delete);
                }
                at += len;
                run.0 -= u64::from(len);
            }
        }
        if run.0 > 0 || runs.any(|run| run.0 > 0) || offset != self.contents.base().len() {
            return Err(WRONG);
        }
        self.tree = Tree::bottom_up(pieces, &self.contents);
        self.index = OnceLock::new();
        Ok(())
    }

    /// A piece's characters from `start` to `end`.
    fn part(&self, piece: &Piece, start: u32, end: u32) -> Piece {
        let mut front = *piece;
        let mut part = front.split(start, self.contents.bytes(piece, start));
        let bytes = self.contents.bytes(&part, end - start);
        part.split(end - start, bytes);
        part
    }
}
