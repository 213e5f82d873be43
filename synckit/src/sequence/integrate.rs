//! Edits from elsewhere: by the ids of what they stand beside.

use std::cmp::Ordering;

use super::contents::byte_len;
use super::edit::Edit;
use super::hot::Typing;
use super::index::Index;
use super::lent::{Lent, What};
use super::piece::{Id, MAX_PIECE, Piece, Place};
use super::writer::{Deletion, Span};
use super::{Sequence, SequenceError, Spot};

/// A step that an edit from elsewhere has made in the text that shows: how many characters came or went at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Insert { at: usize, len: usize },
    Delete { at: usize, len: usize },
}

/// A character in a piece.
pub(super) type At = (Spot, u32);

impl Sequence {
    /// Applies an edit of another replica. What is known of it already has no second effect.
    ///
    /// O(log n) for an insertion that nobody made another one beside at the same time; otherwise it also looks at those.
    /// O(log n) for each piece that is deleted.
    ///
    /// # Errors
    /// [`SequenceError::Missing`] when it builds on characters that are not here, [`SequenceError::Exhausted`] beyond the
    /// numbers and bytes of a writer.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), SequenceError> {
        self.integrate(edit.into(), None)
    }

    /// [`apply`](Self::apply), telling what it does to the text that shows. That costs O(log n) for each step.
    pub(crate) fn integrate(
        &mut self,
        edit: Lent<'_>,
        watch: Option<&mut dyn FnMut(Step)>,
    ) -> Result<(), SequenceError> {
        let Lent { dot, len, what } = edit;
        let end = dot.seq.checked_add(len as u64).filter(|&end| end <= u64::from(u32::MAX));
        if end.is_none() || len > MAX_PIECE as usize {
            return Err(SequenceError::Exhausted);
        }
        if dot.seq == 0 {
            return Err(SequenceError::Used);
        }
        if len == 0 {
            return Ok(());
        }
        let id = Id::new(self.writer(dot.replica), dot.seq as u32);
        match what {
            What::Insert { left, right, text } => {
                let origin = |origin: Option<_>| match origin {
                    Some(dot) => self.id(dot).ok_or(SequenceError::Missing),
                    None => Ok(Id::NONE),
                };
                let (left, right) = (origin(left)?, origin(right)?);
                let span = Span { seq: id.seq, len: len as u32, left, right, place: Place::GONE };
                self.integrate_insertion(id, span, text, watch)
            }
            What::Delete { target, descending } => {
                let target = self.id(target).ok_or(SequenceError::Missing)?;
                let deletion = Deletion::new(id.seq, len as u32, target, descending);
                self.integrate_deletion(id, deletion, watch)
            }
        }
    }

    fn integrate_insertion(
        &mut self,
        mut id: Id,
        mut span: Span,
        text: Option<&str>,
        watch: Option<&mut dyn FnMut(Step)>,
    ) -> Result<(), SequenceError> {
        let end = self.writers[id.writer as usize].end;
        let known = end.saturating_sub(span.seq);
        if known >= span.len {
            return Ok(());
        }
        if known > 0 {
            id.seq = end;
            span = Span { seq: end, len: span.len - known, left: Id::new(id.writer, end - 1), ..span };
        }
        let text = text.map(|text| &text[byte_len(text, known)..]);
        if text.is_some_and(|text| self.contents.room(id.writer) < text.len()) {
            return Err(SequenceError::Exhausted);
        }
        if let Some(text) = text
            && self.goes_on(id, &span)
        {
            // It goes on where the last edit ended.
            let at = watch.is_some().then(|| self.end_of_typing());
            if self.type_on(id, Typing::ANYWHERE, text, span.len) {
                if let (Some(watch), Some(at)) = (watch, at) {
                    watch(Step::Insert { at, len: span.len as usize });
                }
                return Ok(());
            }
        }
        let behind = self.destination(id, &span)?;
        let behind = behind.map(|(spot, offset)| self.cut_behind(spot, offset));
        if let Some(watch) = watch
            && text.is_some()
        {
            let at = behind.map_or(0, |spot| self.start_of(spot) + self.piece(spot).visible());
            watch(Step::Insert { at: at as usize, len: span.len as usize });
        }
        if text.is_some() {
            span.place = self.contents.next(id.writer);
        }
        self.writers[id.writer as usize].push_span(id.writer, span);
        match text {
            Some(text) => {
                let slot = self.put_text(behind, id, text).slot;
                let id = id.advance(span.len);
                self.hot.typing = Some(Typing { at: Typing::ANYWHERE, id, slot });
            }
            None => drop(self.put(behind, Piece::gone(id, span.len))),
        }
        Ok(())
    }

    /// Whether an insertion is one of further characters behind those of the last edit.
    fn goes_on(&self, id: Id, span: &Span) -> bool {
        self.hot.typing.is_some_and(|typing| typing.id == id && typing.at == Typing::ANYWHERE)
            && span.left == Id::new(id.writer, id.seq.wrapping_sub(1))
            && self.writers[id.writer as usize].spans.last().is_some_and(|last| last.right == span.right)
    }

    /// The position behind the last edit's characters.
    fn end_of_typing(&mut self) -> usize {
        let slot = self.hot.typing.map_or(0, |typing| typing.slot);
        let spot = Spot { leaf: self.hot.leaf, slot };
        (self.start_of(spot) + self.piece(spot).visible()) as usize
    }

    pub(super) fn integrate_deletion(
        &mut self,
        own: Id,
        deletion: Deletion,
        mut watch: Option<&mut dyn FnMut(Step)>,
    ) -> Result<(), SequenceError> {
        let writer = &mut self.writers[own.writer as usize];
        if deletion.end() <= writer.end {
            return Ok(());
        }
        let (low, high) = match deletion.targets() {
            Some(targets) => targets,
            None => return Err(SequenceError::Missing),
        };
        let deletion = deletion.from(writer.end);
        let (from, to) = deletion.targets().unwrap_or((low, high));
        // Only characters are deleted, and all of them are here: so every replica decides alike.
        if !self.writers[deletion.target.writer as usize].has_characters(low, high) {
            return Err(SequenceError::Missing);
        }
        self.writers[own.writer as usize].push_deletion(deletion);
        let target = deletion.target.writer;
        let mut seq = from;
        while seq < to {
            // Numbers in between may be those of deletions.
            seq = match self.writers[target as usize].next_character(seq) {
                Some(next) if next < to => next,
                _ => break,
            };
            let Some((spot, offset)) = self.find(Id::new(target, seq)) else { break };
            let piece = *self.piece(spot);
            let len = (piece.len() - offset).min(to - seq);
            if !piece.is_deleted() {
                if let Some(watch) = &mut watch {
                    let at = self.start_of(spot) + offset;
                    watch(Step::Delete { at: at as usize, len: len as usize });
                }
                self.hide(spot, offset, len);
            }
            seq += len;
        }
        Ok(())
    }

    /// The character that a new one goes behind.
    pub(super) fn destination(&mut self, id: Id, span: &Span) -> Result<Option<At>, SequenceError> {
        let left = match span.left {
            Id::NONE => None,
            left => Some(self.find(left).ok_or(SequenceError::Missing)?),
        };
        let mut next = self.successor(left);
        if next.map_or(Id::NONE, |at| self.id_at(at)) == span.right {
            return Ok(left);
        }
        // Others have inserted between the same two characters.
        let right = match span.right {
            Id::NONE => None,
            right => Some(self.find(right).ok_or(SequenceError::Missing)?),
        };
        if self.order(left, right) != Ordering::Less && right.is_some() {
            return Err(SequenceError::Missing);
        }
        let replica = self.writers[id.writer as usize].replica;
        let (mut behind, mut previous, mut scanning, mut steps) = (left, left, false, 0);
        if let Some(sibling) = self.last_sibling(id, span) {
            next = Some(sibling);
        }
        loop {
            steps += 1;
            crate::steps::count(1);
            if !scanning {
                behind = previous;
            }
            let Some(at) = next else { break };
            let other = self.id_at(at);
            if other == span.right {
                break;
            }
            let writer = &self.writers[other.writer as usize];
            let (other_left, other_right) = writer.origins(other);
            if other_left == span.left {
                if other_right == span.right {
                    if replica < writer.replica {
                        break;
                    }
                    scanning = false;
                } else {
                    scanning = self.is_before_right(other_right, right);
                }
            } else if previous.map(|at| self.id_at(at)) != Some(other_left)
                && self.is_before_left(other_left, left)
            {
                break;
            }
            previous = Some(self.end_of_run(at, span.right));
            next = self.successor(previous);
        }
        self.note_sibling(id, span, steps);
        Ok(behind)
    }

    /// The last character of a piece, or the one in front of a right origin in it: each in between stands behind the one before.
    pub(super) fn end_of_run(&self, at: At, right: Id) -> At {
        let piece = self.piece(at.0);
        let mut last = piece.len() - 1;
        if piece.contains(right) && right.seq > piece.seq + at.1 {
            last = right.seq - piece.seq - 1;
        }
        (at.0, last)
    }

    /// The character behind another one, or the very first.
    pub(super) fn successor(&self, at: Option<At>) -> Option<At> {
        match at {
            Some((spot, offset)) if offset + 1 < self.piece(spot).len() => Some((spot, offset + 1)),
            Some((spot, _)) => {
                let (leaf, slot, _) = self.tree.next_piece(spot.leaf, spot.slot)?;
                Some((Spot { leaf, slot }, 0))
            }
            None => self.first(),
        }
    }

    fn first(&self) -> Option<At> {
        let spot = Spot { leaf: self.tree.first_leaf(), slot: 0 };
        (!self.tree.leaf(spot.leaf).pieces().is_empty()).then_some((spot, 0))
    }

    pub(super) fn id_at(&self, (spot, offset): At) -> Id {
        self.piece(spot).id().advance(offset)
    }

    /// Whether a left origin stands before another one, which is a character or the start.
    fn is_before_left(&self, origin: Id, left: Option<At>) -> bool {
        match (origin, left) {
            (_, None) => false,
            (Id::NONE, Some(_)) => true,
            (origin, Some(_)) => self.order(self.find(origin), left) == Ordering::Less,
        }
    }

    /// Whether a right origin stands before another one, which is a character or the end.
    fn is_before_right(&self, origin: Id, right: Option<At>) -> bool {
        match (origin, right) {
            (Id::NONE, _) => false,
            (_, None) => true,
            (origin, Some(_)) => self.order(self.find(origin), right) == Ordering::Less,
        }
    }

    /// Which of two characters comes first; none is the start. O(log n).
    pub(super) fn order(&self, a: Option<At>, b: Option<At>) -> Ordering {
        let (Some((a, a_offset)), Some((b, b_offset))) = (a, b) else {
            return a.is_some().cmp(&b.is_some());
        };
        self.tree.compare(a.leaf, b.leaf).then(a.slot.cmp(&b.slot)).then(a_offset.cmp(&b_offset))
    }

    /// Where a character is. O(log n), but for the first time.
    pub(super) fn find(&self, id: Id) -> Option<At> {
        crate::steps::count(1);
        let index = self.index.get_or_init(|| self.indices());
        let leaf = index.get(id.writer as usize)?.leaf(id.seq)?;
        let slot = self.tree.leaf(leaf).pieces().iter().position(|piece| piece.contains(id))?;
        let spot = Spot { leaf, slot };
        Some((spot, id.seq - self.piece(spot).seq))
    }

    /// The indices from characters to leaves. O(n log n).
    fn indices(&self) -> Vec<Index> {
        let mut pieces = vec![Vec::new(); self.writers.len()];
        for (leaf, piece) in self.tree.pieces() {
            pieces[piece.writer as usize].push((piece.seq, leaf));
        }
        let writers = self.writers.iter().zip(pieces);
        writers.map(|(writer, pieces)| Index::build(pieces, writer.end)).collect()
    }
}
