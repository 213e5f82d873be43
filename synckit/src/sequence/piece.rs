//! Pieces: stretches of characters that one writer inserted one after the other and that still stand together.

/// A writer of the sequence, by its index in the table of writers.
pub(super) type WriterIndex = u32;

/// Names one character: its writer and its sequence number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) writer: WriterIndex,
    pub(super) seq: u32,
}

impl Id {
    /// No character: the start of the sequence as a left origin, its end as a right one.
    pub(super) const NONE: Self = Self { writer: u32::MAX, seq: 0 };

    pub(super) fn new(writer: WriterIndex, seq: u32) -> Self {
        Self { writer, seq }
    }

    pub(super) fn advance(self, by: u32) -> Self {
        Self { writer: self.writer, seq: self.seq.wrapping_add(by) }
    }
}

/// Characters in a piece whose characters differ in width: finding one means walking over them, so they stay short.
pub(super) const MAX_WIDE: u32 = 256;
/// Characters in any piece.
pub(super) const MAX_PIECE: u32 = LEN;

const DELETED: u32 = 1 << 31;
const WIDE: u32 = 1 << 30;
const LEN: u32 = WIDE - 1;

/// Where a piece's text is: an offset in bytes into its writer's buffer, or into the one that came with a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(u32);

impl Place {
    /// The text is gone: only deleted pieces may lack theirs.
    pub(super) const GONE: Self = Self(u32::MAX);
    const BASE: u32 = 1 << 31;
    /// Bytes that a buffer can hold.
    pub(super) const LIMIT: usize = (Self::BASE - 1) as usize;

    pub(super) fn own(offset: usize) -> Self {
        Self(offset as u32 & !Self::BASE)
    }

    pub(super) fn base(offset: usize) -> Self {
        Self(offset as u32 | Self::BASE)
    }

    /// The offset, and whether it is one into the snapshot's buffer.
    pub(super) fn offset(self) -> (usize, bool) {
        ((self.0 & !Self::BASE) as usize, self.0 & Self::BASE != 0)
    }

    pub(super) fn is_gone(self) -> bool {
        self == Self::GONE
    }

    pub(super) fn advance(self, bytes: u32) -> Self {
        if self.is_gone() { self } else { Self(self.0 + bytes) }
    }

    /// Whether text of `bytes` at this place ends where the other begins.
    fn joins(self, bytes: u32, next: Self) -> bool {
        self.advance(bytes) == next
    }
}

/// Characters `seq..seq + len` of one writer, all visible or all deleted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) writer: WriterIndex,
    pub(super) seq: u32,
    /// How many characters, and two flags: 16 bytes for a piece are what keeps a long text's tree small.
    bits: u32,
    pub(super) place: Place,
}

impl Piece {
    pub(super) const EMPTY: Self = Self { writer: 0, seq: 0, bits: 0, place: Place::GONE };

    pub(super) fn new(id: Id, len: u32, wide: bool, place: Place) -> Self {
        Self { writer: id.writer, seq: id.seq, bits: len | if wide { WIDE } else { 0 }, place }
    }

    /// A piece that is deleted from the start and has no text.
    pub(super) fn gone(id: Id, len: u32) -> Self {
        Self { writer: id.writer, seq: id.seq, bits: len | DELETED, place: Place::GONE }
    }

    pub(super) fn len(&self) -> u32 {
        self.bits & LEN
    }

    /// How many characters of it show.
    #[inline]
    pub(super) fn visible(&self) -> u32 {
        if self.is_deleted() { 0 } else { self.bits & LEN }
    }

    #[inline]
    pub(super) fn is_deleted(&self) -> bool {
        self.bits & DELETED != 0
    }

    /// Whether its characters may differ in width.
    #[inline]
    pub(super) fn is_wide(&self) -> bool {
        self.bits & WIDE != 0
    }

    pub(super) fn delete(&mut self) {
        self.bits |= DELETED;
    }

    pub(super) fn id(&self) -> Id {
        Id { writer: self.writer, seq: self.seq }
    }

    /// Behind its last sequence number.
    #[inline]
    pub(super) fn end(&self) -> u32 {
        self.seq + self.len()
    }

    #[inline]
    pub(super) fn contains(&self, id: Id) -> bool {
        self.writer == id.writer && id.seq.wrapping_sub(self.seq) < self.len()
    }

    /// Makes it longer at its end.
    #[inline]
    pub(super) fn grow(&mut self, by: u32) {
        self.bits += by;
    }

    /// Whether `by` more characters of the same width fit in.
    #[inline]
    pub(super) fn has_room(&self, by: u32) -> bool {
        self.len() + by <= if self.is_wide() { MAX_WIDE } else { MAX_PIECE }
    }

    /// Cuts it after `at` characters, which take `bytes`; keeps the front and returns the rest.
    pub(super) fn split(&mut self, at: u32, bytes: u32) -> Self {
        let mut rest = *self;
        rest.seq += at;
        rest.bits -= at;
        rest.place = self.place.advance(bytes);
        self.bits = (self.bits & !LEN) | at;
        rest
    }

    /// Whether `next` goes on where this one of `bytes` ends, so that both can be one.
    pub(super) fn joins(&self, bytes: u32, next: &Self) -> bool {
        self.writer == next.writer
            && self.seq + self.len() == next.seq
            && self.bits & !LEN == next.bits & !LEN
            && self.has_room(next.len())
            && self.place.joins(bytes, next.place)
    }
}
