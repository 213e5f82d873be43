//! Insertions that many made between the same two characters at the same time. They stand in the order of their writers, so that the place of
//! one more is found without a walk over all of them.

use std::collections::BTreeMap;

use super::Sequence;
use super::integrate::At;
use super::piece::Id;
use super::writer::Span;
use crate::version::ReplicaId;

/// Steps of a walk from which on the insertions between those characters are remembered.
const LONG_WALK: usize = 32;

/// The characters on both sides of a place, as numbers.
type Between = (u64, u64);

/// For every place that so many insertions were made at, and each of their writers, the first character of the last insertion.
pub(super) type Siblings = BTreeMap<(Between, ReplicaId), Id>;

fn between(left: Id, right: Id) -> Between {
    let number = |id: Id| u64::from(id.writer) << 32 | u64::from(id.seq);
    (number(left), number(right))
}

impl Sequence {
    /// The last insertion between the same two characters that stands before one of this writer, if they are remembered. What
    /// stands before it has no say in where the new one goes. O(log n).
    pub(super) fn last_sibling(&self, id: Id, span: &Span) -> Option<At> {
        let place = between(span.left, span.right);
        let own = self.writers[id.writer as usize].replica;
        let mut before = self.siblings.as_deref()?.range((place, ReplicaId::new(0))..=(place, own));
        self.find(*before.next_back()?.1)
    }

    /// An insertion goes behind a character that was found in so many steps.
    pub(super) fn note_sibling(&mut self, id: Id, span: &Span, steps: usize) {
        let place = between(span.left, span.right);
        let own = self.writers[id.writer as usize].replica;
        if let Some(siblings) = &mut self.siblings
            && siblings.range((place, ReplicaId::new(0))..).next().is_some_and(|first| first.0.0 == place)
        {
            siblings.insert((place, own), id);
        } else if steps >= LONG_WALK
            && let Some(mut found) = self.gather(span)
        {
            found.insert((place, own), id);
            self.siblings.get_or_insert_default().extend(found);
        }
    }

    /// All insertions between the two characters of one that is about to be put in. O(what stands between them).
    fn gather(&self, span: &Span) -> Option<Siblings> {
        let Span { left, right, .. } = *span;
        let (mut siblings, mut last) = (Siblings::new(), None);
        let mut next = self.successor(if left == Id::NONE { None } else { Some(self.find(left)?) });
        while let Some(at) = next {
            crate::steps::count(1);
            let other = self.id_at(at);
            if other == right {
                break;
            }
            let writer = &self.writers[other.writer as usize];
            if writer.origins(other) == (left, right) {
                if last > Some(writer.replica) {
                    return None;
                }
                last = Some(writer.replica);
                siblings.insert((between(left, right), writer.replica), other);
            }
            next = self.successor(Some(self.end_of_run(at, right)));
        }
        Some(siblings)
    }
}
