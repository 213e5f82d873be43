//! Insertions that many made between the same two characters at the same time. They stand in the order of their writers, so that the place of
//! one more is found without a walk over all of them.

use super::Sequence;
use super::integrate::At;
use super::piece::Id;
use super::writer::Span;

/// Steps of a walk from which on the insertions between those characters are remembered.
const LONG_WALK: usize = 32;

/// The latest place that so many insertions were made at.
#[derive(Debug, Clone)]
pub(super) struct Siblings {
    left: Id,
    right: Id,
    /// The first character of each insertion, in the order of the sequence.
    ids: Vec<Id>,
}

impl Sequence {
    /// The last insertion between the same two characters that stands before one of this writer, if they are remembered. What
    /// stands before it has no say in where the new one goes.
    pub(super) fn last_sibling(&self, id: Id, span: &Span) -> Option<At> {
        let siblings = self.siblings_of(span)?;
        self.find(siblings.ids[siblings.rank(self, id).checked_sub(1)?])
    }

    /// An insertion goes behind a character that was found in so many steps.
    pub(super) fn note_sibling(&mut self, id: Id, span: &Span, steps: usize) {
        if self.siblings_of(span).is_some() {
            if let Some(mut siblings) = self.siblings.take() {
                siblings.ids.insert(siblings.rank(self, id), id);
                self.siblings = Some(siblings);
            }
        } else if steps >= LONG_WALK {
            self.siblings = self.gather(id, span).map(Box::new);
        }
    }

    fn siblings_of(&self, span: &Span) -> Option<&Siblings> {
        self.siblings.as_deref().filter(|siblings| (siblings.left, siblings.right) == (span.left, span.right))
    }

    /// All insertions between the two characters of one that is about to be put in, and that one. O(what stands between them).
    fn gather(&self, id: Id, span: &Span) -> Option<Siblings> {
        let Span { left, right, .. } = *span;
        let mut siblings = Siblings { left, right, ids: Vec::new() };
        let mut next = self.successor(if left == Id::NONE { None } else { Some(self.find(left)?) });
        while let Some(at) = next {
            let other = self.id_at(at);
            if other == right {
                break;
            }
            if self.writers[other.writer as usize].origins(other) == (left, right) {
                siblings.ids.push(other);
            }
            next = self.successor(Some(self.end_of_run(at, right)));
        }
        let replica = |id: &Id| self.writers[id.writer as usize].replica;
        if !siblings.ids.is_sorted_by_key(replica) {
            return None;
        }
        siblings.ids.insert(siblings.rank(self, id), id);
        Some(siblings)
    }
}

impl Siblings {
    /// Where the insertion of a writer stands among them.
    fn rank(&self, sequence: &Sequence, id: Id) -> usize {
        let replica = |id: Id| sequence.writers[id.writer as usize].replica;
        let own = replica(id);
        self.ids.partition_point(|&other| replica(other) <= own)
    }
}
