//! The marks of a text by where they begin.
//!
//! Characters never change their order, so neither do the places that marks are tied to. Marks lie in chunks, ascending by their
//! beginnings, and each chunk knows how far the farthest one in it reaches: who looks for those on a stretch passes over the others.

use std::cmp::Ordering;
use std::ops::Range;

use super::{Anchor, Mark, Side};
use crate::crdt::operation::{Action, Live, Stamp};
use crate::crdt::text::TextAction;
use crate::sequence::Sequence;
use crate::sorted::sort_by;
use crate::version::{Dot, VersionVector};

/// Marks in a chunk; with one more it is cut in two.
const CHUNK: usize = 64;

#[derive(Debug, Clone)]
struct Chunk {
    /// Never empty.
    marks: Vec<(Stamp, Mark)>,
    /// The end of the one that reaches farthest.
    farthest: Anchor,
}

impl Chunk {
    fn new(marks: Vec<(Stamp, Mark)>, sequence: &Sequence) -> Self {
        let mut chunk = Self { marks, farthest: Anchor::START };
        chunk.measure(sequence);
        chunk
    }

    fn measure(&mut self, sequence: &Sequence) {
        let ends = self.marks.iter().map(|(_, mark)| mark.end);
        self.farthest = ends.fold(Anchor::START, |a, b| farther(a, b, sequence));
    }
}

fn farther(a: Anchor, b: Anchor, sequence: &Sequence) -> Anchor {
    if a.compare(&b, sequence) == Ordering::Less { b } else { a }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    chunks: Vec<Chunk>,
    /// What came while the text was loaded.
    loose: Vec<(Stamp, Mark)>,
    /// The last mark of each replica that ever was here.
    latest: VersionVector,
}

impl Marks {
    /// Adds a mark and forgets those it covers. Returns whether it was news, could ever show, and was not covered itself.
    /// O(c log n + marks on the same stretch) for c chunks, a 64th of the marks.
    pub(crate) fn add(&mut self, stamp: Stamp, mark: Mark, sequence: &Sequence) -> bool {
        if !mark.is_sound(sequence) {
            return false;
        }
        let is_past = |start: &Anchor| start.compare(&mark.end, sequence) == Ordering::Greater;
        let reaches = |end: &Anchor| end.compare(&mark.start, sequence) != Ordering::Less;
        let (mut covered, mut is_news) = (Vec::new(), true);
        self.each(&is_past, &reaches, &mut |at, (other, there)| match other.cmp(&stamp) {
            Ordering::Less if mark.covers(there, sequence) => covered.push(at),
            Ordering::Less => {}
            Ordering::Equal => is_news = false,
            Ordering::Greater => is_news &= !there.covers(&mark, sequence),
        });
        if !is_news {
            return false;
        }
        for &(chunk, place) in covered.iter().rev() {
            self.remove(chunk, place, sequence);
        }
        self.insert(stamp, mark, sequence);
        true
    }

    fn insert(&mut self, stamp: Stamp, mark: Mark, sequence: &Sequence) {
        self.latest.advance(stamp.dot.replica, stamp.dot.seq);
        let is_before = |other: &Mark| other.start.compare(&mark.start, sequence) != Ordering::Greater;
        let at = self.chunks.partition_point(|chunk| is_before(&chunk.marks[0].1)).saturating_sub(1);
        let Some(chunk) = self.chunks.get_mut(at) else {
            return self.chunks.push(Chunk::new(vec![(stamp, mark)], sequence));
        };
        let place = chunk.marks.partition_point(|(_, other)| is_before(other));
        chunk.farthest = farther(chunk.farthest, mark.end, sequence);
        chunk.marks.insert(place, (stamp, mark));
        if chunk.marks.len() > CHUNK {
            let back = chunk.marks.split_off(CHUNK / 2);
            chunk.measure(sequence);
            self.chunks.insert(at + 1, Chunk::new(back, sequence));
        }
    }

    fn remove(&mut self, at: usize, place: usize, sequence: &Sequence) {
        let chunk = &mut self.chunks[at];
        chunk.marks.remove(place);
        match chunk.marks.is_empty() {
            true => drop(self.chunks.remove(at)),
            false => chunk.measure(sequence),
        }
    }

    /// Hands over the marks that do not begin past something and reach something, with where they lie.
    fn each<'a>(
        &'a self,
        is_past: &dyn Fn(&Anchor) -> bool,
        reaches: &dyn Fn(&Anchor) -> bool,
        visit: &mut dyn FnMut((usize, usize), &'a (Stamp, Mark)),
    ) {
        let end = self.chunks.partition_point(|chunk| !is_past(&chunk.marks[0].1.start));
        for (at, chunk) in self.chunks[..end].iter().enumerate().filter(|(_, chunk)| reaches(&chunk.farthest))
        {
            for (place, mark) in chunk.marks.iter().enumerate() {
                if is_past(&mark.1.start) {
                    return;
                }
                if reaches(&mark.1.end) {
                    visit((at, place), mark);
                }
            }
        }
    }

    /// The marks that lie on a range of positions or touch it.
    pub(super) fn on<'a>(
        &'a self,
        sequence: &Sequence,
        range: &Range<usize>,
        visit: &mut dyn FnMut(&'a (Stamp, Mark)),
    ) {
        let position = |anchor: &Anchor| anchor.position(sequence);
        let is_past = |start: &Anchor| position(start).is_none_or(|start| start > range.end);
        let reaches = |end: &Anchor| position(end).is_some_and(|end| end >= range.start);
        self.each(&is_past, &reaches, &mut |_, mark| visit(mark));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The last one of the deleted characters at a position that a mark begins or ends behind.
    pub(crate) fn deleted_end(&self, sequence: &Sequence, at: usize) -> Option<Dot> {
        let mut last: Option<Dot> = None;
        self.on(sequence, &(at..at), &mut |(_, mark)| {
            let ends = [mark.start, mark.end].into_iter().filter(|anchor| anchor.side == Side::After);
            for dot in ends.filter_map(|anchor| anchor.dot) {
                let is_later = |last| sequence.compare(last, dot) == Some(Ordering::Less);
                if sequence.position_of(dot) == Some((at, false)) && last.is_none_or(is_later) {
                    last = Some(dot);
                }
            }
        });
        last
    }

    /// Adds a mark of a text that is being loaded. [`settle`](Self::settle) comes after the last one.
    pub(crate) fn restore(&mut self, stamp: Stamp, mark: Mark) {
        self.loose.push((stamp, mark));
    }

    /// Puts the marks of a text that was loaded in order. None of them covers another one; those that can show nowhere are
    /// dropped. O(m log m log n) for m marks.
    pub(crate) fn settle(&mut self, sequence: &Sequence) {
        let mut loose = std::mem::take(&mut self.loose);
        loose.retain(|(_, mark)| mark.is_sound(sequence));
        sort_by(&mut loose, |a, b| a.1.start.compare(&b.1.start, sequence) == Ordering::Less);
        let mut rest = loose.into_iter().peekable();
        while rest.peek().is_some() {
            let marks: Vec<_> = rest.by_ref().take(CHUNK / 2).collect();
            marks.iter().for_each(|(stamp, _)| self.latest.advance(stamp.dot.replica, stamp.dot.seq));
            self.chunks.push(Chunk::new(marks, sequence));
        }
    }

    fn iter(&self) -> impl Iterator<Item = &(Stamp, Mark)> {
        self.chunks.iter().flat_map(|chunk| &chunk.marks)
    }

    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        if known.includes(&self.latest) {
            return;
        }
        for (stamp, mark) in self.iter().filter(|(stamp, _)| !known.contains(stamp.dot)) {
            emit(Live { stamp: *stamp, action: Action::Text(TextAction::Mark(mark.clone())) });
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        let value = |(_, mark): &(Stamp, Mark)| {
            120 + mark.key.len() + mark.value.as_ref().map_or(0, crate::value::Value::byte_size)
        };
        self.iter().map(value).sum()
    }
}
