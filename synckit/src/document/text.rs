//! Writes to a text inside a transaction, and how they are taken back.

use std::ops::Range;
use std::sync::Arc;

use super::edit::{check_key, check_value};
use super::error::WriteError;
use super::stand_in::{Aspect, StandIns};
use super::text_undo::{Edited, TextInverse};
use super::transaction::Transaction;
use super::undo::Inverse;
use crate::crdt::container::ContainerId;
use crate::crdt::marks::{Anchor, Expand, Found, Mark};
use crate::crdt::operation::Action;
use crate::crdt::text::{TextAction, TextState};
use crate::sequence::SequenceError;
use crate::value::Value;
use crate::version::Dot;

/// Bytes of one insertion, so that it always fits into one message.
const MAX_INSERT: usize = 1 << 20;

/// Characters that come back: the id of the first, what they are, and how they were marked.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) first: Dot,
    pub(super) text: String,
    pub(super) marks: Vec<Marked>,
}

/// A mark on a stretch of characters, by positions in it or by the numbers of their deletions, and the operation that it came with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marked {
    pub(super) range: Range<usize>,
    key: Arc<str>,
    value: Option<Value>,
    by: Dot,
}

impl Marked {
    /// The same on another range.
    pub(super) fn on(&self, range: Range<usize>) -> Self {
        Self { range, ..self.clone() }
    }

    /// Whether it is the same mark, wherever.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        (&self.key, &self.value, self.by) == (&other.key, &other.value, other.by)
    }
}

/// A stretch, how a key was marked there before, and by which operation.
#[derive(Debug, Clone)]
pub(crate) struct Unmarked {
    start: Anchor,
    end: Anchor,
    value: Option<Value>,
    by: Option<Dot>,
}

/// What stands for what after something was brought back: pairs of before and now.
#[derive(Debug, Default)]
pub(super) struct Renamed {
    pub(super) characters: Vec<(Dot, Dot)>,
    pub(super) marks: Vec<(Dot, Dot)>,
}

impl From<SequenceError> for WriteError {
    fn from(error: SequenceError) -> Self {
        match error {
            SequenceError::OutOfBounds { at, len } => Self::OutOfBounds { index: at, len },
            _ => Self::Exhausted,
        }
    }
}

/// Whether a text is short enough to be inserted in one go.
pub(crate) fn check_insertion(text: &str) -> Result<(), WriteError> {
    match text.len() {
        size if size > MAX_INSERT => {
            Err(WriteError::TooLarge { what: "a text to insert", size, limit: MAX_INSERT })
        }
        _ => Ok(()),
    }
}

impl Transaction<'_> {
    /// Inserts at a position. Returns the first character's id; none when there is nothing to insert.
    pub(crate) fn text_insert(
        &mut self,
        text: &ContainerId,
        at: usize,
        characters: &str,
    ) -> Result<Option<Dot>, WriteError> {
        check_insertion(characters)?;
        self.edit_text(text, Edited::Inserted, |dot, text| {
            Ok(match text.deleted_end(at) {
                Some(end) => text.insert_behind(dot, end, characters)?,
                None => text.insert(dot, at, characters)?,
            })
        })
    }

    /// Deletes a range of positions.
    pub(crate) fn text_delete(&mut self, text: &ContainerId, range: Range<usize>) -> Result<(), WriteError> {
        let first = self.next_dot().seq as usize;
        let state = self.state.text(text).filter(|text| !text.marks.is_empty());
        let marks = state.map(|text| marks(text, range.clone(), first)).unwrap_or_default();
        let deleted = self.edit_text(text, Edited::Deleted, |dot, text| Ok(text.delete(dot, range)?))?;
        if deleted.is_some()
            && let Some(Inverse::Text(TextInverse::Edits(edits))) = self.open.inverses.last_mut()
        {
            edits.marks.extend(marks);
        }
        Ok(())
    }

    /// Gives a key a value over a range of positions, or takes it away.
    pub(crate) fn text_mark(
        &mut self,
        text: &ContainerId,
        range: Range<usize>,
        key: &Arc<str>,
        value: Option<Value>,
        expand: Expand,
    ) -> Result<Option<Dot>, WriteError> {
        self.text_mark_from(None, text, range, key, value, expand)
    }

    /// The same, tied to a place in front of the range where there is one: only deleted characters lie between them.
    fn text_mark_from(
        &mut self,
        place: Option<Anchor>,
        text: &ContainerId,
        range: Range<usize>,
        key: &Arc<str>,
        value: Option<Value>,
        expand: Expand,
    ) -> Result<Option<Dot>, WriteError> {
        check_key(key)?;
        value.as_ref().map_or(Ok(()), check_value)?;
        let Some(state) = self.state.text_mut(text) else { return Ok(None) };
        let len = state.sequence().len();
        if range.end > len {
            return Err(WriteError::OutOfBounds { index: range.end, len });
        }
        if range.is_empty() {
            return Ok(None);
        }
        let sequence = state.sequence();
        let before = state.marks.winners(sequence, range.clone(), key);
        let previous = before.into_iter().map(|(range, winner)| Unmarked {
            start: Anchor::before(sequence, range.start),
            end: Anchor::after(sequence, range.end),
            by: winner.as_ref().map(|winner| winner.0),
            value: winner.and_then(|winner| winner.1),
        });
        let previous = previous.collect();
        let (start, end) = expand.anchors(sequence, range);
        let mark = Mark { start: place.unwrap_or(start), end, key: key.clone(), value };
        let written = self.perform(text, |_| Action::Text(TextAction::Mark(mark)));
        let (text, key) = (text.clone(), key.clone());
        self.open.inverses.push(Inverse::Text(TextInverse::Mark { text, key, previous, written }));
        Ok(Some(written))
    }

    /// Deletes those of these characters that still show.
    pub(super) fn text_take_out(&mut self, text: &ContainerId, characters: &[Dot]) {
        let Some(state) = self.state.text_mut(text) else { return };
        let sequence = state.sequence();
        let places = characters.iter().filter_map(|dot| sequence.position_of(*dot)).filter(|place| place.1);
        let mut places: Vec<usize> = places.map(|(at, _)| at).collect();
        crate::sorted::sort_by_number(&mut places, |at| *at as u64);
        // From the back, so that positions stay what they are; neighbours go together.
        while let Some(last) = places.pop() {
            let mut first = last;
            while places.last().is_some_and(|&before| before + 1 == first) {
                first -= 1;
                places.pop();
            }
            let _ = self.text_delete(text, first..last + 1);
        }
    }

    /// Inserts what was deleted where it was.
    pub(super) fn text_put_back(
        &mut self,
        text: &ContainerId,
        lost: &Lost,
        are_one: &dyn Fn(Dot, Dot) -> bool,
        renamed: &mut Renamed,
    ) -> Result<(), WriteError> {
        let len = lost.text.chars().count();
        let last = Dot::new(lost.first.replica, lost.first.seq + len as u64 - 1);
        // Right where they were, among others that are deleted: these may come back later and find their order.
        let behind = |dot, text: &mut TextState| Ok(text.insert_behind(dot, last, &lost.text)?);
        let Ok(Some(first)) = self.edit_text(text, Edited::Inserted, behind) else { return Ok(()) };
        let at = self.state.text(text).and_then(|text| text.sequence().position_of(first));
        let Some((at, _)) = at else { return Ok(()) };
        for step in 0..len as u64 {
            let now = Dot::new(first.replica, first.seq + step);
            renamed.characters.push((Dot::new(lost.first.replica, lost.first.seq + step), now));
        }
        self.text_mark_as(text, at, lost, are_one, renamed)
    }

    /// Brings the marks of what was put back at a position to those that it had. What grew over it meanwhile goes.
    fn text_mark_as(
        &mut self,
        text: &ContainerId,
        at: usize,
        lost: &Lost,
        are_one: &dyn Fn(Dot, Dot) -> bool,
        renamed: &mut Renamed,
    ) -> Result<(), WriteError> {
        let len = lost.text.chars().count();
        let now = self.state.text(text).map(|text| marks(text, at..at + len, 0)).unwrap_or_default();
        for Marked { range, key, .. } in
            now.iter().filter(|mark| mark.value.is_some() && !lost.marks.contains(mark))
        {
            self.text_mark_again(text, at + range.start..at + range.end, key, None, &|_| true)?;
        }
        for Marked { range, key, value, by } in lost.marks.iter().filter(|mark| !now.contains(mark)) {
            let range = at + range.start..at + range.end;
            let written =
                self.text_mark_again(text, range, key, value.clone(), &|mark| are_one(mark, *by))?;
            renamed.marks.extend(written.map(|now| (*by, now)));
        }
        Ok(())
    }

    /// Marks a range as it was before. The new mark begins where those begin that it stands for, on deleted characters in front of
    /// the range, and so they are forgotten: otherwise one more would stay each time that something comes and goes.
    fn text_mark_again(
        &mut self,
        text: &ContainerId,
        range: Range<usize>,
        key: &Arc<str>,
        value: Option<Value>,
        stands_for: &dyn Fn(Dot) -> bool,
    ) -> Result<Option<Dot>, WriteError> {
        let place = self.state.text(text).and_then(|text| {
            let is_its = |dot: Dot, other: &Option<Value>| *other == value && stands_for(dot);
            text.marks.covered_start(text.sequence(), range.clone(), key, &is_its)
        });
        self.text_mark_from(place, text, range, key, value, Expand::None)
    }

    /// Brings a key back to what it was, where what stands for `written` still counts.
    pub(super) fn text_unmark(
        &mut self,
        text: &ContainerId,
        key: &Arc<str>,
        previous: &Unmarked,
        written: Dot,
        stand_ins: &StandIns,
        renamed: &mut Renamed,
    ) -> Result<(), WriteError> {
        let today = |dot| stand_ins.of(Aspect::Life, dot);
        let are_one = |one, other| stand_ins.are_one(Aspect::Mark, one, other);
        let Some(state) = self.state.text(text) else { return Ok(()) };
        let sequence = state.sequence();
        // Characters that went and came back have other names now.
        let position = |anchor: Anchor| Anchor { dot: anchor.dot.map(&today), ..anchor }.position(sequence);
        let ends = (position(previous.start), position(previous.end));
        let (Some(start), Some(end)) = ends else { return Ok(()) };
        for (range, winner) in state.marks.winners(sequence, start..end.max(start), key) {
            if winner.is_some_and(|winner| are_one(winner.0, written)) {
                let stands_for = |mark| previous.by.is_none_or(|by| are_one(mark, by));
                let now = self.text_mark_again(text, range, key, previous.value.clone(), &stands_for)?;
                renamed.marks.extend(previous.by.zip(now));
            }
        }
        Ok(())
    }
}

/// How a range is marked, by numbers from `first` on.
fn marks(text: &TextState, range: Range<usize>, first: usize) -> Vec<Marked> {
    if text.marks.is_empty() {
        return Vec::new();
    }
    let within = text.marks.within(text.sequence(), range.clone()).into_iter();
    let marked = |(span, key, by, value): Found| Marked {
        range: first + span.start - range.start..first + span.end - range.start,
        key,
        value,
        by,
    };
    within.map(marked).collect()
}
