//! Marks on stretches of a text (Litt et al., *Peritext*, 2022): bold, links, comments.
//!
//! A mark is tied to characters, not positions. Of several that give one key a value at one place the latest counts; a mark
//! without a value takes the key away. One that a later one covers wholly is forgotten.

mod ranges;
mod sweep;
mod tree;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use crate::sequence::Sequence;
use crate::value::Value;
use crate::version::Dot;

pub(crate) use ranges::Marks;
pub(crate) use sweep::{Found, MarkedRange};

/// Which side of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// In front of it.
    Before,
    /// Behind it.
    After,
}

/// A place in a text that moves with the text around it: a side of a character. Without a character the start
/// ([`Side::After`] nothing) or the end ([`Side::Before`] nothing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Anchor {
    pub(crate) dot: Option<Dot>,
    pub(crate) side: Side,
}

impl Anchor {
    pub(crate) const END: Self = Self { dot: None, side: Side::Before };
    pub(crate) const START: Self = Self { dot: None, side: Side::After };

    pub(crate) fn new(dot: Dot, side: Side) -> Self {
        Self { dot: Some(dot), side }
    }

    /// In front of the character at a position; at the end of the text its end.
    pub(crate) fn before(sequence: &Sequence, at: usize) -> Self {
        sequence.dot_at(at).map_or(Self::END, |dot| Self::new(dot, Side::Before))
    }

    /// Behind the character before a position; at the start of the text its start.
    pub(crate) fn after(sequence: &Sequence, at: usize) -> Self {
        let dot = at.checked_sub(1).and_then(|at| sequence.dot_at(at));
        dot.map_or(Self::START, |dot| Self::new(dot, Side::After))
    }

    /// The position that it is at now. `None` when the character has never been here.
    pub(crate) fn position(&self, sequence: &Sequence) -> Option<usize> {
        match (self.dot, self.side) {
            (None, Side::Before) => Some(sequence.len()),
            (None, Side::After) => Some(0),
            (Some(dot), side) => {
                let (at, shows) = sequence.position_of(dot)?;
                Some(at + usize::from(shows && side == Side::After))
            }
        }
    }

    fn compare(&self, other: &Self, sequence: &Sequence) -> Ordering {
        match (self.dot, other.dot) {
            (Some(a), Some(b)) if a == b => self.side.cmp(&other.side),
            (Some(a), Some(b)) => sequence.compare(a, b).unwrap_or(Ordering::Equal),
            (None, None) => other.side.cmp(&self.side),
            (None, Some(_)) => {
                if self.side == Side::After {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Some(_), None) => other.compare(self, sequence).reverse(),
        }
    }
}

/// Whether characters that are typed at the ends of a mark take part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expand {
    /// At neither end: links, comments.
    None,
    /// In front.
    Before,
    /// Behind: bold and the like.
    #[default]
    After,
    /// At both ends.
    Both,
}

impl Expand {
    /// What a mark over a range of positions is tied to.
    pub(crate) fn anchors(self, sequence: &Sequence, range: Range<usize>) -> (Anchor, Anchor) {
        let start = match self {
            Self::Before | Self::Both => Anchor::after(sequence, range.start),
            Self::None | Self::After => Anchor::before(sequence, range.start),
        };
        let end = match self {
            Self::After | Self::Both => Anchor::before(sequence, range.end),
            Self::None | Self::Before => Anchor::after(sequence, range.end),
        };
        (start, end)
    }
}

/// A mark: which key has which value between two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) start: Anchor,
    pub(crate) end: Anchor,
    pub(crate) key: Arc<str>,
    pub(crate) value: Option<Value>,
}

impl Mark {
    /// Where it is now. `None` when it is tied to characters that have never been here.
    pub(crate) fn range(&self, sequence: &Sequence) -> Option<Range<usize>> {
        let start = self.start.position(sequence)?;
        Some(start..self.end.position(sequence)?.max(start))
    }

    /// Whether it can show anywhere: it is tied to characters that are known, and does not end before it begins. Neither ever changes.
    fn is_sound(&self, sequence: &Sequence) -> bool {
        self.range(sequence).is_some() && self.start.compare(&self.end, sequence) != Ordering::Greater
    }

    /// The same mark on characters with other names.
    pub(super) fn rename(self, name: &dyn Fn(Dot) -> Dot) -> Self {
        let rename = |anchor: Anchor| Anchor { dot: anchor.dot.map(name), ..anchor };
        Self { start: rename(self.start), end: rename(self.end), ..self }
    }

    pub(crate) fn dependencies(&self) -> [Option<Dot>; 2] {
        [self.start.dot, self.end.dot]
    }
}
