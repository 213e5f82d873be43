//! The order of the pieces: a B+ tree in one arena, addressed by numbers. An inner node knows of each child how many
//! characters show below it and how many of those take two UTF-16 units.

use super::contents::Contents;
use super::piece::Piece;
use crate::steps;

/// Pieces in a leaf.
pub(super) const LEAF: usize = 32;
/// Children of an inner node.
const FAN: usize = 16;
/// No leaf, no node.
pub(super) const NONE: u32 = u32::MAX;

/// What is summed up over pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum {
    pub(super) chars: u32,
    pub(super) astral: u32,
}

impl Sum {
    pub(super) fn utf16(self) -> u32 {
        self.chars + self.astral
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { chars: self.chars + other.chars, astral: self.astral + other.astral }
    }

    #[inline]
    pub(super) fn changed(self, chars: i32, astral: i32) -> Self {
        Self { chars: self.chars.wrapping_add_signed(chars), astral: self.astral.wrapping_add_signed(astral) }
    }

    fn add(&mut self, other: Self) {
        *self = self.plus(other);
    }

    fn subtract(&mut self, other: Self) {
        self.chars -= other.chars;
        self.astral -= other.astral;
    }
}

#[derive(Debug, Clone)]
pub(super) struct Leaf {
    parent: u32,
    pub(super) next: u32,
    len: u32,
    pieces: [Piece; LEAF],
}

impl Leaf {
    #[inline]
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces[..self.len as usize]
    }

    #[inline]
    pub(super) fn pieces_mut(&mut self) -> &mut [Piece] {
        &mut self.pieces[..self.len as usize]
    }

    pub(super) fn insert(&mut self, slot: usize, piece: Piece) {
        let len = self.len as usize;
        self.pieces.copy_within(slot..len, slot + 1);
        self.pieces[slot] = piece;
        self.len += 1;
    }

    pub(super) fn remove(&mut self, slot: usize) {
        self.pieces.copy_within(slot + 1..self.len as usize, slot);
        self.len -= 1;
    }

    fn sum(&self, contents: &Contents) -> Sum {
        let mut sum = Sum::default();
        for piece in self.pieces() {
            sum.add(Sum { chars: piece.visible(), astral: contents.astral(piece) });
        }
        sum
    }
}

#[derive(Debug, Clone)]
struct Node {
    parent: u32,
    len: u32,
    /// Whether the children are leaves.
    above_leaves: bool,
    children: [u32; FAN],
    sums: [Sum; FAN],
}

impl Node {
    fn new(parent: u32, above_leaves: bool) -> Self {
        Self { parent, len: 0, above_leaves, children: [NONE; FAN], sums: [Sum::default(); FAN] }
    }

    fn push(&mut self, child: u32, sum: Sum) {
        self.insert(self.len as usize, child, sum);
    }

    fn insert(&mut self, slot: usize, child: u32, sum: Sum) {
        let len = self.len as usize;
        self.children.copy_within(slot..len, slot + 1);
        self.sums.copy_within(slot..len, slot + 1);
        (self.children[slot], self.sums[slot]) = (child, sum);
        self.len += 1;
    }

    fn slot_of(&self, child: u32) -> usize {
        self.children.iter().position(|&other| other == child).unwrap_or(0)
    }

    fn sum(&self) -> Sum {
        let mut sum = Sum::default();
        self.sums[..self.len as usize].iter().for_each(|child| sum.add(*child));
        sum
    }
}

#[derive(Debug, Clone)]
pub(super) struct Tree {
    leaves: Vec<Leaf>,
    nodes: Vec<Node>,
    root: u32,
}

impl Default for Tree {
    fn default() -> Self {
        Self::bottom_up(Vec::new(), &Contents::default())
    }
}

impl Tree {
    /// Builds the tree over pieces in order, in one pass.
    pub(super) fn bottom_up(pieces: Vec<Piece>, contents: &Contents) -> Self {
        // Room for a few inserts in each leaf, so that the first edits do not split it.
        const FILL: usize = LEAF - 4;
        let count = pieces.len().div_ceil(FILL).max(1);
        let mut tree = Self { leaves: Vec::with_capacity(count), nodes: Vec::new(), root: 0 };
        let mut level = Vec::with_capacity(count);
        let mut parts = pieces.chunks(FILL);
        for at in 0..count {
            let mut leaf = Leaf { parent: NONE, next: NONE, len: 0, pieces: [Piece::EMPTY; LEAF] };
            let part = parts.next().unwrap_or_default();
            leaf.pieces[..part.len()].copy_from_slice(part);
            leaf.len = part.len() as u32;
            leaf.next = if at + 1 < count { at as u32 + 1 } else { NONE };
            level.push((at as u32, leaf.sum(contents)));
            tree.leaves.push(leaf);
        }
        let mut above_leaves = true;
        loop {
            let mut upper = Vec::with_capacity(level.len().div_ceil(FAN));
            for part in level.chunks(FAN) {
                let at = tree.nodes.len() as u32;
                let mut node = Node::new(NONE, above_leaves);
                for &(child, sum) in part {
                    node.push(child, sum);
                    tree.set_parent(child, above_leaves, at);
                }
                upper.push((at, node.sum()));
                tree.nodes.push(node);
            }
            (level, above_leaves) = (upper, false);
            if let [(root, _)] = level[..] {
                tree.root = root;
                return tree;
            }
        }
    }

    #[inline]
    pub(super) fn leaf(&self, leaf: u32) -> &Leaf {
        &self.leaves[leaf as usize]
    }

    #[inline]
    pub(super) fn leaf_mut(&mut self, leaf: u32) -> &mut Leaf {
        &mut self.leaves[leaf as usize]
    }

    /// Makes room for so many more leaves.
    pub(super) fn expect(&mut self, leaves: usize) {
        self.leaves.reserve(leaves);
    }

    pub(super) fn first_leaf(&self) -> u32 {
        let mut node = &self.nodes[self.root as usize];
        while !node.above_leaves {
            node = &self.nodes[node.children[0] as usize];
        }
        node.children[0]
    }

    /// All pieces in order, with their leaves.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (u32, &Piece)> {
        self.pieces_from(self.first_leaf(), 0)
    }

    /// The pieces from one on, in order, with their leaves.
    pub(super) fn pieces_from(&self, leaf: u32, slot: usize) -> impl Iterator<Item = (u32, &Piece)> {
        let (mut leaf, mut rest) = (leaf, self.leaf(leaf).pieces().get(slot..).unwrap_or_default().iter());
        std::iter::from_fn(move || {
            loop {
                steps::count(1);
                if let Some(piece) = rest.next() {
                    return Some((leaf, piece));
                }
                let next = self.leaf(leaf).next;
                leaf = (next != NONE).then_some(next)?;
                rest = self.leaf(leaf).pieces().iter();
            }
        })
    }

    /// The piece after `slot`, with its place.
    #[inline]
    pub(super) fn next_piece(&self, leaf: u32, slot: usize) -> Option<(u32, usize, &Piece)> {
        steps::count(1);
        let here = self.leaf(leaf);
        if let Some(piece) = here.pieces().get(slot + 1) {
            return Some((leaf, slot + 1, piece));
        }
        let mut next = here.next;
        while next != NONE {
            if let Some(piece) = self.leaf(next).pieces().first() {
                return Some((next, 0, piece));
            }
            next = self.leaf(next).next;
        }
        None
    }

    /// The leaf in which `measure` of everything before it reaches `at`, the sum of what is before the leaf, and that of the leaf.
    pub(super) fn descend(&self, at: u32, measure: impl Fn(Sum) -> u32) -> (u32, Sum, Sum) {
        let (mut node, mut before) = (&self.nodes[self.root as usize], Sum::default());
        let mut rest = at;
        loop {
            steps::count(1);
            let mut slot = 0;
            while slot + 1 < node.len as usize && rest >= measure(node.sums[slot]) {
                rest -= measure(node.sums[slot]);
                before.add(node.sums[slot]);
                slot += 1;
            }
            let child = node.children[slot];
            if node.above_leaves {
                return (child, before, node.sums[slot]);
            }
            node = &self.nodes[child as usize];
        }
    }

    /// What shows in a leaf, as its parent has it.
    pub(super) fn leaf_sum(&self, leaf: u32) -> Sum {
        let node = &self.nodes[self.leaf(leaf).parent as usize];
        node.sums[node.slot_of(leaf)]
    }

    /// What shows before a leaf. O(log n).
    pub(super) fn sum_before(&self, leaf: u32) -> Sum {
        let (mut child, mut parent, mut sum) = (leaf, self.leaf(leaf).parent, Sum::default());
        while parent != NONE {
            steps::count(1);
            let node = &self.nodes[parent as usize];
            let slot = node.slot_of(child);
            node.sums[..slot].iter().for_each(|left| sum.add(*left));
            (child, parent) = (parent, node.parent);
        }
        sum
    }

    /// Which of two leaves comes first. O(log n).
    pub(super) fn compare(&self, a: u32, b: u32) -> std::cmp::Ordering {
        let (mut a, mut b) = ((a, self.leaf(a).parent), (b, self.leaf(b).parent));
        if a.0 == b.0 {
            return std::cmp::Ordering::Equal;
        }
        // All leaves are equally deep: both reach their common ancestor at the same time.
        while a.1 != b.1 {
            steps::count(1);
            a = (a.1, self.nodes[a.1 as usize].parent);
            b = (b.1, self.nodes[b.1 as usize].parent);
        }
        let node = &self.nodes[a.1 as usize];
        node.slot_of(a.0).cmp(&node.slot_of(b.0))
    }

    /// Tells everything above a leaf what has changed in it. O(log n).
    pub(super) fn change(&mut self, leaf: u32, chars: i32, astral: i32) {
        let (mut child, mut parent) = (leaf, self.leaf(leaf).parent);
        while parent != NONE {
            steps::count(1);
            let node = &mut self.nodes[parent as usize];
            let slot = node.slot_of(child);
            node.sums[slot] = node.sums[slot].changed(chars, astral);
            (child, parent) = (parent, node.parent);
        }
    }

    /// Moves the pieces of a leaf from `at` on into a new leaf behind it. Returns the new leaf.
    pub(super) fn split(&mut self, leaf: u32, at: usize, contents: &Contents) -> u32 {
        let fresh = self.leaves.len() as u32;
        let old = &mut self.leaves[leaf as usize];
        let mut new = Leaf { parent: old.parent, next: old.next, len: 0, pieces: [Piece::EMPTY; LEAF] };
        let moved = old.len as usize - at;
        new.pieces[..moved].copy_from_slice(&old.pieces[at..at + moved]);
        (new.len, old.len, old.next) = (moved as u32, at as u32, fresh);
        let (parent, sum) = (old.parent, new.sum(contents));
        if self.leaves.len() == self.leaves.capacity() {
            // A quarter more at a time: doubling would leave half of a long text's memory unused.
            self.leaves.reserve_exact(self.leaves.len() / 4 + 1);
        }
        self.leaves.push(new);
        self.adopt(parent, leaf, fresh, sum);
        fresh
    }

    /// Puts a new child behind an existing one; `sum` moves from that one to it.
    fn adopt(&mut self, parent: u32, child: u32, fresh: u32, sum: Sum) {
        let node = &mut self.nodes[parent as usize];
        let slot = node.slot_of(child);
        node.sums[slot].subtract(sum);
        if (node.len as usize) < FAN {
            node.insert(slot + 1, fresh, sum);
            let above_leaves = node.above_leaves;
            return self.set_parent(fresh, above_leaves, parent);
        }
        // Appending at the very end leaves full nodes behind; anywhere else both halves get room.
        let keep = if slot + 1 == FAN { FAN - 1 } else { FAN / 2 };
        let right = self.split_node(parent, keep);
        let (target, slot) = if slot < keep { (parent, slot) } else { (right, slot - keep) };
        let node = &mut self.nodes[target as usize];
        node.insert(slot + 1, fresh, sum);
        let above_leaves = node.above_leaves;
        self.set_parent(fresh, above_leaves, target);
        let right_sum = self.nodes[right as usize].sum();
        match self.nodes[parent as usize].parent {
            NONE => self.grow(parent, right, right_sum),
            // What the new child brought is in the grandparent's sum of `parent` still: it was split off below it.
            above => self.adopt(above, parent, right, right_sum),
        }
    }

    fn split_node(&mut self, node: u32, keep: usize) -> u32 {
        let right = self.nodes.len() as u32;
        let old = &mut self.nodes[node as usize];
        let mut new = Node::new(old.parent, old.above_leaves);
        for slot in keep..old.len as usize {
            new.push(old.children[slot], old.sums[slot]);
        }
        old.children[keep..].fill(NONE);
        old.len = keep as u32;
        let above_leaves = new.above_leaves;
        for slot in 0..new.len as usize {
            self.set_parent(new.children[slot], above_leaves, right);
        }
        self.nodes.push(new);
        right
    }

    /// A new root over the old one and its new sibling.
    fn grow(&mut self, left: u32, right: u32, right_sum: Sum) {
        let root = self.nodes.len() as u32;
        let mut node = Node::new(NONE, false);
        node.push(left, self.nodes[left as usize].sum());
        node.push(right, right_sum);
        self.nodes.push(node);
        self.nodes[left as usize].parent = root;
        self.nodes[right as usize].parent = root;
        self.root = root;
    }

    fn set_parent(&mut self, child: u32, is_leaf: bool, parent: u32) {
        if is_leaf {
            self.leaves[child as usize].parent = parent;
        } else {
            self.nodes[child as usize].parent = parent;
        }
    }

    pub(super) fn heap_size(&self) -> usize {
        self.leaves.capacity() * size_of::<Leaf>() + self.nodes.capacity() * size_of::<Node>()
    }
}
