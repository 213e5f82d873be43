//! Two changes of one text, brought together.

use super::{Attributes, Delta, Op, Pieces};

impl Delta {
    /// What `other`, a change of the same text, is when this one has been made already. O(length of both).
    ///
    /// `first`: whether this one comes first, that is, whether what it inserts stands before what the other inserts at the
    /// same place; the marks of the one that comes first count. Call it with `true` on one side and `false` on the other: then
    /// `a.compose(&a.transform(&b, true)) == b.compose(&b.transform(&a, false))`.
    #[must_use]
    pub fn transform(&self, other: &Self, first: bool) -> Self {
        let (mut ours, mut theirs) = (Pieces::of(self), Pieces::of(other));
        let mut after = Self::new();
        loop {
            match (ours.peek(), theirs.peek()) {
                (_, None) => break,
                (Some(Op::Insert(text, _)), their) if first || !matches!(their, Some(Op::Insert(..))) => {
                    after.push(Op::Retain(text.chars().count(), Attributes::new()));
                    ours.take();
                }
                (_, Some(Op::Insert(..))) | (None, Some(_)) => {
                    theirs.take().into_iter().for_each(|op| after.push(op));
                }
                (Some(our), Some(their)) => {
                    let len = our.len().min(their.len());
                    match (ours.take_at_most(len), theirs.take_at_most(len)) {
                        (Some(Op::Retain(..)), Some(Op::Delete(len))) => after.push(Op::Delete(len)),
                        (Some(Op::Retain(_, our)), Some(Op::Retain(len, their))) => {
                            let their = if first { their.minus(&our) } else { their };
                            after.push(Op::Retain(len, their));
                        }
                        // What this one has deleted is there no more.
                        _ => {}
                    }
                }
            }
        }
        after.trim();
        after
    }
}
