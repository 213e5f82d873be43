//! The marks of a text by where they begin, and by key.
//!
//! Characters never change their order, so neither do the places that marks are tied to.

use std::cmp::Ordering;
use std::ops::Range;

use super::tree::{Extent, Node, Order};
use super::{Anchor, Mark, Side};
use crate::crdt::operation::{Action, Live, Stamp};
use crate::crdt::text::TextAction;
use crate::sequence::Sequence;
use crate::value::Value;
use crate::version::{Dot, VersionVector};

#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// In no order.
    table: Vec<(Stamp, Mark)>,
    /// Places in the table that are not used any more.
    free: Vec<u32>,
    trees: Option<Box<Trees>>,
    /// The last mark of each replica that ever was here.
    latest: VersionVector,
}

/// Places in the table by what is looked for.
#[derive(Debug, Clone, Default)]
struct Trees {
    by_place: Node,
    by_key: Node,
}

impl Trees {
    /// Puts a mark into both, or takes it out.
    fn change(
        &mut self,
        table: &[(Stamp, Mark)],
        sequence: &Sequence,
        to_do: fn(&mut Node, u32, &Order<'_>),
        mark: u32,
    ) {
        to_do(&mut self.by_place, mark, &Order { table, sequence, by_key: false });
        to_do(&mut self.by_key, mark, &Order { table, sequence, by_key: true });
    }
}

impl Marks {
    /// Adds a mark and forgets those it covers. Returns whether it was news, could ever show, and was not covered itself.
    /// O(log m log n) for one that covers nothing; as much for each that is forgotten.
    pub(crate) fn add(&mut self, stamp: Stamp, mark: Mark, sequence: &Sequence) -> bool {
        if !mark.is_sound(sequence) {
            return false;
        }
        let new = self.put(stamp, mark);
        let order = Order { table: &self.table, sequence, by_key: true };
        let mark = order.mark(new);
        let (mut covered, mut is_news) = (Vec::new(), true);
        let wants = |extent: &Extent| {
            let (first, last) = (order.mark(extent.first), order.mark(extent.last));
            if mark.key < first.key || last.key < mark.key {
                return false;
            }
            let begins_behind = |other: &Mark| other.start.compare(&mark.start, sequence);
            let has_older = order.stamp(extent.oldest) < stamp
                && !order.ends_before(new, extent.nearest)
                && (last.key != mark.key || begins_behind(last) != Ordering::Less);
            has_older
                || order.stamp(extent.newest) >= stamp
                    && !order.ends_before(extent.farthest, new)
                    && (first.key != mark.key || begins_behind(first) != Ordering::Greater)
        };
        if let Some(trees) = &self.trees {
            trees.by_key.visit(&wants, &mut |other| match order.stamp(other) < stamp {
                true => covered.push(other),
                false => is_news = false,
            });
        }
        if !is_news {
            self.free.push(new);
            return false;
        }
        for old in covered {
            if let Some(trees) = &mut self.trees {
                trees.change(&self.table, sequence, Node::remove, old);
            }
            self.free.push(old);
        }
        self.insert(new, sequence);
        true
    }

    fn put(&mut self, stamp: Stamp, mark: Mark) -> u32 {
        if let Some(place) = self.free.pop() {
            self.table[place as usize] = (stamp, mark);
            return place;
        }
        self.table.push((stamp, mark));
        self.table.len() as u32 - 1
    }

    fn insert(&mut self, mark: u32, sequence: &Sequence) {
        let dot = self.table[mark as usize].0.dot;
        self.latest.advance(dot.replica, dot.seq);
        self.trees.get_or_insert_default().change(&self.table, sequence, Node::add, mark);
    }

    /// The marks that lie on a range of positions or touch it, of one key or all.
    pub(super) fn on<'a>(
        &'a self,
        sequence: &Sequence,
        range: &Range<usize>,
        only: Option<&str>,
        visit: &mut dyn FnMut(&'a (Stamp, Mark)),
    ) {
        let position = |anchor: &Anchor| anchor.position(sequence);
        let is_past = |start: &Anchor| position(start).is_none_or(|start| start > range.end);
        let reaches = |end: &Anchor| position(end).is_some_and(|end| end >= range.start);
        let mark = |mark: u32| &self.table[mark as usize].1;
        let wants = |extent: &Extent| {
            let (first, last) = (mark(extent.first), mark(extent.last));
            let is_its = only.is_none_or(|key| *first.key <= *key && *key <= *last.key);
            let begins = only.is_none_or(|key| *first.key == *key).then_some(&first.start);
            is_its && !begins.is_some_and(is_past) && reaches(&mark(extent.farthest).end)
        };
        if let Some(trees) = &self.trees {
            let tree = if only.is_some() { &trees.by_key } else { &trees.by_place };
            tree.visit(&wants, &mut |mark| visit(&self.table[mark as usize]));
        }
    }

    /// Hands over all marks by where they begin.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a (Stamp, Mark))) {
        if let Some(trees) = &self.trees {
            trees.by_place.visit(&|_| true, &mut |mark| visit(&self.table[mark as usize]));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.len() == self.free.len()
    }

    /// Where the first of the wanted marks of a key begins that a mark over a range of positions would cover, were it not for deleted
    /// characters in front of the range.
    pub(crate) fn covered_start(
        &self,
        sequence: &Sequence,
        range: Range<usize>,
        key: &str,
        is_wanted: &dyn Fn(Dot, &Option<Value>) -> bool,
    ) -> Option<Anchor> {
        let (mut first, end) = (None, Anchor::after(sequence, range.end));
        self.on(sequence, &(range.start..range.start), Some(key), &mut |(stamp, mark)| {
            let begins = mark.start.position(sequence) == Some(range.start);
            let is_within = begins && mark.end.compare(&end, sequence) != Ordering::Greater;
            // They come by where they begin.
            if first.is_none() && is_within && is_wanted(stamp.dot, &mark.value) {
                first = Some(mark.start);
            }
        });
        first
    }

    /// The last one of the deleted characters at a position that a mark begins or ends behind.
    pub(crate) fn deleted_end(&self, sequence: &Sequence, at: usize) -> Option<Dot> {
        let mut last: Option<Dot> = None;
        self.on(sequence, &(at..at), None, &mut |(_, mark)| {
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
        self.table.push((stamp, mark));
    }

    /// Puts the marks of a text that was loaded in order. None of them covers another one; those that can show nowhere are
    /// dropped. O(m log m log n) for m marks.
    pub(crate) fn settle(&mut self, sequence: &Sequence) {
        if self.trees.is_some() {
            // It was not loaded.
            return;
        }
        self.table.retain(|(_, mark)| mark.is_sound(sequence));
        (0..self.table.len()).for_each(|mark| self.insert(mark as u32, sequence));
    }

    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        if known.includes(&self.latest) {
            return;
        }
        self.each(&mut |(stamp, mark)| {
            if !known.contains(stamp.dot) {
                emit(Live { stamp: *stamp, action: Action::Text(TextAction::Mark(mark.clone())) });
            }
        });
    }

    pub(crate) fn byte_size(&self) -> usize {
        let mut bytes = 0;
        self.each(&mut |(_, mark)| {
            bytes += 130 + mark.key.len() + mark.value.as_ref().map_or(0, Value::byte_size);
        });
        bytes
    }
}
