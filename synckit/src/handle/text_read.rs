//! Reading a text bit by bit.

use super::text::TextRef;
use crate::crdt::marks::Anchor;
use crate::version::VersionVector;

/// Characters that are read at once.
const AT_ONCE: usize = 4096;

/// The text in parts of up to 4,096 characters: see [`TextRef::chunks`].
#[derive(Debug, Clone)]
pub struct TextChunks {
    text: TextRef,
    at: usize,
    /// How far the document was when the last part was read, and the end of that.
    read: Option<(VersionVector, Anchor)>,
}

impl Iterator for TextChunks {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let node = &self.text.node;
        let (chunk, at, read) = node.cell.read(|state| {
            let sequence = state.text(&node.id)?.sequence();
            let version = state.version();
            // Where nobody has written since, the position is what it was.
            let moved = self.read.as_ref().filter(|(known, _)| known != version);
            let at = moved.and_then(|(_, end)| end.position(sequence)).unwrap_or(self.at);
            let chunk = sequence.slice(at..at.saturating_add(AT_ONCE));
            let at = at + chunk.chars().count();
            Some((chunk, at, (version.clone(), Anchor::after(sequence, at))))
        })?;
        (self.at, self.read) = (at, Some(read));
        (!chunk.is_empty()).then_some(chunk)
    }
}

/// The characters of a text: see [`TextRef::chars`].
#[derive(Debug, Clone)]
pub struct TextChars {
    chunks: TextChunks,
    chunk: std::vec::IntoIter<char>,
}

impl Iterator for TextChars {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(character) = self.chunk.next() {
                return Some(character);
            }
            self.chunk = self.chunks.next()?.chars().collect::<Vec<char>>().into_iter();
        }
    }
}

impl TextRef {
    /// The text in parts of up to 4,096 characters, so that a long one need not be copied as a whole. O(n) for all of them, and a part's
    /// length in memory.
    ///
    /// No lock is held between two parts: others, and the caller, can write meanwhile. A part begins behind the last character of the one
    /// before, wherever that has moved; what comes in front of it is not told any more. For the text of one moment use
    /// [`get`](super::Observable::get), or read inside of [`update`](Self::update).
    pub fn chunks(&self) -> TextChunks {
        TextChunks { text: self.clone(), at: 0, read: None }
    }

    /// The characters one by one, read in parts as [`chunks`](Self::chunks) does. O(n) for all of them.
    ///
    /// ```
    /// use synckit::SyncKit;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let note = SyncKit::in_memory(1).text("note");
    /// note.insert(0, "naïve 👍")?;
    /// assert_eq!(note.chars().filter(|character| !character.is_ascii()).collect::<String>(), "ï👍");
    /// # Ok(())
    /// # }
    /// ```
    pub fn chars(&self) -> TextChars {
        TextChars { chunks: self.chunks(), chunk: Vec::new().into_iter() }
    }
}
