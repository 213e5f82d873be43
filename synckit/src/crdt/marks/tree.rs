//! Marks in an order that never changes, in a B-tree whose nodes know how far their marks reach and how old they are: who looks
//! for some of them passes over the other nodes.

use std::cmp::Ordering;

use super::Mark;
use crate::crdt::operation::Stamp;
use crate::sequence::Sequence;

/// Children of a node; with one more it is cut in two.
const WIDTH: usize = 32;

/// What marks are ordered by. Marks are numbers of a table.
pub(super) struct Order<'a> {
    pub(super) table: &'a [(Stamp, Mark)],
    pub(super) sequence: &'a Sequence,
    /// By key first, and by where they begin then.
    pub(super) by_key: bool,
}

impl Order<'_> {
    pub(super) fn stamp(&self, mark: u32) -> Stamp {
        self.table[mark as usize].0
    }

    pub(super) fn mark(&self, mark: u32) -> &Mark {
        &self.table[mark as usize].1
    }

    fn is_before(&self, a: u32, b: u32) -> bool {
        crate::steps::count(1);
        let (one, other) = (self.mark(a), self.mark(b));
        let keys = if self.by_key { one.key.cmp(&other.key) } else { Ordering::Equal };
        let starts = keys.then_with(|| one.start.compare(&other.start, self.sequence));
        starts.then_with(|| (self.stamp(a), a).cmp(&(self.stamp(b), b))).is_lt()
    }

    pub(super) fn ends_before(&self, a: u32, b: u32) -> bool {
        self.mark(a).end.compare(&self.mark(b).end, self.sequence).is_lt()
    }
}

/// Which marks of a node stand out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    pub(super) first: u32,
    pub(super) last: u32,
    /// The one that ends first.
    pub(super) nearest: u32,
    /// The one that reaches farthest.
    pub(super) farthest: u32,
    pub(super) oldest: u32,
    pub(super) newest: u32,
}

impl Extent {
    fn of(mark: u32) -> Self {
        Self { first: mark, last: mark, nearest: mark, farthest: mark, oldest: mark, newest: mark }
    }

    fn names(&self, mark: u32) -> bool {
        [self.first, self.last, self.nearest, self.farthest, self.oldest, self.newest].contains(&mark)
    }

    /// With what stands behind it.
    fn and(self, next: Self, order: &Order<'_>) -> Self {
        let pick = |other: bool, a: u32, b: u32| if other { b } else { a };
        let (near, far) = (self.nearest, self.farthest);
        let (old, new) = (self.oldest, self.newest);
        Self {
            first: self.first,
            last: next.last,
            nearest: pick(order.ends_before(next.nearest, near), near, next.nearest),
            farthest: pick(order.ends_before(far, next.farthest), far, next.farthest),
            oldest: pick(order.stamp(next.oldest) < order.stamp(old), old, next.oldest),
            newest: pick(order.stamp(new) < order.stamp(next.newest), new, next.newest),
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    extent: Extent,
    /// Nothing in nodes that have others below.
    marks: Vec<u32>,
    below: Vec<Node>,
}

impl Node {
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.below.is_empty()
    }

    /// Puts a mark in. O(log m) comparisons.
    pub(super) fn add(&mut self, mark: u32, order: &Order<'_>) {
        if let Some(right) = self.insert(mark, order) {
            let left = std::mem::take(self);
            self.below = vec![left, right];
            self.measure(order);
        }
    }

    /// Returns the right half when it has become too wide.
    fn insert(&mut self, mark: u32, order: &Order<'_>) -> Option<Self> {
        let mut right = Self::default();
        if self.below.is_empty() {
            let at = self.marks.partition_point(|&other| order.is_before(other, mark));
            self.marks.insert(at, mark);
            if self.marks.len() > WIDTH {
                right.marks = self.marks.split_off(WIDTH / 2);
            }
        } else {
            let at = self.place(mark, order);
            if let Some(node) = self.below[at].insert(mark, order) {
                self.below.insert(at + 1, node);
            }
            if self.below.len() > WIDTH {
                right.below = self.below.split_off(WIDTH / 2);
            }
        }
        if !right.is_empty() || self.marks.len() == 1 {
            self.measure(order);
            right.measure(order);
            return (!right.is_empty()).then_some(right);
        }
        self.extent = self.extent.and(Extent::of(mark), order);
        if let (Some(first), Some(last)) = (self.marks.first(), self.marks.last()) {
            (self.extent.first, self.extent.last) = (*first, *last);
        } else if let (Some(first), Some(last)) = (self.below.first(), self.below.last()) {
            (self.extent.first, self.extent.last) = (first.extent.first, last.extent.last);
        }
        None
    }

    pub(super) fn remove(&mut self, mark: u32, order: &Order<'_>) {
        if self.below.is_empty() {
            self.marks.retain(|&other| other != mark);
        } else {
            let at = self.place(mark, order);
            self.below[at].remove(mark, order);
            if self.below[at].is_empty() {
                self.below.remove(at);
            }
        }
        if self.extent.names(mark) {
            self.measure(order);
        }
    }

    /// The node below that a mark belongs into.
    fn place(&self, mark: u32, order: &Order<'_>) -> usize {
        let begins = |node: &Self| node.extent.first == mark || order.is_before(node.extent.first, mark);
        self.below.partition_point(begins).saturating_sub(1)
    }

    fn measure(&mut self, order: &Order<'_>) {
        crate::steps::count(self.marks.len() + self.below.len());
        let below = self.below.iter().map(|node| node.extent);
        let all = self.marks.iter().map(|&mark| Extent::of(mark)).chain(below);
        self.extent = all.reduce(|all, next| all.and(next, order)).unwrap_or_default();
    }

    /// Hands over the marks that are wanted, in order. A node without any of them is passed over if `wants` says so.
    pub(super) fn visit(&self, wants: &dyn Fn(&Extent) -> bool, visit: &mut dyn FnMut(u32)) {
        crate::steps::count(1 + self.marks.len());
        if self.is_empty() || !wants(&self.extent) {
            return;
        }
        self.marks.iter().filter(|&&mark| wants(&Extent::of(mark))).for_each(|&mark| visit(mark));
        self.below.iter().for_each(|node| node.visit(wants, visit));
    }
}
