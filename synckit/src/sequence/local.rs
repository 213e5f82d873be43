//! Edits by position: what a person types here.

use std::ops::Range;

use super::contents::{astral, char_count};
use super::hot::Typing;
use super::piece::{Id, MAX_PIECE, Piece, Place};
use super::writer::{Deletion, Span};
use super::{Sequence, SequenceError, Spot};
use crate::version::Dot;

impl Sequence {
    /// Inserts `text` so that it begins at position `at`. Its characters get the ids from `dot` on, one sequence number
    /// each: the writer goes on behind them. Returns how many they are.
    ///
    /// O(log n), and O(1) for typing.
    ///
    /// # Errors
    /// [`SequenceError::OutOfBounds`] past the end, [`SequenceError::Used`] when the writer has gone on behind `dot`
    /// before, [`SequenceError::Exhausted`] when it has no more numbers or bytes; nothing has changed then.
    pub fn insert(&mut self, dot: Dot, at: usize, text: &str) -> Result<usize, SequenceError> {
        let count = char_count(text);
        let id = self.own(dot, count)?;
        if at > self.len() {
            return Err(SequenceError::OutOfBounds { at, len: self.len() });
        }
        if self.contents.room(id.writer) < text.len() {
            return Err(SequenceError::Exhausted);
        }
        if count > 0 && !self.type_on(id, at as u32, text, count as u32) {
            let before = (at as u32).checked_sub(1);
            let behind = before.map(|before| self.locate(before));
            let slot = self.insert_anew(id, behind, text, count as u32).slot;
            self.hot.typing = Some(Typing { at: (at + count) as u32, id: id.advance(count as u32), slot });
        }
        Ok(count)
    }

    /// Inserts `text` right behind a character, deleted or not: where something is brought back. Returns how many
    /// characters they are.
    ///
    /// # Errors
    /// [`SequenceError::Missing`] when the character is not here; as [`insert`](Self::insert).
    pub fn insert_behind(&mut self, dot: Dot, character: Dot, text: &str) -> Result<usize, SequenceError> {
        let count = char_count(text);
        let id = self.own(dot, count)?;
        let at = self.id(character).and_then(|id| self.find(id)).ok_or(SequenceError::Missing)?;
        if self.contents.room(id.writer) < text.len() {
            return Err(SequenceError::Exhausted);
        }
        if count > 0 {
            self.insert_anew(id, Some(at), text, count as u32);
        }
        Ok(count)
    }

    /// Deletes the characters in `range`. Each deletion takes a sequence number from `dot` on. Returns how many.
    ///
    /// O(log n) for each piece that is touched.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn delete(&mut self, dot: Dot, range: Range<usize>) -> Result<usize, SequenceError> {
        let count = range.end.saturating_sub(range.start);
        if range.end > self.len() {
            return Err(SequenceError::OutOfBounds { at: range.end, len: self.len() });
        }
        let own = self.own(dot, count)?;
        self.delete_on(own, range.start as u32, count as u32);
        Ok(count)
    }

    /// Deletes characters from a position on; so many show there.
    pub(super) fn delete_on(&mut self, own: Id, at: u32, count: u32) {
        let mut done = 0;
        while done < count {
            let (spot, offset) = self.locate(at);
            let piece = *self.piece(spot);
            let len = (piece.len() - offset).min(count - done);
            let target = piece.id().advance(offset);
            self.hide(spot, offset, len);
            let deletion = Deletion::new(own.seq + done, len, target, false);
            self.writers[own.writer as usize].push_deletion(deletion);
            done += len;
        }
    }

    /// The fast way: the characters go on where the last ones were typed.
    #[inline]
    pub(super) fn type_on(&mut self, id: Id, at: u32, text: &str, count: u32) -> bool {
        let Some(typing) = &mut self.hot.typing else { return false };
        if typing.at != at || typing.id != id {
            return false;
        }
        let piece = &mut self.tree.leaf_mut(self.hot.leaf).pieces_mut()[typing.slot];
        let writer = &mut self.writers[id.writer as usize];
        let Some(span) = writer.spans.last_mut().filter(|span| span.len + count <= MAX_PIECE) else {
            return false;
        };
        if piece.is_wide() == text.is_ascii() || !piece.has_room(count) {
            return false;
        }
        span.len += count;
        writer.end = id.seq + count;
        piece.grow(count);
        if at != Typing::ANYWHERE {
            typing.at += count;
        }
        typing.id.seq += count;
        let wide = piece.is_wide();
        self.contents.push(id.writer, text);
        self.shown(count as i32, if wide { astral(text) as i32 } else { 0 });
        true
    }

    /// Inserts behind a character, or in front of everything. Returns where the last of it is.
    fn insert_anew(&mut self, id: Id, behind: Option<(Spot, u32)>, text: &str, count: u32) -> Spot {
        let place = self.contents.next(id.writer);
        let behind = self.log_insertion(id, behind, count, place);
        self.put_text(behind, id, text)
    }

    /// Takes note of an insertion behind a character, or in front of everything. Returns the piece that it goes behind.
    pub(super) fn log_insertion(
        &mut self,
        id: Id,
        behind: Option<(Spot, u32)>,
        count: u32,
        place: Place,
    ) -> Option<Spot> {
        let (behind, left) = match behind {
            Some((spot, offset)) => {
                let left = self.piece(spot).id().advance(offset);
                (Some(self.cut_behind(spot, offset)), left)
            }
            None => {
                self.heat_front();
                (None, Id::NONE)
            }
        };
        // In front of whatever follows, deleted or not.
        let right = match behind {
            Some(spot) => self.tree.next_piece(spot.leaf, spot.slot).map(|(_, _, piece)| piece.id()),
            None => self.tree.pieces().next().map(|(_, piece)| piece.id()),
        };
        let span = Span { seq: id.seq, len: count, left, right: right.unwrap_or(Id::NONE), place };
        self.writers[id.writer as usize].push_span(id.writer, span);
        behind
    }

    /// Cuts a piece behind its character `offset`, if that is not its last one. Returns the spot of the front.
    pub(super) fn cut_behind(&mut self, spot: Spot, offset: u32) -> Spot {
        let len = self.piece(spot).len();
        if offset + 1 == len {
            return spot;
        }
        let spot = self.make_room(spot, 2);
        let mut front: Piece = *self.piece(spot);
        let rest = front.split(offset + 1, self.contents.bytes(&front, offset + 1));
        let leaf = self.tree.leaf_mut(spot.leaf);
        leaf.pieces_mut()[spot.slot] = front;
        leaf.insert(spot.slot + 1, rest);
        spot
    }
}
