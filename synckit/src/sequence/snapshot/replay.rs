//! From a session to its sequence.

use super::super::Sequence;
use super::super::piece::{Id, MAX_PIECE, Place};
use super::super::writer::{Deletion, Span};
use super::{
    BACKSPACE, BACKSPACE_AT, Columns, DELETE, DELETE_AT, HERE, INSERT, INSERT_AT, LEN_SHIFT, LONG, MAX_SHOWN,
    OTHER, RANGE, SKIP, WRITER, WRONG,
};
use crate::wire::DecodeError;
use crate::wire::bytes::Bytes;

/// Where a session is.
struct Session<'a> {
    columns: Columns<Bytes<'a>>,
    writer: u32,
    /// The next sequence number of each writer.
    next: Vec<u32>,
    cursor: u32,
}

impl Sequence {
    pub(super) fn replay(&mut self, columns: Columns<Bytes<'_>>) -> Result<(), DecodeError> {
        let next = vec![1; self.writers.len()];
        let mut session = Session { columns, writer: 0, next, cursor: 0 };
        self.expect(&session);
        // About two pieces each, in leaves that are more than half full.
        self.tree.expect(session.columns.runs.len() / 12);
        while !session.columns.runs.is_empty() {
            let run = session.columns.runs.byte()?;
            if self.writers.is_empty() {
                return Err(RANGE);
            }
            match run & 3 {
                OTHER => self.replay_other(run >> LEN_SHIFT, &mut session)?,
                _ => self.replay_run(run, &mut session)?,
            }
        }
        let Columns { lens, jumps, ids, .. } = session.columns;
        if !(lens.is_empty() && jumps.is_empty() && ids.is_empty()) {
            return Err(DecodeError::Invalid("a column is longer than its operations need"));
        }
        Ok(())
    }

    /// Makes room for what the writer goes on with: its log is not moved while it grows.
    fn expect(&mut self, session: &Session<'_>) {
        let Some(writer) = self.writers.get_mut(session.writer as usize) else { return };
        let runs = session.columns.runs.rest().iter().take_while(|&&run| run != OTHER | WRITER << LEN_SHIFT);
        let (mut all, mut insertions) = (0, 0);
        for run in runs {
            all += 1;
            insertions += usize::from(run & 3 == INSERT || *run == OTHER | INSERT_AT << LEN_SHIFT);
        }
        writer.spans.reserve(insertions);
        writer.deletions.reserve(all - insertions);
    }

    fn replay_run(&mut self, run: u8, session: &mut Session<'_>) -> Result<(), DecodeError> {
        let len = match u32::from(run >> LEN_SHIFT) {
            LONG => session.columns.lens.number()?.saturating_add(u64::from(LONG)),
            len => u64::from(len),
        };
        let jump = if run & HERE != 0 { 0 } else { session.columns.jumps.signed()? };
        let shown = self.total.chars;
        let at = i64::from(session.cursor).checked_add(jump).and_then(|at| u32::try_from(at).ok());
        let at = at.filter(|&at| at <= shown).ok_or(RANGE)?;
        let (id, len) = session.take(len)?;
        match run & 3 {
            INSERT if shown + len <= MAX_SHOWN => {
                let behind = at.checked_sub(1).map(|before| self.locate(before));
                self.insert_blank(id, behind, len);
                session.cursor = at + len;
            }
            DELETE if len <= shown - at => {
                self.delete_on(id, at, len);
                session.cursor = at;
            }
            BACKSPACE if len <= at => {
                self.backspace(id, at, len);
                session.cursor = at - len;
            }
            _ => return Err(RANGE),
        }
        Ok(())
    }

    /// Deletes characters before a position, one after the other.
    fn backspace(&mut self, own: Id, at: u32, count: u32) {
        let mut done = 0;
        while done < count {
            let (spot, offset) = self.locate(at - done - 1);
            let len = (offset + 1).min(count - done);
            let target = self.piece(spot).id().advance(offset);
            self.hide(spot, offset + 1 - len, len);
            let deletion = Deletion::new(own.seq + done, len, target, len > 1);
            self.writers[own.writer as usize].push_deletion(deletion);
            done += len;
        }
    }

    fn replay_other(&mut self, what: u8, session: &mut Session<'_>) -> Result<(), DecodeError> {
        let number = session.columns.ids.number()?;
        match what {
            WRITER => {
                let writer = u32::try_from(number).ok().filter(|&at| (at as usize) < self.writers.len());
                session.writer = writer.ok_or(RANGE)?;
                self.expect(session);
            }
            SKIP => {
                let next = &mut session.next[session.writer as usize];
                let skipped = u32::try_from(number).ok().and_then(|skipped| next.checked_add(skipped));
                *next = skipped.ok_or(RANGE)?;
            }
            INSERT_AT => {
                let (own, len) = session.take(number)?;
                let (left, right) = (session.id()?, session.id()?);
                if self.total.chars + len > MAX_SHOWN {
                    return Err(RANGE);
                }
                let span = Span { seq: own.seq, len, left, right, place: Place::GONE };
                self.insert_blank_between(own, span).ok_or(WRONG)?;
            }
            DELETE_AT | BACKSPACE_AT => {
                let (own, len) = session.take(number)?;
                let target = session.id()?;
                if target == Id::NONE {
                    return Err(WRONG);
                }
                let deletion = Deletion::new(own.seq, len, target, what == BACKSPACE_AT);
                self.integrate_deletion(own, deletion, None).map_err(|_| WRONG)?;
            }
            _ => return Err(RANGE),
        }
        Ok(())
    }
}

impl Session<'_> {
    /// The next sequence numbers of the writer.
    fn take(&mut self, len: u64) -> Result<(Id, u32), DecodeError> {
        let next = &mut self.next[self.writer as usize];
        let seq = *next;
        let len = u32::try_from(len).ok().filter(|len| (1..=MAX_PIECE).contains(len)).ok_or(RANGE)?;
        *next = seq.checked_add(len).ok_or(RANGE)?;
        Ok((Id::new(self.writer, seq), len))
    }

    fn id(&mut self) -> Result<Id, DecodeError> {
        let Some(writer) = self.columns.ids.number()?.checked_sub(1) else { return Ok(Id::NONE) };
        let writer = u32::try_from(writer).ok().filter(|&at| (at as usize) < self.next.len()).ok_or(RANGE)?;
        let back = u32::try_from(self.columns.ids.number()?).map_err(|_| RANGE)?;
        let seq = self.next[writer as usize].checked_sub(back).filter(|&seq| seq > 0 && back > 0);
        Ok(Id::new(writer, seq.ok_or(RANGE)?))
    }
}
