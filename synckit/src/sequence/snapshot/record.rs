//! From a sequence to its session.

use super::super::piece::{Id, MAX_PIECE, Place};
use super::super::writer::{Deletion, Span};
use super::super::{Sequence, Spot};
use super::{
    BACKSPACE, BACKSPACE_AT, Columns, DELETE, DELETE_AT, HERE, INSERT, INSERT_AT, LEN_SHIFT, LONG, MAX_SHOWN,
    OTHER, SKIP, WRITER,
};
use crate::crdt::causal;
use crate::version::Dot;
use crate::wire::bytes::{put_number, put_signed};

/// What a writer did in one go.
#[derive(Clone, Copy)]
enum Done {
    Inserted(Span),
    Deleted(Deletion),
}

impl Done {
    fn seq(&self) -> u32 {
        match self {
            Self::Inserted(span) => span.seq,
            Self::Deleted(deletion) => deletion.seq,
        }
    }

    fn end(&self) -> u32 {
        match self {
            Self::Inserted(span) => span.end(),
            Self::Deleted(deletion) => deletion.end(),
        }
    }

    /// The characters that have to be there before.
    fn needs(&self) -> [Id; 2] {
        match self {
            Self::Inserted(span) => [span.left, span.right],
            Self::Deleted(deletion) => {
                let end = deletion.targets().map_or(1, |(_, end)| end);
                [Id::new(deletion.target.writer, end - 1), Id::NONE]
            }
        }
    }
}

/// A run that may go on.
struct Run {
    kind: u8,
    len: u32,
    /// Where it ended, or began if it is an insertion.
    at: u32,
    /// How far it was from the one before.
    jump: i64,
}

/// The session so far, and what it has led to.
struct Recorder {
    copy: Sequence,
    columns: Columns<Vec<u8>>,
    writer: u32,
    next: Vec<u32>,
    cursor: u32,
    open: Option<Run>,
}

impl Sequence {
    /// The session, or `None` when it does not lead to this very order.
    pub(super) fn record(&self) -> Option<Columns<Vec<u8>>> {
        let mut copy = Self::new();
        for writer in &self.writers {
            copy.writer(writer.replica);
        }
        let next = vec![1; self.writers.len()];
        let mut recorder =
            Recorder { copy, columns: Columns::default(), writer: 0, next, cursor: 0, open: None };
        for (writer, done) in self.everything() {
            recorder.add(writer, done)?;
        }
        recorder.close();
        self.stretches().eq(recorder.copy.stretches()).then_some(recorder.columns)
    }

    /// What everybody did, nothing before what it needs.
    fn everything(&self) -> Vec<(u32, Done)> {
        let mut streams = Vec::new();
        for &(replica, at) in &self.by_replica {
            let writer = &self.writers[at as usize];
            let mut done = Vec::with_capacity(writer.spans.len() + writer.deletions.len());
            let (mut spans, mut deletions) = (&writer.spans[..], &writer.deletions[..]);
            loop {
                match (spans.split_first(), deletions.split_first()) {
                    (Some((span, rest)), other) if other.is_none_or(|(next, _)| span.seq < next.seq) => {
                        done.push((at, Done::Inserted(*span)));
                        spans = rest;
                    }
                    (_, Some((deletion, rest))) => {
                        done.push((at, Done::Deleted(*deletion)));
                        deletions = rest;
                    }
                    _ => break,
                }
            }
            streams.push((replica, done));
        }
        let name = |writer: u32, seq| Dot::new(self.writers[writer as usize].replica, u64::from(seq));
        // What was inserted at one place is ordered by replica: down from the greatest one, each stands in front of those before.
        causal::merge(
            streams,
            true,
            |(writer, done)| name(*writer, done.seq()),
            |(_, done), need| {
                let needs = done.needs().into_iter().filter(|&id| id != Id::NONE);
                needs.for_each(|id| need(name(id.writer, id.seq)));
            },
        )
    }
}

impl Recorder {
    fn add(&mut self, writer: u32, done: Done) -> Option<()> {
        if writer != self.writer {
            self.close();
            self.other(WRITER);
            put_number(&mut self.columns.ids, u64::from(writer));
            self.writer = writer;
        }
        let skipped = done.seq() - self.next[writer as usize];
        if skipped > 0 {
            self.close();
            self.other(SKIP);
            put_number(&mut self.columns.ids, u64::from(skipped));
        }
        self.next[writer as usize] = done.end();
        match done {
            Done::Inserted(span) => self.insert(Id::new(writer, span.seq), span),
            Done::Deleted(deletion) => self.delete(Id::new(writer, deletion.seq), deletion),
        }
    }

    fn insert(&mut self, id: Id, span: Span) -> Option<()> {
        if self.copy.total.chars + span.len > MAX_SHOWN {
            return None;
        }
        let left = match span.left {
            Id::NONE => None,
            left => Some(self.copy.find(left)?),
        };
        let shows = left.is_none_or(|(spot, _)| !self.copy.piece(spot).is_deleted());
        let next = self.copy.successor(left).map_or(Id::NONE, |at| self.copy.id_at(at));
        self.close();
        if !shows || next != span.right {
            self.other(INSERT_AT);
            put_number(&mut self.columns.ids, u64::from(span.len));
            self.put_id(span.left);
            self.put_id(span.right);
            return self.copy.insert_blank_between(id, Span { place: Place::GONE, ..span });
        }
        let at = left.map_or(0, |(spot, offset)| self.copy.start_of(spot) + offset + 1);
        self.start(INSERT, span.len, at, i64::from(at));
        self.cursor = at + span.len;
        self.copy.insert_blank(id, left, span.len);
        Some(())
    }

    fn delete(&mut self, own: Id, deletion: Deletion) -> Option<()> {
        let target = deletion.target;
        let (low, high) = deletion.targets()?;
        let mut seq = low;
        while seq < high {
            let (spot, offset) = self.copy.find(Id::new(target.writer, seq))?;
            let piece = self.copy.piece(spot);
            if piece.is_deleted() {
                self.close();
                self.other(if deletion.is_descending() { BACKSPACE_AT } else { DELETE_AT });
                put_number(&mut self.columns.ids, u64::from(deletion.len()));
                self.put_id(target);
                return self.copy.integrate_deletion(own, deletion, None).ok();
            }
            seq += piece.len() - offset;
        }
        self.copy.writers[own.writer as usize].push_deletion(deletion);
        let (mut low, mut high) = (low, high);
        while low < high {
            let first = if deletion.is_descending() { high - 1 } else { low };
            let (spot, offset) = self.copy.find(Id::new(target.writer, first))?;
            if deletion.is_descending() {
                let len = (offset + 1).min(high - low);
                let at = self.hide_from(spot, offset + 1 - len, len);
                self.backspace(at, len);
                high -= len;
            } else {
                let len = (self.copy.piece(spot).len() - offset).min(high - low);
                let at = self.hide_from(spot, offset, len);
                self.delete_at(at, len);
                low += len;
            }
        }
        Some(())
    }

    /// Deletes characters of a piece. Returns the position of the first one.
    fn hide_from(&mut self, spot: Spot, offset: u32, len: u32) -> u32 {
        let at = self.copy.start_of(spot) + offset;
        self.copy.hide(spot, offset, len);
        at
    }

    fn delete_at(&mut self, at: u32, len: u32) {
        match self.open.as_mut().filter(|run| run.len + len <= MAX_PIECE) {
            Some(run) if run.kind == DELETE && run.at == at => run.len += len,
            // One character can go either way.
            Some(run) if run.kind == BACKSPACE && run.at == at && run.len == 1 && run.jump != 0 => {
                *run = Run { kind: DELETE, len: 1 + len, at, jump: run.jump - 1 };
            }
            Some(run) if run.kind == BACKSPACE && run.at == at + 1 && len == 1 => {
                (run.at, run.len) = (at, run.len + 1);
            }
            _ if len == 1 && at != self.cursor => return self.backspace(at, len),
            _ => {
                self.close();
                self.start(DELETE, len, at, i64::from(at));
            }
        }
        self.cursor = at;
    }

    fn backspace(&mut self, at: u32, len: u32) {
        match self.open.as_mut().filter(|run| run.len + len <= MAX_PIECE) {
            Some(run) if run.kind == BACKSPACE && run.at == at + len => {
                (run.at, run.len) = (at, run.len + len);
            }
            _ => {
                self.close();
                self.start(BACKSPACE, len, at, i64::from(at + len));
            }
        }
        self.cursor = at;
    }

    /// A run that begins at position `from`.
    fn start(&mut self, kind: u8, len: u32, at: u32, from: i64) {
        self.open = Some(Run { kind, len, at, jump: from - i64::from(self.cursor) });
    }

    /// Writes the run down.
    fn close(&mut self) {
        let Some(Run { kind, len, jump, .. }) = self.open.take() else { return };
        let here = if jump == 0 { HERE } else { 0 };
        self.columns.runs.push(kind | here | (len.min(LONG) as u8) << LEN_SHIFT);
        if len >= LONG {
            put_number(&mut self.columns.lens, u64::from(len - LONG));
        }
        if jump != 0 {
            put_signed(&mut self.columns.jumps, jump);
        }
    }

    fn other(&mut self, what: u8) {
        self.columns.runs.push(OTHER | what << LEN_SHIFT);
    }

    fn put_id(&mut self, id: Id) {
        match id {
            Id::NONE => self.columns.ids.push(0),
            Id { writer, seq } => {
                put_number(&mut self.columns.ids, u64::from(writer) + 1);
                // Mostly it is one of the latest.
                put_number(&mut self.columns.ids, u64::from(self.next[writer as usize].wrapping_sub(seq)));
            }
        }
    }
}
