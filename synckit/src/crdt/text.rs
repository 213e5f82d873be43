//! Text: a sequence of characters and the marks on it.

use std::ops::Range;
use std::sync::Arc;

use super::marks::{Mark, MarkedRange, Marks};
use super::operation::{Action, Live, Stamp};
use crate::sequence::{Edit, Inserted, Lent, Sequence, SequenceError, Step};
use crate::value::Value;
use crate::version::{Dot, ReplicaId, Timestamp, VersionVector};
#[cfg(feature = "history")]
use crate::wire::DecodeError;

/// Steps of one transaction that are kept for those who follow a text.
const MAX_STEPS: usize = 4096;
/// Characters in one operation, so that a long insertion can travel in parts.
const MAX_RUN: usize = 16 << 10;

/// One thing that happened to a text. Positions are those at its time, in Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextStep {
    /// Characters came.
    Insert {
        /// Where the first one stands.
        at: usize,
        /// The characters.
        text: Arc<str>,
    },
    /// Characters went.
    Delete {
        /// Where the first one stood.
        at: usize,
        /// How many.
        len: usize,
    },
    /// A key got another value.
    Mark {
        /// On which characters.
        range: Range<usize>,
        /// The key.
        key: Arc<str>,
        /// Its value on all of them now; none when it was taken away.
        value: Option<Value>,
    },
}

/// What can be done to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TextAction {
    /// Characters come or go: as many sequence numbers as characters.
    Edit(Edit),
    Mark(Mark),
}

impl TextAction {
    /// How many sequence numbers it takes.
    pub(crate) fn span(&self) -> u64 {
        match self {
            Self::Edit(edit) => edit.len() as u64,
            Self::Mark(_) => 1,
        }
    }

    /// Whether the time decides something. Characters are not ordered by time.
    pub(crate) fn is_timed(&self) -> bool {
        matches!(self, Self::Mark(_))
    }

    pub(crate) fn dependencies(&self) -> [Option<Dot>; 2] {
        match self {
            Self::Edit(edit) => edit.dependencies(),
            Self::Mark(mark) => mark.dependencies(),
        }
    }

    /// Cuts it behind sequence number `end`, if it goes on there. Returns the rest and its dot.
    pub(crate) fn split_off(&mut self, end: u64) -> Option<(Dot, Self)> {
        let Self::Edit(edit) = self else { return None };
        let keep =
            (end + 1).checked_sub(edit.dot().seq).filter(|&keep| keep > 0 && keep < edit.len() as u64)?;
        let [front, back] = edit.clone().split(keep as usize);
        *edit = front;
        Some((back.dot(), Self::Edit(back)))
    }

    /// The same with other dots, each part with its own.
    pub(crate) fn rename(self, own: Dot, name: &dyn Fn(Dot) -> Dot) -> Vec<(Dot, Self)> {
        match self {
            Self::Edit(edit) => {
                edit.rename(name).into_iter().map(|part| (part.dot(), Self::Edit(part))).collect()
            }
            Self::Mark(mark) => vec![(name(own), Self::Mark(mark.rename(name)))],
        }
    }

    /// What tells each of the last `max` dots from another one under the same name, if time does not.
    pub(crate) fn fingerprints(&self, max: usize) -> Option<Vec<(u64, u64)>> {
        match self {
            Self::Edit(edit) => Some(edit.fingerprints(max)),
            Self::Mark(_) => None,
        }
    }

    /// Roughly how many bytes it takes when encoded.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Edit(edit) => edit.weight(),
            Self::Mark(mark) => 24 + mark.key.len() + mark.value.as_ref().map_or(0, Value::byte_size),
        }
    }
}

/// The steps of the transaction that goes on, kept from the first time that somebody asks; none for more than can be kept.
type Steps = Option<Box<Option<Vec<TextStep>>>>;

#[derive(Debug, Clone, Default)]
pub(crate) struct TextState {
    sequence: Sequence,
    pub(crate) marks: Marks,
    steps: Steps,
    /// While it is loaded: its marks were told from those they cover when they were stored.
    loading: bool,
}

impl TextState {
    pub(crate) fn sequence(&self) -> &Sequence {
        &self.sequence
    }

    /// Takes in a whole text where there is none yet.
    pub(crate) fn load(&mut self, sequence: Sequence) {
        self.sequence = sequence;
        self.loading = true;
    }

    /// Gives a text that was just loaded the characters that are deleted.
    #[cfg(feature = "history")]
    pub(crate) fn restore_deleted(&mut self, runs: &[(u64, bool)], text: &str) -> Result<(), DecodeError> {
        self.sequence.restore_deleted(runs, text)?;
        Ok(())
    }

    /// Inserts by position, as a local write.
    pub(crate) fn insert(&mut self, dot: Dot, at: usize, text: &str) -> Result<usize, SequenceError> {
        let count = self.sequence.insert(dot, at, text)?;
        if count > 0 {
            self.note(|| TextStep::Insert { at, text: text.into() });
        }
        Ok(count)
    }

    /// The deleted character that an insertion at a position goes behind, because a mark has its end there: what is typed
    /// where the end of a link was stays outside of it, as it would if the end were still there.
    pub(crate) fn deleted_end(&mut self, at: usize) -> Option<Dot> {
        if self.marks.is_empty() || !self.sequence.is_deleted_behind(at) {
            return None;
        }
        self.marks.deleted_end(&self.sequence, at)
    }

    /// Inserts right behind a character that may be deleted, as a local write. Returns the position as well.
    pub(crate) fn insert_behind(
        &mut self,
        dot: Dot,
        character: Dot,
        text: &str,
    ) -> Result<usize, SequenceError> {
        let count = self.sequence.insert_behind(dot, character, text)?;
        if let Some((at, _)) = self.sequence.position_of(dot)
            && count > 0
        {
            self.note(|| TextStep::Insert { at, text: text.into() });
        }
        Ok(count)
    }

    /// Deletes by position, as a local write.
    pub(crate) fn delete(&mut self, dot: Dot, range: Range<usize>) -> Result<usize, SequenceError> {
        let at = range.start;
        let len = self.sequence.delete(dot, range)?;
        if len > 0 {
            self.note(|| TextStep::Delete { at, len });
        }
        Ok(len)
    }

    /// Does what an operation says. Returns whether that shows.
    pub(crate) fn execute(&mut self, stamp: Stamp, action: &TextAction) -> bool {
        match action {
            TextAction::Edit(edit) => self.apply(edit.into()),
            TextAction::Mark(mark) => self.mark(stamp, mark),
        }
    }

    /// Applies an edit from elsewhere. Returns whether anything came or went.
    pub(crate) fn apply(&mut self, edit: Lent<'_>) -> bool {
        let before = self.sequence.len();
        if self.steps.is_none() {
            // What cannot be placed has no effect anywhere: whether it can follows from what it depends on.
            let _ = self.sequence.integrate(edit, None);
            return self.sequence.len() != before;
        }
        let mut steps = Vec::new();
        let _ = self.sequence.integrate(edit, Some(&mut |step| steps.push(step)));
        for step in &steps {
            let sequence = &self.sequence;
            let step = match *step {
                Step::Insert { at, len } => {
                    TextStep::Insert { at, text: sequence.slice(at..at + len).into() }
                }
                Step::Delete { at, len } => TextStep::Delete { at, len },
            };
            self.note(|| step);
        }
        !steps.is_empty()
    }

    /// Puts an insertion that was not accepted right behind its left origin.
    pub(crate) fn keep(&mut self, action: &TextAction) {
        let TextAction::Edit(Edit::Insert { dot, left, text: Inserted::Text(text), .. }) = action else {
            return;
        };
        if self.sequence.version().contains(*dot) {
            return;
        }
        let _ = match left {
            Some(left) => self.sequence.insert_behind(*dot, *left, text),
            None => self.sequence.insert(*dot, 0, text),
        };
    }

    /// All of it is there.
    pub(crate) fn loaded(&mut self) {
        self.loading = false;
        self.marks.settle(&self.sequence);
    }

    /// Puts a mark on the text. Returns whether it shows anywhere.
    fn mark(&mut self, stamp: Stamp, mark: &Mark) -> bool {
        if self.loading {
            self.marks.restore(stamp, mark.clone());
            return false;
        }
        let Some(range) = mark.range(&self.sequence) else { return false };
        if !self.marks.add(stamp, mark.clone(), &self.sequence) {
            return false;
        }
        if self.steps.is_some() {
            // Later marks may count on parts of it: there it changes nothing.
            for (range, winner) in self.marks.winners(&self.sequence, range.clone(), &mark.key) {
                if winner.is_some_and(|(dot, _)| dot == stamp.dot) {
                    self.note(|| TextStep::Mark { range, key: mark.key.clone(), value: mark.value.clone() });
                }
            }
        }
        !range.is_empty()
    }

    /// From now on steps are kept. Returns how many the transaction that goes on has made already.
    pub(crate) fn follow(&mut self) -> usize {
        self.steps.get_or_insert_with(|| Box::new(Some(Vec::new()))).as_ref().as_ref().map_or(0, Vec::len)
    }

    /// Steps are not kept any more.
    pub(crate) fn unfollow(&mut self) {
        self.steps = None;
    }

    /// The steps of the transaction that ends; none for more than can be kept. The last one who asks ends it.
    pub(crate) fn steps(&mut self, is_last: bool) -> Option<Vec<TextStep>> {
        let Some(steps) = &mut self.steps else { return Some(Vec::new()) };
        if is_last { steps.replace(Vec::new()) } else { (**steps).clone() }
    }

    fn note(&mut self, step: impl FnOnce() -> TextStep) {
        let Some(steps) = &mut self.steps else { return };
        if let Some(kept) = &mut **steps {
            kept.push(step());
            if kept.len() > MAX_STEPS {
                **steps = None;
            }
        }
    }

    /// What one replica did to the characters from one sequence number to another.
    pub(crate) fn edits_by(&self, replica: ReplicaId, first: u64, last: u64) -> Vec<(Dot, TextAction)> {
        let edits = self.sequence.edits_by(replica, first, last).into_iter();
        edits
            .map(|edit| {
                let (dot, mut action) = (edit.dot(), TextAction::Edit(edit));
                let _ = action.split_off(last);
                (dot, action)
            })
            .collect()
    }

    /// Hands over every operation that `known` lacks.
    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        // Characters are not ordered by time: theirs is that of the change they come with.
        let mut edit = |edit: Edit| {
            let stamp = Stamp { time: Timestamp::default(), dot: edit.dot() };
            emit(Live { stamp, action: Action::Text(TextAction::Edit(edit)) });
        };
        self.sequence.edits_since(known, &mut |whole| whole.parts(MAX_RUN, &mut edit));
        self.marks.live(known, emit);
    }

    pub(crate) fn byte_size(&self) -> usize {
        self.sequence.heap_size() + self.marks.byte_size()
    }

    /// Stretches of equal marks over a range of positions, with what they are marked with.
    pub(crate) fn spans(&self, range: Range<usize>) -> Vec<MarkedRange> {
        self.marks.spans(&self.sequence, range)
    }
}
