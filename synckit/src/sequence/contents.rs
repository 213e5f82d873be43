//! The characters themselves: one buffer that only grows for each writer, and one that came with a snapshot.

use super::piece::{Piece, Place, WriterIndex};

#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    own: Vec<String>,
    base: String,
}

impl Contents {
    pub(super) fn add_writer(&mut self) {
        self.own.push(String::new());
    }

    /// Puts text at the end of a writer's buffer.
    #[inline]
    pub(super) fn push(&mut self, writer: WriterIndex, text: &str) -> Place {
        let buffer = &mut self.own[writer as usize];
        let place = Place::own(buffer.len());
        if buffer.capacity() - buffer.len() < text.len() && buffer.len() >= 4096 {
            // A quarter more at a time: doubling leaves up to half of a long text's memory unused.
            buffer.reserve_exact(text.len().max(buffer.len() / 4));
        }
        buffer.push_str(text);
        place
    }

    /// Where a writer's next text will be.
    pub(super) fn next(&self, writer: WriterIndex) -> Place {
        Place::own(self.own[writer as usize].len())
    }

    /// What a writer inserted from a place in its own buffer on, at most `chars` characters.
    pub(super) fn own(&self, writer: WriterIndex, place: Place, skip: u32, chars: u32) -> &str {
        let (offset, _) = place.offset();
        let rest = self.own[writer as usize].get(offset..).unwrap_or("");
        // ASCII as far as it matters: no need to look for the ends.
        let head = rest.as_bytes().get(..(skip + chars) as usize).filter(|head| head.is_ascii());
        match head {
            Some(_) => &rest[skip as usize..(skip + chars) as usize],
            None => {
                let rest = &rest[byte_len(rest, skip)..];
                &rest[..byte_len(rest, chars)]
            }
        }
    }

    /// How many more bytes a writer's buffer takes.
    pub(super) fn room(&self, writer: WriterIndex) -> usize {
        self.own.get(writer as usize).map_or(Place::LIMIT, |buffer| Place::LIMIT - buffer.len())
    }

    pub(super) fn set_base(&mut self, base: String) {
        self.base = base;
    }

    /// Puts text behind what came with a snapshot. Returns where it is; `None` when it has no room there.
    #[cfg(feature = "history")]
    pub(super) fn extend_base(&mut self, text: &str) -> Option<usize> {
        let offset = self.base.len();
        (offset + text.len() <= Place::LIMIT).then(|| self.base.push_str(text))?;
        Some(offset)
    }

    #[cfg(feature = "history")]
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The text of a piece; nothing when it is gone.
    pub(super) fn text(&self, piece: &Piece) -> &str {
        let rest = self.from(piece);
        rest.get(..self.width(rest, piece, piece.len())).unwrap_or("")
    }

    /// How many bytes its first `chars` characters take.
    #[inline]
    pub(super) fn bytes(&self, piece: &Piece, chars: u32) -> u32 {
        if !piece.is_wide() {
            return chars;
        }
        self.width(self.from(piece), piece, chars) as u32
    }

    /// How many of its characters take two UTF-16 units.
    pub(super) fn astral(&self, piece: &Piece) -> u32 {
        if piece.is_deleted() || !piece.is_wide() {
            return 0;
        }
        astral(self.text(piece))
    }

    fn from(&self, piece: &Piece) -> &str {
        if piece.place.is_gone() {
            return "";
        }
        let (offset, base) = piece.place.offset();
        let buffer = if base { &self.base } else { &self.own[piece.writer as usize] };
        buffer.get(offset..).unwrap_or("")
    }

    fn width(&self, rest: &str, piece: &Piece, chars: u32) -> usize {
        if piece.is_wide() { byte_len(rest, chars) } else { (chars as usize).min(rest.len()) }
    }

    pub(super) fn heap_size(&self) -> usize {
        let own: usize = self.own.iter().map(String::capacity).sum();
        own + self.base.capacity() + self.own.capacity() * size_of::<String>()
    }
}

/// How many bytes the first `chars` characters take.
pub(super) fn byte_len(text: &str, chars: u32) -> usize {
    text.char_indices().nth(chars as usize).map_or(text.len(), |(at, _)| at)
}

/// How many characters take two UTF-16 units.
pub(super) fn astral(text: &str) -> u32 {
    // Those are the ones of four bytes in UTF-8, and their first byte is 0xF0 or more.
    text.bytes().filter(|&byte| byte >= 0xF0).count() as u32
}

/// How many characters there are.
#[inline]
pub(crate) fn char_count(text: &str) -> usize {
    if text.len() == 1 { 1 } else { text.chars().count() }
}
