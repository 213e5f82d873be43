//! A text as it was, and who wrote it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::history::History;
use super::node::Node;
use super::text::TextRef;
use crate::client::cell::DocumentCell;
use crate::crdt::marks::{Expand, MarkedRange};
use crate::document::DocumentState;
use crate::document::history::HistoryError;
use crate::sequence::TextChange;
use crate::value::Value;
use crate::version::{Dot, ReplicaId, VersionVector};

/// Characters that are put back in one operation.
const PART: usize = 128 << 10;

/// A stretch of text that one replica wrote in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlameSpan {
    /// Where, in Unicode scalar values.
    pub range: Range<usize>,
    /// The id of its first character.
    pub dot: Dot,
    /// Who wrote it; [`History::author`] tells the name.
    pub replica: ReplicaId,
    /// When, in milliseconds since 1970, give or take two seconds. `None` when it is older than the history.
    pub time: Option<u64>,
}

impl TextRef {
    /// The history of the document that the text lies in.
    pub fn history(&self) -> History {
        History::new(self.node.cell.clone())
    }

    /// The text as it was at a version, with its marks: a handle that cannot be written. O(n), and O(marks²) for marks that were
    /// ever made.
    ///
    /// # Errors
    /// [`HistoryError`] when the version cannot be had.
    pub fn at(&self, version: &VersionVector) -> Result<Self, HistoryError> {
        let past = self.node.cell.read(|state| state.text_at(&self.node.id, version))?;
        let cell = DocumentCell::past(&self.node.cell, past);
        Ok(Self::new(Node { cell, id: self.node.id.clone() }))
    }

    /// Who wrote the characters of a range, and when; what is past the end is left out. Without a history the writers are known,
    /// not the times. O(stretches log n).
    pub fn blame(&self, range: Range<usize>) -> Vec<BlameSpan> {
        self.node.cell.read(|state| {
            let mut spans: Vec<BlameSpan> = Vec::new();
            let Some(text) = state.text(&self.node.id) else { return spans };
            let mut at = range.start;
            for (mut dot, mut len) in text.sequence().dots_in(range) {
                while len > 0 {
                    let (time, part) = match state.time_of(dot) {
                        Some((time, end)) => (Some(time), (end + 1 - dot.seq).min(len as u64) as usize),
                        None => (None, state.without_time(dot, len)),
                    };
                    let time = time.filter(|&time| time > 0);
                    match spans.last_mut() {
                        Some(last) if last.replica == dot.replica && last.time == time => {
                            last.range.end += part;
                        }
                        _ => spans.push(BlameSpan { range: at..at + part, dot, replica: dot.replica, time }),
                    }
                    at += part;
                    len -= part;
                    dot.seq += part as u64;
                }
            }
            spans
        })
    }

    /// What came and went between two versions, in the order of the text. Characters are compared by what they are, not by how they
    /// look, so this is what was written and deleted indeed. O(n).
    ///
    /// # Errors
    /// [`HistoryError`] when one of the versions cannot be had.
    pub fn diff(&self, from: &VersionVector, to: &VersionVector) -> Result<Vec<TextChange>, HistoryError> {
        self.node.cell.read(|state| {
            state.check_version(from)?;
            state.check_version(to)?;
            Ok(self.changes(state, from, to))
        })
    }

    /// Brings characters and marks to what they were at a version: one transaction that can be undone. What is in both versions
    /// is left alone.
    ///
    /// # Errors
    /// [`HistoryError`] when the version cannot be had; nothing has changed then.
    pub fn restore(&self, version: &VersionVector) -> Result<(), HistoryError> {
        self.node.cell.update(|| {
            let past = self.at(version)?;
            let changes = self.node.cell.read(|state| self.changes(state, &state.version().clone(), version));
            let mut at = 0;
            for change in changes {
                match change {
                    TextChange::Keep(text) => at += text.chars().count(),
                    TextChange::Delete(text) => self.delete(at..at + text.chars().count())?,
                    TextChange::Insert(text) => {
                        let characters: Vec<char> = text.chars().collect();
                        for part in characters.chunks(PART) {
                            self.insert(at, &part.iter().collect::<String>())?;
                            at += part.len();
                        }
                    }
                }
            }
            for (key, range, value) in differences(&self.marked(), &past.marked()) {
                match value {
                    Some(value) => self.mark(range, &key, value, Expand::None)?,
                    None => self.unmark(range, &key)?,
                }
            }
            Ok(())
        })
    }

    fn changes(&self, state: &DocumentState, from: &VersionVector, to: &VersionVector) -> Vec<TextChange> {
        state.text(&self.node.id).map(|text| text.sequence().changes_between(from, to)).unwrap_or_default()
    }

    fn marked(&self) -> Vec<MarkedRange> {
        let spans = |state: &DocumentState| {
            state.text(&self.node.id).map(|text| text.spans(0..text.sequence().len())).unwrap_or_default()
        };
        self.node.cell.read(spans)
    }
}

/// A stretch, and what a key has to be there; nothing takes it away.
type Mended = (Range<usize>, Option<Value>);

/// What has to be marked where, and with what, to bring `now` to what `then` is: both over the same characters.
fn differences(now: &[MarkedRange], then: &[MarkedRange]) -> Vec<(Arc<str>, Range<usize>, Option<Value>)> {
    let mut open: BTreeMap<Arc<str>, Vec<Mended>> = BTreeMap::new();
    let (mut at, mut now, mut then) = (0, now.iter().peekable(), then.iter().peekable());
    while let (Some((here, is)), Some((there, was))) = (now.peek(), then.peek()) {
        let end = here.end.min(there.end);
        let put = was.iter().filter(|mark| !is.contains(mark)).map(|(key, value)| (key, Some(value.clone())));
        let gone = is.iter().filter(|(key, _)| was.iter().all(|(other, _)| other != key));
        for (key, value) in put.chain(gone.map(|(key, _)| (key, None))) {
            let stretches = open.entry(key.clone()).or_default();
            match stretches.last_mut() {
                Some((range, same)) if range.end == at && *same == value => range.end = end,
                _ => stretches.push((at..end, value)),
            }
        }
        at = end;
        now.next_if(|(range, _)| range.end == end);
        then.next_if(|(range, _)| range.end == end);
    }
    let stretches = |(key, stretches): (Arc<str>, Vec<Mended>)| {
        stretches.into_iter().map(move |(range, value)| (key.clone(), range, value))
    };
    open.into_iter().flat_map(stretches).collect()
}
