//! How pieces are put in and hidden.

use super::contents::{byte_len, char_count};
use super::piece::{Id, MAX_PIECE, MAX_WIDE, Piece};
use super::{Sequence, Spot};

impl Sequence {
    /// Puts text behind a piece, or in front of everything: one piece, or several when its characters differ in width.
    /// Returns where the last one is.
    pub(super) fn put_text(&mut self, mut behind: Option<Spot>, mut id: Id, mut text: &str) -> Spot {
        loop {
            let end =
                if text.is_ascii() { text.len().min(MAX_PIECE as usize) } else { byte_len(text, MAX_WIDE) };
            let (part, rest) = text.split_at(end);
            let count = char_count(part) as u32;
            let place = self.contents.push(id.writer, part);
            let spot = self.put(behind, Piece::new(id, count, !part.is_ascii(), place));
            if rest.is_empty() {
                return spot;
            }
            (behind, id, text) = (Some(spot), id.advance(count), rest);
        }
    }

    /// Puts a piece behind another one, or in front of everything. It becomes part of that one if it goes on there.
    /// Returns where it is.
    pub(super) fn put(&mut self, behind: Option<Spot>, piece: Piece) -> Spot {
        let before = behind.unwrap_or_else(|| Spot { leaf: self.tree.first_leaf(), slot: 0 });
        let before = self.make_room(before, 1);
        self.shown(piece.visible() as i32, self.contents.astral(&piece) as i32);
        if let Some(index) = self.index.get_mut() {
            index[piece.writer as usize].assign(piece.seq, piece.end(), before.leaf);
        }
        let leaf = self.tree.leaf_mut(before.leaf);
        if behind.is_none() {
            leaf.insert(0, piece);
            return before;
        }
        let front = &mut leaf.pieces_mut()[before.slot];
        if front.end() == piece.seq && front.joins(self.contents.bytes(front, front.len()), &piece) {
            front.grow(piece.len());
            return before;
        }
        let slot = before.slot + 1;
        leaf.insert(slot, piece);
        Spot { leaf: before.leaf, slot }
    }

    /// Deletes `len` characters of a visible piece from its character `offset` on.
    pub(super) fn hide(&mut self, spot: Spot, offset: u32, len: u32) {
        let Spot { leaf, slot } = self.make_room(spot, 2);
        let mut front = *self.piece(Spot { leaf, slot });
        let mut middle = front.split(offset, self.contents.bytes(&front, offset));
        let middle_bytes = self.contents.bytes(&middle, len);
        let back = middle.split(len, middle_bytes);
        self.shown(-(len as i32), -(self.contents.astral(&middle) as i32));
        middle.delete();
        // A deleted neighbour takes the characters in if they go on there.
        let leaf = self.tree.leaf_mut(leaf);
        if front.len() == 0
            && let Some(before) = slot.checked_sub(1).map(|before| &mut leaf.pieces_mut()[before])
            && before.end() == middle.seq
            && before.joins(self.contents.bytes(before, before.len()), &middle)
        {
            before.grow(len);
            if back.len() > 0 {
                leaf.pieces_mut()[slot] = back;
                return;
            }
            let joined = *before;
            leaf.remove(slot);
            if let Some(after) = leaf.pieces().get(slot)
                && joined.end() == after.seq
                && joined.joins(self.contents.bytes(&joined, joined.len()), after)
            {
                let more = after.len();
                leaf.pieces_mut()[slot - 1].grow(more);
                leaf.remove(slot);
            }
            return;
        }
        if back.len() == 0
            && let Some(after) = leaf.pieces_mut().get_mut(slot + 1)
            && middle.joins(middle_bytes, after)
        {
            middle.grow(after.len());
            *after = middle;
            if front.len() > 0 {
                leaf.pieces_mut()[slot] = front;
            } else {
                leaf.remove(slot);
            }
            return;
        }
        let mut slot = slot;
        if front.len() > 0 {
            leaf.pieces_mut()[slot] = front;
            slot += 1;
            leaf.insert(slot, middle);
        } else {
            leaf.pieces_mut()[slot] = middle;
        }
        if back.len() > 0 {
            leaf.insert(slot + 1, back);
        }
    }
}
