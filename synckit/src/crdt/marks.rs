//! Marks on stretches of a text (Litt et al., *Peritext*, 2022): bold, links, comments.
//!
//! A mark is tied to characters, not positions. Of several that give one key a value at one place the latest counts; a mark
//! without a value takes the key away. One that a later one covers wholly is forgotten.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::operation::{Action, Live, Stamp};
use super::text::TextAction;
use crate::sequence::Sequence;
use crate::value::Value;
use crate::version::{Dot, VersionVector};

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

    /// The same mark on characters with other names.
    pub(super) fn rename(self, name: &dyn Fn(Dot) -> Dot) -> Self {
        let rename = |anchor: Anchor| Anchor { dot: anchor.dot.map(name), ..anchor };
        Self { start: rename(self.start), end: rename(self.end), ..self }
    }

    pub(crate) fn dependencies(&self) -> [Option<Dot>; 2] {
        [self.start.dot, self.end.dot]
    }

    fn covers(&self, other: &Self, sequence: &Sequence) -> bool {
        self.key == other.key
            && self.start.compare(&other.start, sequence) != Ordering::Greater
            && self.end.compare(&other.end, sequence) != Ordering::Less
    }
}

/// Positions, and the keys and values of the marks on all of them.
pub(crate) type MarkedRange = (Range<usize>, Vec<(Arc<str>, Value)>);

/// The marks at one place by key, the latest one last, with their indices.
type Active<'a> = BTreeMap<&'a Arc<str>, BTreeSet<(Stamp, usize)>>;

/// A mark, or the lack of one, that was made in a range: where, the key, by which operation, the value.
pub(crate) type Found = (Range<usize>, Arc<str>, Dot, Option<Value>);

/// What wins over a stretch: the mark's operation and its value.
pub(crate) type Winner = Option<(Dot, Option<Value>)>;

#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// Ascending by stamp.
    marks: Vec<(Stamp, Mark)>,
}

impl Marks {
    /// Adds a mark and forgets those it covers. Returns whether it was news and not covered itself.
    /// O(m log n) for m marks.
    pub(crate) fn add(&mut self, stamp: Stamp, mark: Mark, sequence: &Sequence) -> bool {
        let at = self.marks.partition_point(|(other, _)| *other < stamp);
        let known = self.marks.get(at).is_some_and(|(other, _)| *other == stamp);
        if known || self.marks[at..].iter().any(|(_, later)| later.covers(&mark, sequence)) {
            return false;
        }
        let mut index = 0;
        self.marks.retain(|(_, earlier)| {
            index += 1;
            index > at || !mark.covers(earlier, sequence)
        });
        self.restore(stamp, mark);
        true
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The last one of the deleted characters at a position that a mark begins or ends behind. O(marks log n).
    pub(crate) fn deleted_end(&self, sequence: &Sequence, at: usize) -> Option<Dot> {
        let anchors = self.marks.iter().flat_map(|(_, mark)| [mark.start, mark.end]);
        let ends = anchors.filter(|anchor| anchor.side == Side::After).filter_map(|anchor| anchor.dot);
        let here = ends.filter(|&dot| sequence.position_of(dot) == Some((at, false)));
        here.max_by(|&a, &b| sequence.compare(a, b).unwrap_or(Ordering::Equal))
    }

    /// Adds a mark that is covered by no other one and covers none. O(log marks) when they come in order.
    pub(crate) fn restore(&mut self, stamp: Stamp, mark: Mark) {
        let at = self.marks.partition_point(|(other, _)| *other < stamp);
        self.marks.insert(at, (stamp, mark));
    }

    /// Drops those that are tied to characters which have never been here: as operations they would have had no effect.
    #[cfg(feature = "history")]
    pub(crate) fn drop_strange(&mut self, sequence: &Sequence) {
        self.marks.retain(|(_, mark)| mark.range(sequence).is_some());
    }

    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        for (stamp, mark) in self.marks.iter().filter(|(stamp, _)| !known.contains(stamp.dot)) {
            emit(Live { stamp: *stamp, action: Action::Text(TextAction::Mark(mark.clone())) });
        }
    }

    /// Stretches of equal marks over a range of positions. O(marks log marks).
    pub(crate) fn spans(&self, sequence: &Sequence, range: Range<usize>) -> Vec<MarkedRange> {
        let mut spans: Vec<MarkedRange> = Vec::new();
        self.sweep(sequence, range, None, &mut |stretch, active| {
            let values = active.iter().filter_map(|(key, marks)| {
                let (_, at) = marks.last()?;
                Some(((*key).clone(), self.marks[*at].1.value.clone()?))
            });
            let values: Vec<(Arc<str>, Value)> = values.collect();
            match spans.last_mut() {
                Some((last, same)) if *same == values => last.end = stretch.end,
                _ => spans.push((stretch, values)),
            }
        });
        spans
    }

    /// All that was ever marked in a range: where, which key, by which operation, with which value; none where a key
    /// was taken away.
    pub(crate) fn within(&self, sequence: &Sequence, range: Range<usize>) -> Vec<Found> {
        let mut found = Vec::new();
        self.sweep(sequence, range, None, &mut |stretch, active| {
            for (key, marks) in active {
                if let Some((stamp, at)) = marks.last() {
                    let value = &self.marks[*at].1.value;
                    found.push((stretch.clone(), (*key).clone(), stamp.dot, value.clone()));
                }
            }
        });
        found
    }

    /// Which mark of a key counts over which part of a range.
    pub(crate) fn winners(
        &self,
        sequence: &Sequence,
        range: Range<usize>,
        key: &str,
    ) -> Vec<(Range<usize>, Winner)> {
        let mut stretches = Vec::new();
        self.sweep(sequence, range, Some(key), &mut |stretch, active| {
            let winner = active.values().next().and_then(|marks| marks.last()).map(|(_, at)| {
                let (stamp, mark) = &self.marks[*at];
                (stamp.dot, mark.value.clone())
            });
            stretches.push((stretch, winner));
        });
        stretches
    }

    /// Goes over a range and hands over each stretch with the marks that lie on it, by key, the latest one last.
    fn sweep(
        &self,
        sequence: &Sequence,
        range: Range<usize>,
        only: Option<&str>,
        visit: &mut dyn FnMut(Range<usize>, &Active<'_>),
    ) {
        let mut events: Vec<(usize, bool, usize)> = Vec::new();
        for (at, (_, mark)) in self.marks.iter().enumerate() {
            if only.is_none_or(|key| *mark.key == *key)
                && let Some(Range { start, end }) = mark.range(sequence)
                && start.max(range.start) < end.min(range.end)
            {
                events.push((start.max(range.start), true, at));
                events.push((end.min(range.end), false, at));
            }
        }
        crate::sorted::sort_by_number(&mut events, |event| event.0 as u64);
        let mut active: Active<'_> = BTreeMap::new();
        let mut from = range.start;
        for (at, begins, mark) in events {
            if at > from {
                visit(from..at, &active);
                from = at;
            }
            let (stamp, Mark { key, .. }) = &self.marks[mark];
            if begins {
                active.entry(key).or_default().insert((*stamp, mark));
            } else if let Some(marks) = active.get_mut(key) {
                marks.remove(&(*stamp, mark));
                if marks.is_empty() {
                    active.remove(key);
                }
            }
        }
        if from < range.end {
            visit(from..range.end, &active);
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        let value = |(_, mark): &(Stamp, Mark)| {
            120 + mark.key.len() + mark.value.as_ref().map_or(0, Value::byte_size)
        };
        self.marks.iter().map(value).sum()
    }
}
