//! The leaf of the last edit.
//!
//! Edits come in clusters. Where the leaf of the last one begins, how much shows in it and what the nodes above it have not
//! been told yet are remembered, so that an edit nearby neither descends from the root nor climbs back to it.

use super::piece::{Id, Piece};
use super::tree::{LEAF, NONE, Sum};
use super::{Sequence, Spot};

#[derive(Debug, Clone)]
pub(super) struct Hot {
    pub(super) leaf: u32,
    /// Characters that show before the leaf, if that is known.
    start: Option<u32>,
    /// Characters that show in it.
    chars: u32,
    /// What the nodes above have not been told: characters, and those of two UTF-16 units.
    pending: (i32, i32),
    /// A slot, and how many characters of the leaf show before it.
    slot: usize,
    slot_start: u32,
    pub(super) typing: Option<Typing>,
}

/// When the last edit was typing: the position and the id that the next character will have, and the piece it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typing {
    pub(super) at: u32,
    pub(super) id: Id,
    pub(super) slot: usize,
}

impl Typing {
    /// The position is not known: the last edit came from elsewhere.
    pub(super) const ANYWHERE: u32 = u32::MAX;
}

impl Default for Hot {
    fn default() -> Self {
        Self { leaf: NONE, start: None, chars: 0, pending: (0, 0), slot: 0, slot_start: 0, typing: None }
    }
}

impl Hot {
    /// Something changes at a slot: what is remembered of later ones does not hold any more.
    fn rewind(&mut self, slot: usize) {
        self.typing = None;
        if self.slot > slot {
            (self.slot, self.slot_start) = (0, 0);
        }
    }
}

impl Sequence {
    /// The piece with the visible character at `at`, which has to be there, and which character of the piece it is.
    #[inline]
    pub(super) fn locate(&mut self, at: u32) -> (Spot, u32) {
        let within = match self.hot.start {
            Some(start) if at >= start && at - start < self.hot.chars => at - start,
            _ => {
                self.settle();
                let (leaf, before, Sum { chars, .. }) = self.tree.descend(at, |sum| sum.chars);
                self.hot = Hot { leaf, start: Some(before.chars), chars, ..Hot::default() };
                at - before.chars
            }
        };
        let hot = &mut self.hot;
        if within < hot.slot_start {
            (hot.slot, hot.slot_start) = (0, 0);
        }
        let pieces = self.tree.leaf(hot.leaf).pieces();
        while let Some(piece) = pieces.get(hot.slot)
            && within >= hot.slot_start + piece.visible()
        {
            hot.slot_start += piece.visible();
            hot.slot += 1;
        }
        (Spot { leaf: hot.leaf, slot: hot.slot }, within - hot.slot_start)
    }

    /// Makes a leaf the hot one.
    pub(super) fn heat(&mut self, leaf: u32) {
        if self.hot.leaf != leaf {
            self.settle();
            self.hot = Hot { leaf, chars: self.tree.leaf_sum(leaf).chars, ..Hot::default() };
        }
    }

    /// Makes the first leaf the hot one.
    pub(super) fn heat_front(&mut self) {
        self.heat(self.tree.first_leaf());
        self.hot.start = Some(0);
    }

    /// Tells the nodes above the hot leaf what has changed in it.
    pub(super) fn settle(&mut self) {
        let (chars, astral) = std::mem::take(&mut self.hot.pending);
        if (chars, astral) != (0, 0) {
            self.tree.change(self.hot.leaf, chars, astral);
        }
    }

    /// The hot leaf and what the nodes above it have not been told, if there is something.
    pub(super) fn unsettled(&self) -> Option<(u32, i32, i32)> {
        let Hot { leaf, pending: (chars, astral), .. } = self.hot;
        ((chars, astral) != (0, 0)).then_some((leaf, chars, astral))
    }

    /// Takes note that characters began to show in the hot leaf, or ceased to.
    #[inline]
    pub(super) fn shown(&mut self, chars: i32, astral: i32) {
        self.total = self.total.changed(chars, astral);
        self.hot.chars = self.hot.chars.wrapping_add_signed(chars);
        self.hot.pending.0 += chars;
        self.hot.pending.1 += astral;
    }

    /// Characters that show before a piece. O(log n), O(1) in a leaf that is hot already.
    pub(super) fn start_of(&mut self, spot: Spot) -> u32 {
        self.heat(spot.leaf);
        let start = match self.hot.start {
            Some(start) => start,
            None => {
                let start = self.tree.sum_before(spot.leaf).chars;
                self.hot.start = Some(start);
                start
            }
        };
        let pieces = self.tree.leaf(spot.leaf).pieces();
        start + pieces[..spot.slot].iter().map(Piece::visible).sum::<u32>()
    }

    /// Makes the leaf of a piece hot and sees to it that `more` pieces fit into it. Returns the spot of the piece, which
    /// moves when the leaf has to be split.
    pub(super) fn make_room(&mut self, spot: Spot, more: usize) -> Spot {
        self.heat(spot.leaf);
        self.hot.rewind(spot.slot);
        let len = self.tree.leaf(spot.leaf).pieces().len();
        if len + more <= LEAF {
            return spot;
        }
        self.settle();
        // Where text grows at its end, full leaves are left behind.
        let keep = if spot.slot + 1 == len { len - 1 } else { LEAF / 2 };
        let fresh = self.tree.split(spot.leaf, keep, &self.contents);
        if let Some(index) = self.index.get_mut() {
            for piece in self.tree.leaf(fresh).pieces() {
                index[piece.writer as usize].assign(piece.seq, piece.end(), fresh);
            }
        }
        let Sum { chars: moved, .. } = self.tree.leaf_sum(fresh);
        let stay = self.hot.chars - moved;
        if spot.slot < keep {
            self.hot.chars = stay;
            return spot;
        }
        let start = self.hot.start.map(|start| start + stay);
        self.hot = Hot { leaf: fresh, start, chars: moved, ..Hot::default() };
        Spot { leaf: fresh, slot: spot.slot - keep }
    }
}
