//! The operations of a change, by column.

use prost::Message;

use super::generated::{self as pb, OperationKind};
use super::limits::DecodeError;
pub(crate) use super::limits::MAX_POSITION;
use super::table::{Table, Tables, slot_from_wire, slot_to_wire, value_from_wire, value_to_wire};
use super::text;
#[cfg(feature = "text")]
use super::text::TextCursor;
use super::update::Change;
use crate::crdt::container::{ContainerId, Kind};
use crate::crdt::operation::{Action, Operation, Stamp};
use crate::crdt::position::Position;
use crate::value::Value;
use crate::version::{Dot, ReplicaId, Timestamp, VersionVector};

/// Encodes operations of one replica, ascending by sequence number, the first one not before `first_seq`.
pub(crate) fn encode(
    replica: ReplicaId,
    first_seq: u64,
    time: Timestamp,
    operations: &[Operation],
) -> Vec<u8> {
    let mut table = Table::new(replica);
    let mut columns = pb::Operations::default();
    let (mut next_seq, mut last_time) = (first_seq, time);
    for operation in operations {
        let Stamp { mut time, dot } = operation.stamp;
        if !operation.action.is_timed() {
            // It takes the time of what stands before it, which costs nothing.
            time = last_time;
        }
        columns.skips.push(dot.seq - next_seq);
        columns.times.push(time.0.wrapping_sub(last_time.0) as i64);
        (next_seq, last_time) = (dot.seq + operation.action.span(), time);
        columns.containers.push(table.container(&operation.container));
        let kind = push(&mut columns, &mut table, dot, &operation.action);
        columns.kinds.push(kind as u32);
    }
    if columns.skips.iter().all(|&skip| skip == 0) {
        columns.skips.clear();
    }
    if columns.times.iter().all(|&step| step == 0) {
        columns.times.clear();
    }
    table.finish(&mut columns);
    columns.encode_to_vec()
}

fn push(columns: &mut pb::Operations, table: &mut Table, own: Dot, action: &Action) -> OperationKind {
    let dot = |columns: &mut pb::Operations, table: &mut Table, dot: Dot| {
        columns.dot_replicas.push(table.replica(dot.replica));
        columns.dot_seqs.push(dot.seq);
    };
    match action {
        Action::MapSet { key, slot } => {
            columns.keys.push(table.key(key));
            columns.values.push(slot_to_wire(slot, own, table));
            OperationKind::MapSet
        }
        Action::MapDelete { key } => {
            columns.keys.push(table.key(key));
            OperationKind::MapDelete
        }
        Action::ListInsert { position, slot } => {
            columns.positions.push(position.as_bytes().to_vec());
            columns.values.push(slot_to_wire(slot, own, table));
            OperationKind::ListInsert
        }
        Action::ListMove { item, position } => {
            dot(columns, table, *item);
            columns.positions.push(position.as_bytes().to_vec());
            OperationKind::ListMove
        }
        Action::ListSet { item, slot } => {
            dot(columns, table, *item);
            columns.values.push(slot_to_wire(slot, own, table));
            OperationKind::ListSet
        }
        Action::ListDelete { item } => {
            dot(columns, table, *item);
            OperationKind::ListDelete
        }
        Action::ListRestore { item } => {
            dot(columns, table, *item);
            OperationKind::ListRestore
        }
        Action::CounterAdd { added, subtracted } => {
            columns.totals.extend([*added, *subtracted]);
            OperationKind::CounterAdd
        }
        Action::SetAdd { value, observed } | Action::SetRemove { value, observed } => {
            columns.values.push(value_to_wire(value));
            columns.dot_counts.push(observed.len() as u32);
            observed.iter().for_each(|observed| dot(columns, table, *observed));
            match action {
                Action::SetAdd { .. } => OperationKind::SetAdd,
                _ => OperationKind::SetRemove,
            }
        }
        Action::Text(action) => text::push(columns, table, own, action),
    }
}

/// The operations of one change, readable more than once.
pub(crate) struct Reader {
    replica: ReplicaId,
    first_seq: u64,
    last_seq: u64,
    time: Timestamp,
    columns: pb::Operations,
    tables: Tables,
    dependencies: VersionVector,
}

impl Reader {
    /// Reads the columns and checks every operation. Memory is a small multiple of the change's size.
    pub(crate) fn new(change: &Change) -> Result<Self, DecodeError> {
        let mut columns = pb::Operations::decode(change.operations.as_slice())?;
        let count = columns.kinds.len();
        let fits = |len: usize| len == 0 || len == count;
        if columns.containers.len() != count || !fits(columns.skips.len()) || !fits(columns.times.len()) {
            return Err(DecodeError::Invalid("columns of unequal length"));
        }
        let tables = Tables::read(change.replica, &mut columns)?;
        let mut reader = Self {
            dependencies: change.dependencies.clone(),
            replica: change.replica,
            first_seq: change.first_seq,
            last_seq: change.last_seq(),
            time: change.time,
            columns,
            tables,
        };
        let mut dependencies = std::mem::take(&mut reader.dependencies);
        reader.each(&mut |operation| depend(&mut dependencies, &operation))?;
        reader.dependencies = dependencies;
        Ok(reader)
    }

    /// What must be known before the change can be applied: what its header says, and what its operations stand on.
    pub(crate) fn dependencies(&self) -> &VersionVector {
        &self.dependencies
    }

    /// Hands over every operation in order.
    pub(crate) fn each(&self, visit: &mut dyn FnMut(Operation)) -> Result<(), DecodeError> {
        let mut cursor = Cursor::default();
        let (mut seq, mut time) = (self.first_seq, self.time);
        for at in 0..self.columns.kinds.len() {
            seq = seq.saturating_add(self.columns.skips.get(at).copied().unwrap_or(0));
            if seq > self.last_seq {
                return Err(DecodeError::Invalid("an operation outside of its change"));
            }
            time = Timestamp(time.0.wrapping_add(self.columns.times.get(at).copied().unwrap_or(0) as u64));
            let stamp = Stamp { time, dot: Dot::new(self.replica, seq) };
            let container = self.tables.container(self.columns.containers[at])?;
            let action = self.action(self.columns.kinds[at], stamp.dot, &container, &mut cursor)?;
            seq += action.span();
            if seq - 1 > self.last_seq {
                return Err(DecodeError::Invalid("an operation outside of its change"));
            }
            visit(Operation { stamp, container, action });
        }
        cursor.finished(&self.columns)
    }

    fn action(
        &self,
        kind: u32,
        own: Dot,
        container: &ContainerId,
        cursor: &mut Cursor,
    ) -> Result<Action, DecodeError> {
        let unknown = DecodeError::Unknown { what: "operation", number: u64::from(kind) };
        let kind = OperationKind::try_from(kind as i32).map_err(|_| unknown.clone())?;
        let (columns, tables) = (&self.columns, &self.tables);
        let (expected, action) = match kind {
            OperationKind::Unspecified => return Err(unknown),
            OperationKind::MapSet => {
                let key = tables.key(cursor.key(columns)?)?;
                (
                    Kind::Map,
                    Action::MapSet { key, slot: slot_from_wire(cursor.value(columns)?, own, tables)? },
                )
            }
            OperationKind::MapDelete => {
                (Kind::Map, Action::MapDelete { key: tables.key(cursor.key(columns)?)? })
            }
            OperationKind::ListInsert => {
                let position = cursor.position(columns)?;
                let slot = slot_from_wire(cursor.value(columns)?, own, tables)?;
                (Kind::List, Action::ListInsert { position, slot })
            }
            OperationKind::ListMove => {
                let item = cursor.dot(columns, tables)?;
                (Kind::List, Action::ListMove { item, position: cursor.position(columns)? })
            }
            OperationKind::ListSet => {
                let item = cursor.dot(columns, tables)?;
                let slot = slot_from_wire(cursor.value(columns)?, own, tables)?;
                (Kind::List, Action::ListSet { item, slot })
            }
            OperationKind::ListDelete => {
                (Kind::List, Action::ListDelete { item: cursor.dot(columns, tables)? })
            }
            OperationKind::ListRestore => {
                (Kind::List, Action::ListRestore { item: cursor.dot(columns, tables)? })
            }
            OperationKind::CounterAdd => {
                let (added, subtracted) = (cursor.total(columns)?, cursor.total(columns)?);
                (Kind::Counter, Action::CounterAdd { added, subtracted })
            }
            OperationKind::SetAdd => {
                let (value, observed) = cursor.element(columns, tables)?;
                (Kind::Set, Action::SetAdd { value, observed })
            }
            OperationKind::SetRemove => {
                let (value, observed) = cursor.element(columns, tables)?;
                (Kind::Set, Action::SetRemove { value, observed })
            }
            #[cfg(feature = "text")]
            OperationKind::TextInsert | OperationKind::TextDelete => {
                (Kind::Text, Action::Text(cursor.text.edit(kind, columns, tables, own)?))
            }
            #[cfg(feature = "text")]
            OperationKind::TextMark => {
                let key = tables.key(cursor.key(columns)?)?;
                let mark = cursor.text.mark(columns, tables, own, key)?;
                let value = match mark.has_value {
                    true => Some(value_from_wire(cursor.value(columns)?, 0)?),
                    false => None,
                };
                (Kind::Text, Action::Text(mark.action(value)))
            }
            #[cfg(not(feature = "text"))]
            OperationKind::TextInsert | OperationKind::TextDelete | OperationKind::TextMark => {
                return Err(unknown);
            }
        };
        if container.kind() != expected {
            return Err(DecodeError::Invalid("an operation on a container of another kind"));
        }
        Ok(action)
    }
}

/// How far each column has been read.
#[derive(Default)]
struct Cursor {
    keys: usize,
    dots: usize,
    positions: usize,
    values: usize,
    totals: usize,
    counts: usize,
    #[cfg(feature = "text")]
    text: TextCursor,
}

/// Adds what an operation stands on, beyond the writer's own earlier ones.
pub(crate) fn depend(dependencies: &mut VersionVector, operation: &Operation) {
    for dot in operation.action.dependencies().into_iter().flatten() {
        if dot.replica != operation.stamp.dot.replica {
            dependencies.advance(dot.replica, dot.seq);
        }
    }
}

const SHORT: DecodeError = DecodeError::Invalid("a column ends early");

fn take<'a, T>(column: &'a [T], at: &mut usize) -> Result<&'a T, DecodeError> {
    let entry = column.get(*at).ok_or(SHORT)?;
    *at += 1;
    Ok(entry)
}

impl Cursor {
    fn key(&mut self, columns: &pb::Operations) -> Result<u32, DecodeError> {
        take(&columns.keys, &mut self.keys).copied()
    }

    fn value<'a>(&mut self, columns: &'a pb::Operations) -> Result<&'a pb::Value, DecodeError> {
        take(&columns.values, &mut self.values)
    }

    fn position(&mut self, columns: &pb::Operations) -> Result<Position, DecodeError> {
        Position::from_bytes(take(&columns.positions, &mut self.positions)?)
    }

    fn total(&mut self, columns: &pb::Operations) -> Result<u64, DecodeError> {
        take(&columns.totals, &mut self.totals).copied()
    }

    fn dot(&mut self, columns: &pb::Operations, tables: &Tables) -> Result<Dot, DecodeError> {
        let seq = *columns.dot_seqs.get(self.dots).ok_or(SHORT)?;
        let replica = *take(&columns.dot_replicas, &mut self.dots)?;
        tables.dot(replica, seq)
    }

    fn element(
        &mut self,
        columns: &pb::Operations,
        tables: &Tables,
    ) -> Result<(Value, Vec<Dot>), DecodeError> {
        let value = value_from_wire(self.value(columns)?, 0)?;
        let count = *take(&columns.dot_counts, &mut self.counts)? as usize;
        if count > columns.dot_seqs.len() - self.dots.min(columns.dot_seqs.len()) {
            return Err(SHORT);
        }
        let observed = (0..count).map(|_| self.dot(columns, tables)).collect::<Result<_, _>>()?;
        Ok((value, observed))
    }

    #[cfg(feature = "text")]
    fn text_finished(&self, columns: &pb::Operations) -> bool {
        self.text.finished(columns)
    }

    /// Without texts there is nothing in their columns that would be looked at.
    #[cfg(not(feature = "text"))]
    fn text_finished(&self, _columns: &pb::Operations) -> bool {
        true
    }

    fn finished(&self, columns: &pb::Operations) -> Result<(), DecodeError> {
        let all = self.keys == columns.keys.len()
            && self.dots == columns.dot_seqs.len()
            && self.dots == columns.dot_replicas.len()
            && self.positions == columns.positions.len()
            && self.values == columns.values.len()
            && self.totals == columns.totals.len()
            && self.counts == columns.dot_counts.len()
            && self.text_finished(columns);
        if all { Ok(()) } else { Err(DecodeError::Invalid("a column is longer than its operations need")) }
    }
}
