//! How writes to a text are taken back.

use std::sync::Arc;

use super::stand_in::Aspect;
use super::text::{Lost, Marked, Renamed, Unmarked};
use super::transaction::Transaction;
use super::undo::UndoHistory;
use crate::crdt::container::ContainerId;
use crate::crdt::text::{TextAction, TextState};
use crate::sequence::Edit;
use crate::version::Dot;

/// What takes a write to a text back.
#[derive(Debug, Clone)]
pub(crate) enum TextInverse {
    /// Characters that came or went: those that came go, those that went come back.
    Edits(Edits),
    Mark {
        text: ContainerId,
        key: Arc<str>,
        previous: Vec<Unmarked>,
        written: Dot,
    },
}

/// Edits of a text under numbers that follow each other. What they were, the text itself knows.
#[derive(Debug, Clone)]
pub(crate) struct Edits {
    text: ContainerId,
    first: Dot,
    /// Behind the last number.
    end: u64,
    what: Edited,
    /// How what went was marked, by the numbers of the deletions.
    pub(super) marks: Vec<Marked>,
}

/// What edits did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edited {
    Inserted,
    Deleted,
    Both,
}

impl Edits {
    pub(super) fn new(text: ContainerId, first: Dot, steps: u64, what: Edited) -> Self {
        Self { text, first, end: first.seq + steps, what, marks: Vec::new() }
    }

    /// Goes on with edits of a text. Returns whether they follow.
    pub(super) fn go_on(&mut self, text: &ContainerId, first: Dot, steps: u64, what: Edited) -> bool {
        let follow = self.end == first.seq && self.first.replica == first.replica && self.text == *text;
        if follow {
            self.end += steps;
            self.what = if self.what == what { what } else { Edited::Both };
        }
        follow
    }

    /// What went, by the operations that took it. What had come by one of these edits is left out.
    fn lost(&self, text: &TextState, dot: Dot, target: Dot, len: u64, descending: bool) -> Vec<Lost> {
        let low = if descending { target.seq + 1 - len } else { target.seq };
        let own = target.replica == self.first.replica;
        let high = if own { (low + len).min(self.first.seq) } else { low + len };
        let stretches = text.sequence().texts_of(Dot { seq: low, ..target }, high.saturating_sub(low));
        let lost = |(first, characters): (Dot, String)| {
            let (from, count) = ((first.seq - low) as usize, characters.chars().count());
            // The number of the deletion of the first one, or of the last one.
            let begin = dot.seq as usize + if descending { len as usize - from - count } else { from };
            let mut marks: Vec<Marked> = Vec::new();
            for mark in &self.marks {
                let (start, end) = (mark.range.start.max(begin), mark.range.end.min(begin + count));
                if start >= end {
                    continue;
                }
                let (start, end) = (start - begin, end - begin);
                let range = if descending { count - end..count - start } else { start..end };
                let joins = |other: &&mut Marked| {
                    (other.range.end == range.start || other.range.start == range.end) && other.is_alike(mark)
                };
                match marks.iter_mut().find(joins) {
                    Some(other) => {
                        other.range = other.range.start.min(range.start)..other.range.end.max(range.end);
                    }
                    None => marks.push(mark.on(range)),
                }
            }
            Lost { first, text: characters, marks }
        };
        stretches.into_iter().map(lost).collect()
    }
}

impl TextInverse {
    /// Whether both are of marks of one key on one text.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mark { text, key, .. }, Self::Mark { text: other, key: other_key, .. }) => {
                text == other && key == other_key
            }
            _ => false,
        }
    }

    /// Characters typed one after the other are one step, and so are those deleted one after the other. Returns whether
    /// `next` has become part of this one.
    pub(super) fn merge(&mut self, next: &mut Self) -> bool {
        let (Self::Edits(last), Self::Edits(next)) = (self, next) else { return false };
        let merged = last.what == next.what
            && last.what != Edited::Both
            && last.go_on(&next.text, next.first, next.end - next.first.seq, next.what);
        if merged {
            last.marks.append(&mut next.marks);
        }
        merged
    }

    /// Cuts it before sequence number `seq`, if it goes on there. Returns the rest.
    pub(super) fn split_off(&mut self, seq: u64) -> Option<Self> {
        let Self::Edits(edits) = self else { return None };
        if !(edits.first.seq + 1..edits.end).contains(&seq) {
            return None;
        }
        let rest = Edits { first: Dot { seq, ..edits.first }, ..edits.clone() };
        edits.end = seq;
        Some(Self::Edits(rest))
    }
}

impl UndoHistory {
    pub(super) fn take_back_text(&mut self, inverse: &TextInverse, transaction: &mut Transaction<'_>) {
        let mut renamed = Renamed::default();
        let are_one = |one, other| self.stand_ins.are_one(Aspect::Mark, one, other);
        match inverse {
            TextInverse::Edits(edits) => {
                let text = &edits.text;
                let Some(state) = transaction.state.text_mut(text) else { return };
                let (mut came, mut went) = (Vec::new(), Vec::new());
                for (dot, action) in state.edits_by(edits.first.replica, edits.first.seq, edits.end - 1) {
                    match action {
                        TextAction::Edit(Edit::Delete { target, len, descending, .. }) => {
                            went.extend(edits.lost(state, dot, target, len as u64, descending));
                        }
                        action => {
                            came.extend((0..action.span()).map(|step| {
                                self.stand_ins.of(Aspect::Life, Dot { seq: dot.seq + step, ..dot })
                            }))
                        }
                    }
                }
                for lost in went.iter().rev() {
                    let _ = transaction.text_put_back(text, lost, &are_one, &mut renamed);
                }
                transaction.text_take_out(text, &came);
            }
            TextInverse::Mark { text, key, previous, written } => {
                for stretch in previous {
                    let stand_ins = &self.stand_ins;
                    let _ = transaction.text_unmark(text, key, stretch, *written, stand_ins, &mut renamed);
                }
            }
        }
        for (was, now) in renamed.characters {
            self.stand_ins.put(Aspect::Life, was, now);
        }
        for (was, now) in renamed.marks {
            self.stand_ins.put(Aspect::Mark, was, now);
        }
    }
}
