//! The columns of text operations.

use std::sync::Arc;

use super::generated::{self as pb, OperationKind};
use super::limits::DecodeError;
use super::table::{Table, Tables, value_to_wire};
use crate::crdt::marks::{Anchor, Mark, Side};
use crate::crdt::text::TextAction;
use crate::sequence::{Edit, Inserted};
use crate::value::Value;
use crate::version::Dot;

/// Sequence numbers in texts stay below 2^32.
const MAX_CHARACTER: u64 = u32::MAX as u64;
/// Characters that one operation may insert or delete.
const MAX_RUN: u64 = 1 << 30;

const SHORT: DecodeError = DecodeError::Invalid("a column of a text ends early");

/// Puts an operation into the columns.
pub(super) fn push(
    columns: &mut pb::Operations,
    table: &mut Table,
    own: Dot,
    action: &TextAction,
) -> OperationKind {
    match action {
        TextAction::Edit(Edit::Insert { left, right, text, .. }) => {
            let gone = match text {
                Inserted::Text(text) => {
                    columns.text.push_str(text);
                    0
                }
                Inserted::Gone(_) => 1,
            };
            columns.runs.push(2 * text.len() as u64 + gone);
            push_character(columns, table, own, *left);
            push_character(columns, table, own, *right);
            OperationKind::TextInsert
        }
        TextAction::Edit(Edit::Delete { target, len, descending, .. }) => {
            columns.runs.push(2 * *len as u64 + u64::from(*descending));
            push_character(columns, table, own, Some(*target));
            OperationKind::TextDelete
        }
        TextAction::Mark(Mark { start, end, key, value }) => {
            columns.keys.push(table.key(key));
            push_character(columns, table, own, start.dot);
            push_character(columns, table, own, end.dot);
            columns.values.extend(value.as_ref().map(value_to_wire));
            let after = |anchor: &Anchor| u32::from(anchor.side == Side::After);
            columns.mark_flags.push(after(start) + 2 * after(end) + 4 * u32::from(value.is_some()));
            OperationKind::TextMark
        }
    }
}

/// Refers to a character. Those of the writer itself are mostly near: they are told by how far before they lie.
fn push_character(columns: &mut pb::Operations, table: &mut Table, own: Dot, character: Option<Dot>) {
    let Some(character) = character else { return columns.character_replicas.push(0) };
    columns.character_replicas.push(table.replica(character.replica) + 1);
    let near = character.replica == own.replica;
    columns.character_seqs.push(if near { own.seq - character.seq } else { character.seq });
}

/// A mark whose value, if it has one, is still to be read.
pub(super) struct ReadMark {
    start: Anchor,
    end: Anchor,
    key: Arc<str>,
    pub(super) has_value: bool,
}

impl ReadMark {
    pub(super) fn action(self, value: Option<Value>) -> TextAction {
        let Self { start, end, key, .. } = self;
        TextAction::Mark(Mark { start, end, key, value })
    }
}

/// How far the columns of text operations have been read.
#[derive(Default)]
pub(super) struct TextCursor {
    bytes: usize,
    runs: usize,
    replicas: usize,
    seqs: usize,
    flags: usize,
}

impl TextCursor {
    pub(super) fn edit(
        &mut self,
        kind: OperationKind,
        columns: &pb::Operations,
        tables: &Tables,
        own: Dot,
    ) -> Result<TextAction, DecodeError> {
        let edit = match kind {
            OperationKind::TextInsert => self.insertion(columns, tables, own)?,
            _ => self.deletion(columns, tables, own)?,
        };
        Ok(TextAction::Edit(edit))
    }

    fn insertion(
        &mut self,
        columns: &pb::Operations,
        tables: &Tables,
        dot: Dot,
    ) -> Result<Edit, DecodeError> {
        let (count, gone) = self.run(columns)?;
        let text = if gone {
            Inserted::Gone(count)
        } else {
            let rest = columns.text.get(self.bytes..).ok_or(SHORT)?;
            let bytes = match rest.char_indices().nth(count) {
                Some((end, _)) => end,
                None if rest.chars().count() == count => rest.len(),
                None => return Err(SHORT),
            };
            self.bytes += bytes;
            Inserted::Text(rest[..bytes].into())
        };
        let (left, right) = (self.character(columns, tables, dot)?, self.character(columns, tables, dot)?);
        Ok(Edit::Insert { dot, left, right, text })
    }

    fn deletion(&mut self, columns: &pb::Operations, tables: &Tables, dot: Dot) -> Result<Edit, DecodeError> {
        let (len, descending) = self.run(columns)?;
        let target = self.character(columns, tables, dot)?;
        let target = target.ok_or(DecodeError::Invalid("a deletion of no character"))?;
        let fits =
            if descending { target.seq >= len as u64 } else { target.seq + len as u64 <= MAX_CHARACTER };
        if !fits {
            return Err(DecodeError::Invalid("a deletion of characters that cannot be"));
        }
        Ok(Edit::Delete { dot, target, len, descending })
    }

    pub(super) fn mark(
        &mut self,
        columns: &pb::Operations,
        tables: &Tables,
        own: Dot,
        key: Arc<str>,
    ) -> Result<ReadMark, DecodeError> {
        let flags = *columns.mark_flags.get(self.flags).ok_or(SHORT)?;
        self.flags += 1;
        let side = |flag: u32| if flags & flag == 0 { Side::Before } else { Side::After };
        let start = Anchor { dot: self.character(columns, tables, own)?, side: side(1) };
        let end = Anchor { dot: self.character(columns, tables, own)?, side: side(2) };
        Ok(ReadMark { start, end, key, has_value: flags & 4 != 0 })
    }

    fn run(&mut self, columns: &pb::Operations) -> Result<(usize, bool), DecodeError> {
        let run = *columns.runs.get(self.runs).ok_or(SHORT)?;
        self.runs += 1;
        if !(1..=MAX_RUN).contains(&(run / 2)) {
            return Err(DecodeError::TooLarge { what: "run of characters", size: run / 2, limit: MAX_RUN });
        }
        Ok(((run / 2) as usize, run % 2 == 1))
    }

    fn character(
        &mut self,
        columns: &pb::Operations,
        tables: &Tables,
        own: Dot,
    ) -> Result<Option<Dot>, DecodeError> {
        let replica = *columns.character_replicas.get(self.replicas).ok_or(SHORT)?;
        self.replicas += 1;
        let Some(replica) = replica.checked_sub(1) else { return Ok(None) };
        let seq = *columns.character_seqs.get(self.seqs).ok_or(SHORT)?;
        self.seqs += 1;
        // Index 0 is the writer itself.
        let seq =
            if replica == 0 { own.seq.checked_sub(seq).filter(|&seq| seq < own.seq) } else { Some(seq) };
        let dot = tables.dot(replica, seq.unwrap_or(0))?;
        if dot.seq >= MAX_CHARACTER {
            return Err(DecodeError::TooLarge { what: "character", size: dot.seq, limit: MAX_CHARACTER });
        }
        Ok(Some(dot))
    }

    pub(super) fn finished(&self, columns: &pb::Operations) -> bool {
        self.bytes == columns.text.len()
            && self.runs == columns.runs.len()
            && self.replicas == columns.character_replicas.len()
            && self.seqs == columns.character_seqs.len()
            && self.flags == columns.mark_flags.len()
    }
}
