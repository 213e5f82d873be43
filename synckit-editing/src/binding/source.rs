//! What an element is bound to.

use std::sync::Arc;

use synckit::{
    FieldRef, Observable, TextFollower, TextRef, TextSpan, TextStep, UndoManager, Value, WriteError,
};

use crate::delta::{Attributes, Delta, Op};
use crate::marks::expand;

/// Bytes that are inserted at once, so that a text takes it.
const MAX_INSERT: usize = 512 << 10;

/// A text, or a field that holds a string, and what of it has been taken in.
#[derive(Debug)]
pub(super) enum Source {
    Text { text: TextRef, follower: TextFollower, len: usize, rich: bool },
    Field { field: FieldRef<String>, known: String },
}

impl Source {
    pub(super) fn text(text: TextRef, rich: bool) -> Self {
        Self::Text { follower: text.follower(), len: text.len(), text, rich }
    }

    pub(super) fn field(field: FieldRef<String>) -> Self {
        Self::Field { known: field.get().unwrap_or_default(), field }
    }

    pub(super) fn is_rich(&self) -> bool {
        matches!(self, Self::Text { rich: true, .. })
    }

    pub(super) fn clone_text(&self) -> Option<TextRef> {
        match self {
            Self::Text { text, .. } => Some(text.clone()),
            Self::Field { .. } => None,
        }
    }

    pub(super) fn undo_manager(&self) -> UndoManager {
        match self {
            Self::Text { text, .. } => text.undo_manager(),
            Self::Field { field, .. } => field.undo_manager(),
        }
    }

    /// All of it, as insertions; from now on what happens is told on top of it.
    pub(super) fn read(&mut self) -> Delta {
        match self {
            Self::Text { text, follower, len, rich } => {
                let (all, now) = follower.read(|| (content(text, *rich), text.len()));
                *len = now;
                all
            }
            Self::Field { field, known } => {
                *known = field.get().unwrap_or_default();
                Delta::new().insert(known.clone())
            }
        }
    }

    /// What happened since the last time.
    pub(super) fn pull(&mut self) -> Delta {
        match self {
            Self::Text { text, follower, len, rich } => {
                let (mut all, mut is_known) = (Vec::new(), true);
                while let Some(delta) = follower.next() {
                    match delta.change {
                        Some(steps) => all.extend(steps),
                        None => is_known = false,
                    }
                }
                let change = match is_known {
                    true if all.is_empty() => return Delta::new(),
                    true => {
                        let change = Delta::compose_all(all.into_iter().map(change_of).collect());
                        if *rich { with_marks(change, text) } else { change.plain() }
                    }
                    false => {
                        let all = follower.read(|| content(text, *rich));
                        Delta::new().delete(*len).compose(&all)
                    }
                };
                *len = text.len();
                change
            }
            Self::Field { field, known } => {
                let now = field.get().unwrap_or_default();
                let change = difference(known, &now);
                *known = now;
                change
            }
        }
    }

    /// Makes a change of what was read last. When it fails, a text is left half changed: take the transaction back.
    pub(super) fn write(&mut self, delta: &Delta) -> Result<(), WriteError> {
        match self {
            Self::Text { text, rich, .. } => write(text, delta, *rich),
            Self::Field { field, known } => match delta.apply(known) {
                Some(value) => {
                    field.set(value.clone())?;
                    *known = value;
                    Ok(())
                }
                None => Ok(()),
            },
        }
    }

    /// What has to be done after `meant` for it to be `written`, a change of the same text that differs from it in marks
    /// alone: when a mark grew over what others have inserted, for instance.
    pub(super) fn difference(&self, meant: &Delta, written: &Delta) -> Delta {
        let Some(text) = self.clone_text() else { return Delta::new() };
        let mut at = 0;
        let stretches = meant.marked_stretches(written);
        let differs = stretches.into_iter().map(|(len, meant, written)| {
            let op = Op::Retain(len, fix(&text, at, &meant, &written));
            at += len;
            op
        });
        differs.collect()
    }
}

/// Which marks a stretch at a place is to be given so that it has those that were written instead of those that were meant.
fn fix(text: &TextRef, at: usize, meant: &Attributes, written: &Attributes) -> Attributes {
    let mut fix = Attributes::new();
    for (key, value) in written.iter().filter(|(key, value)| meant.get(key) != Some(*value)) {
        fix.set(key.clone(), value.cloned());
    }
    for (key, value) in meant.iter().filter(|(key, _)| written.get(key).is_none()) {
        let now = text.marks_at(at).into_iter().find(|(other, _)| other == key).map(|(_, value)| value);
        if now.as_ref() != value {
            fix.set(key.clone(), now);
        }
    }
    fix
}

fn content(text: &TextRef, rich: bool) -> Delta {
    let spans = text.spans().into_iter();
    let marked =
        |span: TextSpan| Op::Insert(span.text, if rich { span.marks.into() } else { Attributes::new() });
    spans.map(marked).collect()
}

fn change_of(step: TextStep) -> Delta {
    let at = |at| Delta::new().then(Op::Retain(at, Attributes::new()));
    match step {
        TextStep::Insert { at: place, text } => start(place, Op::Insert(text.to_string(), Attributes::new())),
        TextStep::Delete { at: place, len } => start(place, Op::Delete(len)),
        TextStep::Mark { range, key, value } => {
            let attributes: Attributes = std::iter::once((key, value)).collect();
            start(range.start, Op::Retain(range.len(), attributes))
        }
        _ => at(0),
    }
}

fn start(at: usize, op: Op) -> Delta {
    [Op::Retain(at, Attributes::new()), op].into_iter().collect()
}

/// A change with the marks that what it inserts has now.
fn with_marks(change: Delta, text: &TextRef) -> Delta {
    let (mut at, mut ops) = (0, Vec::new());
    for op in change.ops() {
        let len = op.len();
        match op {
            Op::Delete(_) => {
                ops.push(op.clone());
                continue;
            }
            Op::Retain(..) => ops.push(op.clone()),
            Op::Insert(..) => {
                let spans = text.spans_in(at..at + len).into_iter();
                ops.extend(spans.map(|span| Op::Insert(span.text, span.marks.into())));
            }
        }
        at += len;
    }
    ops.into_iter().collect()
}

fn write(text: &TextRef, delta: &Delta, rich: bool) -> Result<(), WriteError> {
    let mut at = 0;
    let mut ops = delta.ops().iter().peekable();
    while let Some(op) = ops.next() {
        match op {
            Op::Retain(len, attributes) => {
                for (key, value) in attributes.iter() {
                    set_mark(text, at, *len, key, value)?;
                }
                at += len;
            }
            Op::Delete(len) => text.delete(at..at + len)?,
            Op::Insert(inserted, attributes) => {
                // What is replaced goes first: what replaces it then takes the marks around it.
                if let Some(Op::Delete(len)) = ops.next_if(|next| matches!(next, Op::Delete(_))) {
                    text.delete(at..at + len)?;
                }
                let begin = at;
                for part in parts(inserted) {
                    text.insert(at, part)?;
                    at += part.chars().count();
                }
                if rich {
                    mark_inserted(text, begin, at, attributes)?;
                }
            }
        }
    }
    Ok(())
}

/// Gives what was inserted exactly these marks.
fn mark_inserted(text: &TextRef, begin: usize, end: usize, wanted: &Attributes) -> Result<(), WriteError> {
    let mut at = begin;
    for TextSpan { text: stretch, marks, .. } in text.spans_in(begin..end) {
        let len = stretch.chars().count();
        for (key, value) in wanted.iter() {
            let there = marks.iter().find(|(other, _)| other == key).map(|(_, value)| value);
            if there != value {
                set_mark(text, at, len, key, value)?;
            }
        }
        for (key, _) in marks.iter().filter(|(key, _)| wanted.get(key).is_none()) {
            set_mark(text, at, len, key, None)?;
        }
        at += len;
    }
    Ok(())
}

fn set_mark(
    text: &TextRef,
    at: usize,
    len: usize,
    key: &Arc<str>,
    value: Option<&Value>,
) -> Result<(), WriteError> {
    match value {
        Some(value) => text.mark(at..at + len, key, value.clone(), expand(key)),
        None => text.unmark_as(at..at + len, key, expand(key)),
    }
}

/// A long text in parts that can be inserted.
fn parts(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while text.len() > MAX_INSERT {
        let end = (0..=MAX_INSERT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(MAX_INSERT);
        let (part, rest) = text.split_at(end);
        parts.push(part);
        text = rest;
    }
    parts.push(text);
    parts
}

/// What leads from one string to another: what lies between a common front and a common end is replaced.
fn difference(before: &str, after: &str) -> Delta {
    let same = |pair: &(char, char)| pair.0 == pair.1;
    let front = before.chars().zip(after.chars()).take_while(same).count();
    let (old, new) = (before.chars().count(), after.chars().count());
    let ends = before.chars().rev().zip(after.chars().rev()).take(old.min(new) - front);
    let back = ends.take_while(same).count();
    let middle: String = after.chars().skip(front).take(new - front - back).collect();
    Delta::new().retain(front).insert(middle).delete(old - front - back)
}
