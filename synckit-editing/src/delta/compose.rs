//! One change after another.

use super::{Attributes, Delta, Op, Pieces};

impl Delta {
    /// This change and then `next`, as one. O(length of both).
    #[must_use]
    pub fn compose(&self, next: &Self) -> Self {
        let (mut first, mut second) = (Pieces::of(self), Pieces::of(next));
        let mut both = Self::new();
        loop {
            match (first.peek(), second.peek()) {
                (None, None) => break,
                (Some(Op::Delete(_)), _) | (Some(_), None) => both.extend_by(first.take()),
                (_, Some(Op::Insert(..))) | (None, Some(_)) => both.extend_by(second.take()),
                (Some(before), Some(after)) => {
                    let len = before.len().min(after.len());
                    let (before, after) = (first.take_at_most(len), second.take_at_most(len));
                    match (before, after) {
                        (Some(Op::Retain(len, old)), Some(Op::Retain(_, new))) => {
                            both.push(Op::Retain(len, old.compose(&new, true)));
                        }
                        (Some(Op::Insert(text, old)), Some(Op::Retain(_, new))) => {
                            both.push(Op::Insert(text, old.compose(&new, false)));
                        }
                        (Some(Op::Retain(len, _)), Some(Op::Delete(_))) => both.push(Op::Delete(len)),
                        // What was inserted is deleted again.
                        _ => {}
                    }
                }
            }
        }
        both.trim();
        both
    }

    /// Many changes, one after the other, as one. O(n log n).
    #[must_use]
    pub fn compose_all(mut deltas: Vec<Self>) -> Self {
        while deltas.len() > 1 {
            deltas = deltas
                .chunks(2)
                .map(|pair| match pair {
                    [one, next] => one.compose(next),
                    _ => pair.first().cloned().unwrap_or_default(),
                })
                .collect();
        }
        deltas.pop().unwrap_or_default()
    }

    /// What this and another change, which differ in marks alone, say of the marks of each stretch of the text after them.
    pub(crate) fn marked_stretches(&self, other: &Self) -> Vec<(usize, Attributes, Attributes)> {
        let (ours, theirs) = (self.kept(), other.kept());
        let (mut ours, mut theirs) = (Pieces::of(&ours), Pieces::of(&theirs));
        let mut stretches = Vec::new();
        loop {
            let lens = [&ours, &theirs].map(|pieces| pieces.peek().map(Op::len));
            let Some(len) = lens.into_iter().flatten().min() else { return stretches };
            let [our, their] = [&mut ours, &mut theirs].map(|pieces| match pieces.take_at_most(len) {
                Some(Op::Retain(_, attributes)) => attributes,
                _ => Attributes::new(),
            });
            stretches.push((len, our, their));
        }
    }

    /// What it says of the marks of the text after it.
    fn kept(&self) -> Self {
        let kept = |op: &Op| match op {
            Op::Retain(len, attributes) => Some(Op::Retain(*len, attributes.clone())),
            Op::Insert(_, attributes) => Some(Op::Retain(op.len(), attributes.clone())),
            Op::Delete(_) => None,
        };
        self.ops.iter().filter_map(kept).collect()
    }

    fn extend_by(&mut self, op: Option<Op>) {
        op.into_iter().for_each(|op| self.push(op));
    }
}
