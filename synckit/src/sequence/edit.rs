//! Edits on their way between replicas.

use std::sync::Arc;

use super::Sequence;
use super::contents::{byte_len, char_count};
use super::lent::Lent;
use super::piece::{Id, WriterIndex};
use super::writer::{Deletion, Span};
use crate::crdt::causal;
use crate::version::{Dot, ReplicaId, VersionVector};

/// What was inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// Characters.
    Text(Arc<str>),
    /// So many characters that have been deleted since; nobody knows any more what they were.
    Gone(usize),
}

impl Inserted {
    /// How many characters.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => char_count(text),
            Self::Gone(count) => *count,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One writer's edit: consecutive insertions at one place, or consecutive deletions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Characters, each behind the one before.
    Insert {
        /// The id of the first one.
        dot: Dot,
        /// What the first one stood behind: `None` for the start.
        left: Option<Dot>,
        /// What all of them stood in front of: `None` for the end.
        right: Option<Dot>,
        /// The characters.
        text: Inserted,
    },
    /// Deletions of characters that are neighbours by id.
    Delete {
        /// The first deletion's own dot.
        dot: Dot,
        /// The character that it took.
        target: Dot,
        /// How many deletions.
        len: usize,
        /// Whether each next one took the character with the id before, not behind.
        descending: bool,
    },
}

impl Edit {
    /// Its first sequence number, and its writer.
    pub fn dot(&self) -> Dot {
        match self {
            Self::Insert { dot, .. } | Self::Delete { dot, .. } => *dot,
        }
    }

    /// How many sequence numbers it takes.
    pub fn len(&self) -> usize {
        match self {
            Self::Insert { text, .. } => text.len(),
            Self::Delete { len, .. } => *len,
        }
    }

    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same edit in two, cut before its step `at`, which is neither the first nor past the end.
    pub(crate) fn split(self, at: usize) -> [Self; 2] {
        let on = |dot: Dot| Dot::new(dot.replica, dot.seq + at as u64);
        match self {
            Self::Insert { dot, left, right, text } => {
                let (head, tail) = match text {
                    Inserted::Text(text) => {
                        let (head, tail) = text.split_at(byte_len(&text, at as u32));
                        (Inserted::Text(head.into()), Inserted::Text(tail.into()))
                    }
                    Inserted::Gone(count) => (Inserted::Gone(at), Inserted::Gone(count - at)),
                };
                let between = Some(Dot::new(dot.replica, dot.seq + at as u64 - 1));
                [
                    Self::Insert { dot, left, right, text: head },
                    Self::Insert { dot: on(dot), left: between, right, text: tail },
                ]
            }
            Self::Delete { dot, target, len, descending } => {
                let seq = if descending { target.seq - at as u64 } else { target.seq + at as u64 };
                let rest = Dot::new(target.replica, seq);
                [
                    Self::Delete { dot, target, len: at, descending },
                    Self::Delete { dot: on(dot), target: rest, len: len - at, descending },
                ]
            }
        }
    }

    /// Hands over the same edit in parts of at most `max` characters. Only text takes room: what has none stays whole.
    pub(crate) fn parts(self, max: usize, emit: &mut dyn FnMut(Self)) {
        let Self::Insert { dot, left, right, text: Inserted::Text(text) } = &self else { return emit(self) };
        if text.len() <= max {
            return emit(self);
        }
        let (mut rest, mut done) = (&text[..], 0u64);
        while !rest.is_empty() {
            let (head, tail) = rest.split_at(byte_len(rest, max as u32));
            let on = |done: u64| Dot::new(dot.replica, dot.seq + done);
            let left = if done == 0 { *left } else { Some(on(done - 1)) };
            let text = Inserted::Text(head.into());
            let count = text.len() as u64;
            emit(Self::Insert { dot: on(done), left, right: *right, text });
            (rest, done) = (tail, done + count);
        }
    }

    /// The same edit with other dots, in as many parts as it takes when some of them are renamed and others not.
    pub(crate) fn rename(self, name: &dyn Fn(Dot) -> Dot) -> Vec<Self> {
        let renamed = |dot: Dot| name(dot) != dot;
        let (mut parts, mut rest) = (Vec::new(), self);
        loop {
            let on = |dot: Dot, by: usize| Dot::new(dot.replica, dot.seq + by as u64);
            let first = rest.dot();
            let same = |at: &usize| {
                let target = match &rest {
                    Self::Delete { target, descending: true, .. } => {
                        renamed(Dot::new(target.replica, target.seq - *at as u64)) == renamed(*target)
                    }
                    Self::Delete { target, .. } => renamed(on(*target, *at)) == renamed(*target),
                    Self::Insert { .. } => true,
                };
                target && renamed(on(first, *at)) == renamed(first)
            };
            // Names change at one number: up to there all are the same.
            let (mut low, mut high) = (1, rest.len());
            while low < high {
                let middle = low + (high - low) / 2;
                if same(&middle) { low = middle + 1 } else { high = middle }
            }
            if low == rest.len() {
                break;
            }
            let [head, tail] = rest.split(low);
            parts.push(head);
            rest = tail;
        }
        parts.push(rest);
        let rename = |part: Self| match part {
            Self::Insert { dot, left, right, text } => {
                Self::Insert { dot: name(dot), left: left.map(name), right: right.map(name), text }
            }
            Self::Delete { dot, target, len, descending } => {
                Self::Delete { dot: name(dot), target: name(target), len, descending }
            }
        };
        parts.into_iter().map(rename).collect()
    }

    /// For each of the last `max` dots a number that tells it from another one under the same name: the character, or
    /// what was deleted.
    pub(crate) fn fingerprints(&self, max: usize) -> Vec<(u64, u64)> {
        let (first, len) = (self.dot().seq, self.len());
        let skip = len.saturating_sub(max);
        match self {
            Self::Insert { text: Inserted::Text(text), .. } => {
                let characters = text.chars().enumerate().skip(skip);
                characters.map(|(at, char)| (first + at as u64, u64::from(char))).collect()
            }
            // Nobody knows what they were.
            Self::Insert { .. } => Vec::new(),
            Self::Delete { target, descending, .. } => (skip as u64..len as u64)
                .map(|at| {
                    let seq = if *descending { target.seq - at } else { target.seq + at };
                    (first + at, target.replica.get() ^ seq.rotate_left(32))
                })
                .collect(),
        }
    }

    /// Roughly how many bytes it takes when encoded.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Insert { text: Inserted::Text(text), .. } => 24 + text.len(),
            _ => 24,
        }
    }

    /// The last one of each writer's characters that it builds on.
    pub(crate) fn dependencies(&self) -> [Option<Dot>; 2] {
        Lent::from(self).dependencies()
    }
}

/// The entries behind those that are known. Mostly all but the latest are.
pub(super) fn behind<T>(entries: &[T], is_known: impl Fn(&T) -> bool) -> &[T] {
    let near = entries.len().saturating_sub(4);
    let from = match entries[..near].last() {
        Some(before) if !is_known(before) => 0,
        _ => near,
    };
    &entries[from + entries[from..].partition_point(is_known)..]
}

impl Sequence {
    /// What `version` lacks, in an order in which every edit comes behind those that it builds on. O(lacking log n).
    pub fn since(&self, version: &VersionVector) -> Vec<Edit> {
        let mut streams = Vec::new();
        for &(replica, at) in &self.by_replica {
            let mut edits = Vec::new();
            self.edits_of(at, version.get(replica), u64::MAX, &mut |edit| edits.push(edit));
            streams.push((replica, edits));
        }
        causal::merge(streams, false, Edit::dot, |edit, need| {
            edit.dependencies().into_iter().flatten().for_each(need);
        })
    }

    /// What one writer did from sequence number `first` to `last`, ascending. The last edit may go on behind it.
    pub(crate) fn edits_by(&self, replica: ReplicaId, first: u64, last: u64) -> Vec<Edit> {
        let mut edits = Vec::new();
        if let Ok(at) = self.by_replica.binary_search_by_key(&replica, |entry| entry.0) {
            self.edits_of(self.by_replica[at].1, first - 1, last, &mut |edit| edits.push(edit));
        }
        edits
    }

    /// Hands over a writer's edits behind sequence number `known`, ascending.
    pub(crate) fn edits_since(&self, version: &VersionVector, emit: &mut dyn FnMut(Edit)) {
        for &(replica, at) in &self.by_replica {
            self.edits_of(at, version.get(replica), u64::MAX, emit);
        }
    }

    /// The edits of a writer behind sequence number `known`, as far as they begin up to `last`.
    fn edits_of(&self, at: WriterIndex, known: u64, last: u64, emit: &mut dyn FnMut(Edit)) {
        let writer = &self.writers[at as usize];
        let Some(next) = u32::try_from(known).ok().and_then(|known| known.checked_add(1)) else { return };
        let mut spans = behind(&writer.spans, |span| span.end() <= next);
        let mut deletions = behind(&writer.deletions, |deletion| deletion.end() <= next);
        loop {
            match (spans.split_first(), deletions.split_first()) {
                (Some((span, rest)), deletion) if deletion.is_none_or(|(next, _)| span.seq < next.seq) => {
                    if u64::from(span.seq) > last {
                        return;
                    }
                    self.insertion(at, span, next, emit);
                    spans = rest;
                }
                (_, Some((deletion, rest))) => {
                    if u64::from(deletion.seq) > last {
                        return;
                    }
                    self.deletion(at, deletion.from(next), emit);
                    deletions = rest;
                }
                (None, None) => return,
                (Some(_), None) => {}
            }
        }
    }

    fn deletion(&self, at: WriterIndex, deletion: Deletion, emit: &mut dyn FnMut(Edit)) {
        let own = self.dot(Id::new(at, deletion.seq));
        if let (Some(dot), Some(target)) = (own, self.dot(deletion.target)) {
            emit(Edit::Delete {
                dot,
                target,
                len: deletion.len() as usize,
                descending: deletion.is_descending(),
            });
        }
    }

    /// The characters of a span from `first` on: one edit, or more where the text of a part is gone.
    fn insertion(&self, at: WriterIndex, span: &Span, first: u32, emit: &mut dyn FnMut(Edit)) {
        let mut seq = span.seq.max(first);
        let right = self.dot(span.right);
        if !span.place.is_gone() {
            let left = if seq == span.seq { self.dot(span.left) } else { self.dot(Id::new(at, seq - 1)) };
            let text = self.contents.own(at, span.place, seq - span.seq, span.end() - seq);
            if let Some(dot) = self.dot(Id::new(at, seq)) {
                emit(Edit::Insert { dot, left, right, text: Inserted::Text(text.into()) });
            }
            return;
        }
        while seq < span.end() {
            let left = if seq == span.seq { self.dot(span.left) } else { self.dot(Id::new(at, seq - 1)) };
            let Some(dot) = self.dot(Id::new(at, seq)) else { return };
            let (mut text, start) = (String::new(), seq);
            let mut gone = None;
            // Pieces of the span, for as long as they agree on whether their text is there.
            while seq < span.end() {
                let Some((spot, offset)) = self.find(Id::new(at, seq)) else { return };
                let mut front = *self.piece(spot);
                let mut piece = front.split(offset, self.contents.bytes(&front, offset));
                if *gone.get_or_insert(piece.place.is_gone()) != piece.place.is_gone() {
                    break;
                }
                let len = piece.len().min(span.end() - seq);
                piece.split(len, self.contents.bytes(&piece, len));
                text.push_str(self.contents.text(&piece));
                seq += len;
            }
            let text = match gone {
                Some(true) => Inserted::Gone((seq - start) as usize),
                _ => Inserted::Text(text.into()),
            };
            emit(Edit::Insert { dot, left, right, text });
        }
    }
}
