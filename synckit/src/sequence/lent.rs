//! An edit whose characters stay where they are: one that goes in or out alone takes no copy of them.

use super::Sequence;
use super::edit::{Edit, Inserted, behind};
use super::piece::Id;
use crate::version::{Dot, ReplicaId};

/// What an [`Edit`] says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lent<'a> {
    /// Its first sequence number, and its writer.
    pub(crate) dot: Dot,
    /// How many sequence numbers it takes.
    pub(crate) len: usize,
    pub(crate) what: What<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'a> {
    /// No text when nobody knows any more what the characters were.
    Insert {
        left: Option<Dot>,
        right: Option<Dot>,
        text: Option<&'a str>,
    },
    Delete {
        target: Dot,
        descending: bool,
    },
}

impl Lent<'_> {
    /// The last one of each writer's characters that it builds on.
    pub(crate) fn dependencies(&self) -> [Option<Dot>; 2] {
        match self.what {
            What::Insert { left, right, .. } => [left, right],
            What::Delete { target, descending: true } => [Some(target), None],
            What::Delete { target: Dot { replica, seq }, .. } => {
                [Some(Dot { replica, seq: seq + self.len as u64 - 1 }), None]
            }
        }
    }
}

impl<'a> From<&'a Edit> for Lent<'a> {
    fn from(edit: &'a Edit) -> Self {
        let what = match edit {
            Edit::Insert { left, right, text, .. } => {
                let text = match text {
                    Inserted::Text(text) => Some(&**text),
                    Inserted::Gone(_) => None,
                };
                What::Insert { left: *left, right: *right, text }
            }
            Edit::Delete { target, descending, .. } => {
                What::Delete { target: *target, descending: *descending }
            }
        };
        Self { dot: edit.dot(), len: edit.len(), what }
    }
}

impl From<Lent<'_>> for Edit {
    fn from(Lent { dot, len, what }: Lent<'_>) -> Self {
        match what {
            What::Insert { left, right, text } => {
                let text = text.map_or(Inserted::Gone(len), |text| Inserted::Text(text.into()));
                Self::Insert { dot, left, right, text }
            }
            What::Delete { target, descending } => Self::Delete { dot, target, len, descending },
        }
    }
}

impl Sequence {
    /// What a writer did from sequence number `first` to `last`, when that is one edit, and its characters lie together.
    pub(crate) fn edit_of(&self, replica: ReplicaId, first: u64, last: u64) -> Option<Lent<'_>> {
        let at = self.by_replica.binary_search_by_key(&replica, |entry| entry.0).ok()?;
        let at = self.by_replica[at].1;
        let writer = &self.writers[at as usize];
        let (seq, end) = (u32::try_from(first).ok()?, u32::try_from(last).ok()?.checked_add(1)?);
        let (dot, len) = (Dot::new(replica, first), end - seq);
        let span = behind(&writer.spans, |span| span.end() <= seq).first();
        if let Some(span) = span.filter(|span| span.seq <= seq) {
            if span.end() < end || span.place.is_gone() {
                return None;
            }
            let left = if span.seq == seq { span.left } else { Id::new(at, seq - 1) };
            let text = Some(self.contents.own(at, span.place, seq - span.seq, len));
            let what = What::Insert { left: self.dot(left), right: self.dot(span.right), text };
            return Some(Lent { dot, len: len as usize, what });
        }
        let deletion = behind(&writer.deletions, |deletion| deletion.end() <= seq).first()?;
        if deletion.seq > seq || deletion.end() < end {
            return None;
        }
        let deletion = deletion.from(seq);
        let descending = deletion.is_descending();
        Some(Lent {
            dot,
            len: len as usize,
            what: What::Delete { target: self.dot(deletion.target)?, descending },
        })
    }
}
