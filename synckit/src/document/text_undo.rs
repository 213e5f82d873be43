//! How writes to a text are taken back.

use std::sync::Arc;

use super::text::{Lost, Renamed, Unmarked};
use super::transaction::Transaction;
use super::undo::{Aspect, UndoHistory};
use crate::crdt::container::ContainerId;
use crate::few::Few;
use crate::hash::HashMap;
use crate::version::Dot;

/// What takes a write to a text back.
#[derive(Debug, Clone)]
pub(crate) enum TextInverse {
    /// Characters that were inserted: those that still show go.
    Insert {
        text: ContainerId,
        inserted: Few<(Dot, usize)>,
    },
    /// Characters that were deleted, in the order in which they were: they come back.
    Delete {
        text: ContainerId,
        lost: Vec<Lost>,
    },
    Mark {
        text: ContainerId,
        key: Arc<str>,
        previous: Vec<Unmarked>,
        written: Dot,
    },
}

impl TextInverse {
    /// Characters typed one behind the other are one step, and so are those deleted one after the other. Returns whether
    /// `next` has become part of this one.
    pub(super) fn merge(&mut self, next: &mut Self) -> bool {
        match (self, next) {
            (Self::Insert { text, inserted }, Self::Insert { text: next_text, inserted: next })
                if text == next_text =>
            {
                let Some(last) = inserted.last_mut() else { return false };
                let end = Dot::new(last.0.replica, last.0.seq + last.1 as u64);
                let mut stretches = next.iter().copied();
                let goes_on = stretches.next().filter(|first| first.0 == end);
                if let Some(first) = goes_on {
                    last.1 += first.1;
                    inserted.extend(stretches);
                }
                goes_on.is_some()
            }
            (Self::Delete { text, lost }, Self::Delete { text: next_text, lost: next })
                if text == next_text =>
            {
                lost.append(next);
                true
            }
            _ => false,
        }
    }
}

/// Marks that were made to bring another one back, which may have needed several.
#[derive(Debug, Clone, Default)]
pub(super) struct TextUndo {
    brings_back: HashMap<Dot, Dot>,
}

impl UndoHistory {
    pub(super) fn take_back_text(&mut self, inverse: &TextInverse, transaction: &mut Transaction<'_>) {
        let mut renamed = Renamed::default();
        match inverse {
            TextInverse::Insert { text, inserted } => {
                let characters = inserted.iter().flat_map(|&(first, len)| {
                    (0..len as u64).map(move |step| Dot::new(first.replica, first.seq + step))
                });
                let today: Vec<Dot> = characters.map(|dot| self.resolve(Aspect::Life, dot)).collect();
                transaction.text_take_out(text, &today);
            }
            TextInverse::Delete { text, lost } => {
                for lost in lost.iter().rev() {
                    let _ = transaction.text_put_back(text, lost, &mut renamed);
                }
            }
            TextInverse::Mark { text, key, previous, written } => {
                let ours = self.origin(*written);
                for stretch in previous {
                    let is_ours = |mark| self.origin(mark) == ours;
                    let today = |dot| self.resolve(Aspect::Life, dot);
                    let _ = transaction.text_unmark(text, key, stretch, today, is_ours, &mut renamed);
                }
            }
        }
        for (was, now) in renamed.characters {
            self.stands_for.insert((Aspect::Life, self.resolve(Aspect::Life, was)), now);
        }
        for (was, now) in renamed.marks {
            self.texts.brings_back.insert(now, was);
        }
    }

    /// The mark that one was made to bring back, over again.
    fn origin(&self, mut mark: Dot) -> Dot {
        while let Some(&earlier) = self.texts.brings_back.get(&mark) {
            mark = earlier;
        }
        mark
    }
}
