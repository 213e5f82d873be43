//! Reading the text, and converting positions.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

use super::contents::byte_len;
use super::piece::Piece;
use super::tree::Sum;
use super::{Sequence, Spot};
use crate::version::Dot;

impl Sequence {
    /// The text that shows, piece by piece.
    pub fn chunks(&self) -> impl Iterator<Item = &str> {
        self.tree
            .pieces()
            .filter(|(_, piece)| !piece.is_deleted())
            .map(|(_, piece)| self.contents.text(piece))
    }

    /// The text that shows, character by character.
    pub fn chars(&self) -> impl Iterator<Item = char> {
        self.chunks().flat_map(str::chars)
    }

    /// The text of a range of positions; what is past the end is left out. O(log n + length).
    pub fn slice(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.len());
        if range.start >= end {
            return String::new();
        }
        let mut text = String::new();
        let (spot, mut skip) = self.seek(range.start as u32, |sum| sum.chars);
        let mut left = (end - range.start) as u32;
        for (_, piece) in self.tree.pieces_from(spot.leaf, spot.slot) {
            let shown = piece.visible();
            if shown == 0 {
                continue;
            }
            let take = (shown - skip).min(left);
            let chunk = self.contents.text(piece);
            let from = self.contents.bytes(piece, skip) as usize;
            let to = self.contents.bytes(piece, skip + take) as usize;
            text.push_str(chunk.get(from..to).unwrap_or(""));
            (left, skip) = (left - take, 0);
            if left == 0 {
                break;
            }
        }
        text
    }

    /// How many UTF-16 units stand before a position. O(log n).
    pub fn utf16_at(&self, at: usize) -> usize {
        if self.total.astral == 0 || at >= self.len() {
            return if at >= self.len() { self.utf16_len() } else { at };
        }
        let (spot, offset, before) = self.seek_sum(at as u32, |sum| sum.chars);
        let piece = self.piece(spot);
        let text = self.contents.text(piece);
        let head = &text[..byte_len(text, offset)];
        before.utf16() as usize + head.chars().map(char::len_utf16).sum::<usize>()
    }

    /// The position before which `utf16` units stand; one in the middle of a character counts as before it. O(log n).
    pub fn at_utf16(&self, utf16: usize) -> usize {
        if self.total.astral == 0 || utf16 >= self.utf16_len() {
            return utf16.min(self.len());
        }
        let (spot, offset, before) = self.seek_sum(utf16 as u32, Sum::utf16);
        let mut units = 0;
        let within = self.contents.text(self.piece(spot)).chars().take_while(|char| {
            units += char.len_utf16() as u32;
            units <= offset
        });
        before.chars as usize + within.count()
    }

    /// The id of the character at a position. O(log n).
    pub fn dot_at(&self, at: usize) -> Option<Dot> {
        if at >= self.len() {
            return None;
        }
        let (spot, offset) = self.seek(at as u32, |sum| sum.chars);
        self.dot(self.piece(spot).id().advance(offset))
    }

    /// The position of a character, or the one where it was, and whether it shows. O(log n); O(n log n) for the
    /// first time that a character is asked for by its id, or an edit from elsewhere comes in.
    pub fn position_of(&self, dot: Dot) -> Option<(usize, bool)> {
        let (spot, offset) = self.find(self.id(dot)?)?;
        let piece = self.piece(spot);
        let shows = !piece.is_deleted();
        let mut before = self.tree.sum_before(spot.leaf);
        if let Some((hot, chars, astral)) = self.unsettled()
            && self.tree.compare(hot, spot.leaf) == Ordering::Less
        {
            before = before.changed(chars, astral);
        }
        let left = self.tree.leaf(spot.leaf).pieces()[..spot.slot].iter().map(Piece::visible).sum::<u32>();
        let within = if shows { offset } else { 0 };
        Some(((before.chars + left + within) as usize, shows))
    }

    /// Which of two characters stands first, whether they show or not. O(log n), as [`position_of`](Self::position_of).
    pub fn compare(&self, a: Dot, b: Dot) -> Option<Ordering> {
        let (a, b) = (self.find(self.id(a)?)?, self.find(self.id(b)?)?);
        Some(self.order(Some(a), Some(b)))
    }

    /// Characters `first` to `first + len` of one writer, deleted or not, as stretches that have nothing between them, not even
    /// something deleted, with their text. O(pieces log n).
    pub(crate) fn texts_of(&self, first: Dot, len: u64) -> Vec<(Dot, String)> {
        let mut stretches: Vec<(Dot, String)> = Vec::new();
        let (mut dot, end) = (first, first.seq + len);
        let mut next = None;
        while dot.seq < end {
            let Some((spot, offset)) = self.id(dot).and_then(|id| self.find(id)) else { break };
            let piece = self.piece(spot);
            let take = piece.len().wrapping_sub(offset).min((end - dot.seq) as u32);
            let bytes = self.contents.bytes(piece, offset)..self.contents.bytes(piece, offset + take);
            let text = self.contents.text(piece).get(bytes.start as usize..bytes.end as usize).unwrap_or("");
            match stretches.last_mut() {
                Some((_, before)) if next == Some((spot, offset)) => before.push_str(text),
                _ => stretches.push((dot, text.to_owned())),
            }
            dot.seq += u64::from(take);
            next = self.successor(Some((spot, offset + take - 1)));
        }
        stretches
    }

    /// The ids of the visible characters in a range, as stretches that were typed in one go and have nothing between
    /// them, not even something deleted. O(log n + pieces).
    #[cfg(feature = "history")]
    pub(crate) fn dots_in(&self, range: Range<usize>) -> Vec<(Dot, usize)> {
        let mut stretches: Vec<(Dot, usize)> = Vec::new();
        let mut left = range.end.min(self.len()).saturating_sub(range.start);
        if left == 0 {
            return stretches;
        }
        let (spot, mut skip) = self.seek(range.start as u32, |sum| sum.chars);
        let mut adjacent = false;
        for (_, piece) in self.tree.pieces_from(spot.leaf, spot.slot) {
            let shown = piece.visible();
            if shown <= skip {
                adjacent = false;
                continue;
            }
            let len = ((shown - skip) as usize).min(left);
            let Some(dot) = self.dot(piece.id().advance(skip)) else { break };
            match stretches.last_mut() {
                Some((last, count))
                    if adjacent && last.replica == dot.replica && last.seq + *count as u64 == dot.seq =>
                {
                    *count += len;
                }
                _ => stretches.push((dot, len)),
            }
            (left, skip, adjacent) = (left - len, 0, true);
            if left == 0 {
                break;
            }
        }
        stretches
    }

    /// Whether deleted characters stand right behind the one before a position. O(log n).
    pub(crate) fn is_deleted_behind(&self, at: usize) -> bool {
        let next = match at.checked_sub(1).filter(|&before| before < self.len()) {
            Some(before) => {
                let (spot, offset) = self.seek(before as u32, |sum| sum.chars);
                let is_last = offset + 1 == self.piece(spot).len();
                self.tree.next_piece(spot.leaf, spot.slot).filter(|_| is_last).map(|(_, _, piece)| piece)
            }
            None => self.tree.pieces().next().map(|(_, piece)| piece),
        };
        next.is_some_and(Piece::is_deleted)
    }

    /// The piece in which a measure reaches `at`, and how far into the piece that is.
    pub(super) fn seek(&self, at: u32, measure: impl Fn(Sum) -> u32 + Copy) -> (Spot, u32) {
        let (spot, offset, _) = self.seek_sum(at, measure);
        (spot, offset)
    }

    /// [`seek`](Self::seek), and the sum of all before the piece.
    fn seek_sum(&self, at: u32, measure: impl Fn(Sum) -> u32 + Copy) -> (Spot, u32, Sum) {
        let (leaf, mut before) = self.seek_leaf(at, measure);
        let pieces = self.tree.leaf(leaf).pieces();
        let mut slot = 0;
        while slot + 1 < pieces.len() {
            let piece = &pieces[slot];
            let behind = before.plus(Sum { chars: piece.visible(), astral: self.contents.astral(piece) });
            if at < measure(behind) {
                break;
            }
            before = behind;
            slot += 1;
        }
        (Spot { leaf, slot }, at - measure(before), before)
    }

    /// The leaf in which a measure reaches `at`. The nodes above the hot leaf may not know of its latest changes.
    fn seek_leaf(&self, at: u32, measure: impl Fn(Sum) -> u32 + Copy) -> (u32, Sum) {
        let Some((hot, chars, astral)) = self.unsettled() else {
            let (leaf, before, _) = self.tree.descend(at, measure);
            return (leaf, before);
        };
        let start = self.tree.sum_before(hot);
        let told = self.tree.leaf_sum(hot);
        let end = start.plus(told).changed(chars, astral);
        if at < measure(start) {
            let (leaf, before, _) = self.tree.descend(at, measure);
            (leaf, before)
        } else if at < measure(end) {
            (hot, start)
        } else {
            let stale = at - measure(end) + measure(start.plus(told));
            let (leaf, before, _) = self.tree.descend(stale, measure);
            (leaf, before.changed(chars, astral))
        }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chunks().try_for_each(|chunk| f.write_str(chunk))
    }
}
