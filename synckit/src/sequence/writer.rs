//! What one writer did, in the order of its sequence numbers: which characters it inserted between which others, and which
//! it deleted.

use super::piece::{Id, MAX_PIECE, Place};
use crate::version::ReplicaId;

/// Characters `seq..seq + len`, each inserted behind the one before. The first one's left origin and the right origin
/// of all of them are what stood beside them then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) seq: u32,
    pub(super) len: u32,
    pub(super) left: Id,
    pub(super) right: Id,
    /// Where the text of all of it is in one; [`Place::GONE`] when it has to be looked up piece by piece.
    pub(super) place: Place,
}

impl Span {
    pub(super) fn end(&self) -> u32 {
        self.seq + self.len
    }
}

/// Consecutive deletions: each takes one character, ascending or descending from `target` on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deletion {
    pub(super) seq: u32,
    /// How many, and in the highest bit whether each next one took the character before: a held backspace key.
    bits: u32,
    /// What the first one took.
    pub(super) target: Id,
}

const DESCENDING: u32 = 1 << 31;

impl Deletion {
    pub(super) fn new(seq: u32, len: u32, target: Id, descending: bool) -> Self {
        Self { seq, bits: len | if descending { DESCENDING } else { 0 }, target }
    }

    pub(super) fn len(&self) -> u32 {
        self.bits & !DESCENDING
    }

    pub(super) fn is_descending(&self) -> bool {
        self.bits & DESCENDING != 0
    }

    pub(super) fn end(&self) -> u32 {
        self.seq + self.len()
    }

    /// The lowest and behind the highest sequence number of what it took; nothing when there are no such numbers.
    pub(super) fn targets(&self) -> Option<(u32, u32)> {
        let (at, len) = (self.target.seq, self.len());
        let low = if self.is_descending() { (at.checked_add(1)?).checked_sub(len)? } else { at };
        Some((low, low.checked_add(len)?)).filter(|_| low > 0)
    }

    /// The deletions from sequence number `seq` on.
    pub(super) fn from(mut self, seq: u32) -> Self {
        let skip = seq.saturating_sub(self.seq).min(self.len());
        self.seq += skip;
        self.bits -= skip;
        let target = &mut self.target.seq;
        *target = if self.bits & DESCENDING != 0 { *target - skip } else { *target + skip };
        self
    }

    /// Takes up deletions that go on in the same way.
    fn join(&mut self, next: &Self) -> bool {
        let (len, more) = (self.len(), next.len());
        if self.target.writer != next.target.writer || self.end() != next.seq || len + more > MAX_PIECE {
            return false;
        }
        let ascends = |deletion: &Self| deletion.len() == 1 || !deletion.is_descending();
        let descends = |deletion: &Self| deletion.len() == 1 || deletion.is_descending();
        let (here, there) = (self.target.seq, next.target.seq);
        if ascends(self) && ascends(next) && here.checked_add(len) == Some(there) {
            self.bits = len + more;
        } else if descends(self) && descends(next) && there.checked_add(len) == Some(here) {
            self.bits = (len + more) | DESCENDING;
        } else {
            return false;
        }
        true
    }
}

#[derive(Debug, Clone)]
pub(super) struct Writer {
    pub(super) replica: ReplicaId,
    /// Behind the last sequence number.
    pub(super) end: u32,
    /// Ascending by sequence number, as everything in here.
    pub(super) spans: Vec<Span>,
    pub(super) deletions: Vec<Deletion>,
}

impl Writer {
    pub(super) fn new(replica: ReplicaId) -> Self {
        Self { replica, end: 0, spans: Vec::new(), deletions: Vec::new() }
    }

    /// Takes note of an insertion. One that goes on where the last one ended becomes part of it.
    pub(super) fn push_span(&mut self, writer: u32, span: Span) {
        self.end = span.end();
        if let Some(last) = self.spans.last_mut()
            && last.end() == span.seq
            && span.left == Id::new(writer, span.seq - 1)
            && span.right == last.right
            && span.place.is_gone() == last.place.is_gone()
            && last.len + span.len <= MAX_PIECE
        {
            last.len += span.len;
            return;
        }
        grow_slowly(&mut self.spans);
        self.spans.push(span);
    }

    pub(super) fn push_deletion(&mut self, deletion: Deletion) {
        self.end = deletion.end();
        if !self.deletions.last_mut().is_some_and(|last| last.join(&deletion)) {
            grow_slowly(&mut self.deletions);
            self.deletions.push(deletion);
        }
    }

    /// The insertion that a character came with. O(log n).
    pub(super) fn span(&self, seq: u32) -> Option<&Span> {
        // Mostly the latest ones are asked for.
        let at = match self.spans.last() {
            Some(last) if last.seq <= seq => self.spans.len(),
            _ => self.spans.partition_point(|span| span.seq <= seq),
        };
        self.spans[..at].last().filter(|span| seq < span.end())
    }

    /// The first sequence number from `seq` on that is one of a character, not of a deletion. O(log n).
    pub(super) fn next_character(&self, seq: u32) -> Option<u32> {
        let at = self.spans.partition_point(|span| span.end() <= seq);
        self.spans.get(at).map(|span| span.seq.max(seq))
    }

    /// Whether all numbers from `low` to behind `high` are those of characters. O(log n + insertions).
    pub(super) fn has_characters(&self, low: u32, high: u32) -> bool {
        let first = self.spans.partition_point(|span| span.end() <= low);
        let mut reached = low;
        for span in &self.spans[first..] {
            if span.seq > reached || reached >= high {
                break;
            }
            reached = span.end();
        }
        reached >= high
    }

    /// The left and right origin of a character.
    pub(super) fn origins(&self, id: Id) -> (Id, Id) {
        match self.span(id.seq) {
            Some(span) if span.seq == id.seq => (span.left, span.right),
            Some(span) => (Id::new(id.writer, id.seq - 1), span.right),
            None => (Id::NONE, Id::NONE),
        }
    }

    pub(super) fn heap_size(&self) -> usize {
        self.spans.capacity() * size_of::<Span>() + self.deletions.capacity() * size_of::<Deletion>()
    }
}

/// Reserves a quarter more at a time from some hundred entries on: doubling leaves up to half of the memory unused.
pub(super) fn grow_slowly<T>(entries: &mut Vec<T>) {
    let len = entries.len();
    if len == entries.capacity() && len >= 256 {
        entries.reserve_exact(len / 4);
    }
}
