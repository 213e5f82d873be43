//! The operations of a change: one after the other, each with a byte that tells what it is, and what it needs.
//!
//! The first thing is the container that the first operation acts on. From then on, an operation says only what is other than
//! of the one before: its container, numbers that were skipped, its time. `docs/encoding.md` describes every byte.

use super::bytes::{Bytes, put_number, put_signed};
use super::limits::DecodeError;
pub(crate) use super::limits::MAX_POSITION;
use super::list;
use super::names::{Named, Names, kind_number, kind_of};
use super::pace::Pace;
use super::set;
use super::set::Additions;
use super::text;
use super::update::Change;
use super::value;
use crate::crdt::container::{ContainerId, Kind, Slot};
use crate::crdt::operation::{Action, ListRun, Operation, Stamp};
use crate::crdt::position::Position;
use crate::value::Value;
use crate::version::{Dot, ReplicaId, Timestamp, VersionVector};

/// Codes of operations: the lower half of their byte. Those on texts, 11 to 14, are beside them.
pub(super) mod code {
    /// No operation, but what is other than before, where an operation has no room to say so.
    pub(in super::super) const CONTEXT: u8 = 0;
    pub(in super::super) const MAP_SET: u8 = 1;
    pub(in super::super) const MAP_DELETE: u8 = 2;
    pub(in super::super) const LIST_INSERT: u8 = 3;
    pub(in super::super) const LIST_MOVE: u8 = 4;
    pub(in super::super) const LIST_SET: u8 = 5;
    pub(in super::super) const LIST_DELETE: u8 = 6;
    pub(in super::super) const LIST_RESTORE: u8 = 7;
    pub(in super::super) const COUNTER_ADD: u8 = 8;
    #[cfg(feature = "sets")]
    pub(in super::super) const SET_ADD: u8 = 9;
    #[cfg(feature = "sets")]
    pub(in super::super) const SET_REMOVE: u8 = 10;
    pub(in super::super) const SET_FORGET: u8 = 15;
}

/// What is other than before: the upper half of a byte.
const CONTAINER: u8 = 1;
const SKIP: u8 = 2;
const TIME: u8 = 4;

/// Above what is other than before: several items at once; nothing was observed; the addition is the one that was to be expected.
pub(super) const SPECIAL: u8 = 8;

/// Encodes operations of one replica, ascending by sequence number, the first one not before `first_seq`, which build
/// on `dependencies`.
pub(crate) fn encode(
    replica: ReplicaId,
    first_seq: u64,
    time: Timestamp,
    dependencies: &VersionVector,
    operations: &[Operation],
) -> Vec<u8> {
    let names = Names::new(replica, first_seq, dependencies);
    let mut writer = Writer::new(32 + 8 * operations.len(), names);
    let (mut next_seq, mut pace) = (first_seq, Pace::new(time));
    let mut container = None;
    let mut rest = operations.iter();
    while let Some(Operation { stamp, container: id, action }) = rest.next() {
        let Stamp { mut time, dot } = *stamp;
        if time == Timestamp::default() && !action.is_timed() {
            // Nobody knows it and nothing depends on it: it takes the time that costs nothing.
            time = pace.expected();
        }
        let other = match container.replace(id) {
            None => {
                writer.names.put_container(&mut writer.bytes, id);
                false
            }
            Some(last) => last != id,
        };
        let context = Context {
            container: other.then_some(id),
            skip: dot.seq - next_seq,
            step: time.0.wrapping_sub(pace.expected().0) as i64,
        };
        next_seq = dot.seq + action.span();
        pace.go_on(time);
        match action {
            Action::Text(action) => {
                text::put(&mut writer, dot, action, context, rest.len() == 0);
            }
            action => {
                let run = &operations[operations.len() - rest.len() - 1..];
                let count = list::run(run, pace.clone());
                if count == 1 {
                    writer.put(dot, action, context);
                } else {
                    writer.put_run(&run[..count], context);
                    next_seq += count as u64 - 1;
                    run[1..count].iter().for_each(|next| pace.go_on(next.stamp.time));
                    rest = run[count..].iter();
                }
            }
        }
    }
    writer.bytes
}

/// What is other than of the operation before.
pub(super) struct Context<'a> {
    container: Option<&'a ContainerId>,
    skip: u64,
    step: i64,
}

pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    pub(super) names: Names,
    /// The last one in a list: the next one mostly begins alike.
    position: Vec<u8>,
    /// How the last text began: the next one may begin alike.
    text: Vec<u8>,
    #[cfg_attr(not(feature = "sets"), expect(dead_code, reason = "without sets none is taken back"))]
    pub(super) additions: Additions,
}

impl Writer {
    pub(super) fn new(room: usize, names: Names) -> Self {
        let (bytes, additions) = (Vec::with_capacity(room), Additions::default());
        Self { bytes, names, position: Vec::new(), text: Vec::new(), additions }
    }

    /// Appends a code with what is other than before.
    pub(super) fn put_code(&mut self, code: u8, context: Context<'_>) {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = flag(context.container.is_some(), CONTAINER)
            | flag(context.skip != 0, SKIP)
            | flag(context.step != 0, TIME);
        if code == code::CONTEXT && flags == 0 {
            return;
        }
        self.bytes.push(code | flags << 4);
        if let Some(id) = context.container {
            self.names.put_container(&mut self.bytes, id);
        }
        if context.skip != 0 {
            put_number(&mut self.bytes, context.skip);
        }
        if context.step != 0 {
            put_signed(&mut self.bytes, context.step);
        }
    }

    fn put(&mut self, own: Dot, action: &Action, context: Context<'_>) {
        let head = self.bytes.len();
        self.put_code(code_of(action), context);
        match action {
            Action::MapSet { key, slot } => {
                self.names.put_key(&mut self.bytes, key);
                self.put_slot(own, slot);
            }
            Action::MapDelete { key } => self.names.put_key(&mut self.bytes, key),
            Action::ListInsert { position, slot } => {
                self.put_position(position);
                self.put_slot(own, slot);
            }
            Action::ListMove { item, position } => {
                self.names.put_reference(&mut self.bytes, own, *item);
                self.put_position(position);
            }
            Action::ListSet { item, slot } => {
                self.names.put_reference(&mut self.bytes, own, *item);
                self.put_slot(own, slot);
            }
            Action::ListDelete { item } | Action::ListRestore { item } => {
                self.names.put_reference(&mut self.bytes, own, *item);
            }
            // Told as one operation for each.
            Action::ListRun(_) => {}
            Action::CounterAdd { added, subtracted } => {
                put_number(&mut self.bytes, *added);
                put_number(&mut self.bytes, *subtracted);
            }
            Action::Set(action) => set::put(self, head, own, action),
            Action::Text(_) => {}
        }
    }

    pub(super) fn put_value(&mut self, value: &Value) {
        value::put_after(&mut self.bytes, &mut self.text, value);
    }

    pub(super) fn put_slot(&mut self, own: Dot, slot: &Slot) {
        match slot {
            Slot::Value(value) => self.put_value(value),
            Slot::Container { dot, kind } if *dot == own => {
                value::put_head(&mut self.bytes, value::CONTAINER, kind_number(*kind));
            }
            Slot::Container { dot, kind } => {
                value::put_head(&mut self.bytes, value::LINK, kind_number(*kind));
                self.names.put_reference(&mut self.bytes, own, *dot);
            }
        }
    }

    /// How many bytes it shares with the last one at the front, how many others follow, four bits each, and those.
    pub(super) fn put_position(&mut self, position: &Position) {
        let bytes = position.as_bytes();
        let shared = self.position.iter().zip(bytes).take_while(|(one, other)| one == other).count().min(15);
        let rest = &bytes[shared..];
        value::put_head(&mut self.bytes, shared as u8, rest.len() as u64);
        self.bytes.extend_from_slice(rest);
        self.position.clear();
        self.position.extend_from_slice(bytes);
    }
}

fn code_of(action: &Action) -> u8 {
    match action {
        Action::MapSet { .. } => code::MAP_SET,
        Action::MapDelete { .. } => code::MAP_DELETE,
        Action::ListInsert { .. } | Action::ListRun(_) => code::LIST_INSERT,
        Action::ListMove { .. } => code::LIST_MOVE,
        Action::ListSet { .. } => code::LIST_SET,
        Action::ListDelete { .. } => code::LIST_DELETE,
        Action::ListRestore { .. } => code::LIST_RESTORE,
        Action::CounterAdd { .. } => code::COUNTER_ADD,
        Action::Set(action) => set::code_of(action),
        Action::Text(_) => code::CONTEXT,
    }
}

/// Adds what an operation stands on, beyond the writer's own earlier ones.
pub(crate) fn depend(dependencies: &mut VersionVector, operation: &Operation) {
    for dot in operation.action.dependencies().into_iter().flatten() {
        if dot.replica != operation.stamp.dot.replica {
            dependencies.advance(dot.replica, dot.seq);
        }
    }
}

/// Operations that are being read.
pub(super) struct Cursor<'a> {
    pub(super) bytes: Bytes<'a>,
    pub(super) named: Named<'a>,
    position: Vec<u8>,
    pub(super) text: Vec<u8>,
    #[cfg_attr(not(feature = "sets"), expect(dead_code, reason = "without sets none is taken back"))]
    pub(super) additions: Additions,
}

const OUTSIDE: DecodeError = DecodeError::Invalid("an operation outside of its change");
const OTHER_KIND: DecodeError = DecodeError::Invalid("an operation on a container of another kind");

/// Whether an operation has a use for [`SPECIAL`].
fn is_special(code: u8) -> bool {
    matches!(code, code::LIST_INSERT | code::SET_FORGET) || cfg!(feature = "sets") && code == 9
}

pub(super) fn read(
    change: &Change,
    near: Option<&ContainerId>,
    visit: &mut dyn FnMut(Operation),
) -> Result<(), DecodeError> {
    if change.operations.is_empty() {
        return Ok(());
    }
    let mut cursor = Cursor::new(change, &change.operations, near);
    let last_seq = change.last_seq();
    let (mut seq, mut pace) = (change.first_seq, Pace::new(change.time));
    // What was said of the next operation's time in front of it.
    let mut ahead = 0;
    let mut container = cursor.named.container(&mut cursor.bytes)?;
    while !cursor.bytes.is_empty() {
        let head = cursor.bytes.byte()?;
        let (code, argument) = (head & 15, head >> 4);
        let mut step = 0;
        if !text::has_own_argument(code) {
            if argument & CONTAINER != 0 {
                container = cursor.named.container(&mut cursor.bytes)?;
            }
            if argument & SKIP != 0 {
                seq = seq.saturating_add(cursor.bytes.number()?);
            }
            if argument & TIME != 0 {
                step = cursor.bytes.signed()?;
            }
            if argument >= SPECIAL && !is_special(code) {
                return Err(DecodeError::Unknown { what: "operation", number: u64::from(head) });
            }
        }
        if seq > last_seq {
            return Err(OUTSIDE);
        }
        if code == code::CONTEXT {
            ahead = step;
            continue;
        }
        let mut time = Timestamp(pace.expected().0.wrapping_add(step.wrapping_add(ahead) as u64));
        ahead = 0;
        pace.go_on(time);
        if code == code::LIST_INSERT && argument & SPECIAL != 0 {
            if container.kind() != Kind::List {
                return Err(OTHER_KIND);
            }
            let mut run = list::Run::new(&mut cursor)?;
            while !run.is_over() {
                let dot = Dot::new(change.replica, seq);
                let items = run.stretch(&mut cursor, dot)?;
                let count = items.len() as u64;
                if last_seq.checked_sub(seq).is_none_or(|left| left < count - 1) {
                    return Err(OUTSIDE);
                }
                seq += count;
                pace.skip(count - 1);
                let action = Action::ListRun(ListRun { items, step: pace.step() });
                visit(Operation { stamp: Stamp { time, dot }, container: container.clone(), action });
                if !run.is_over() {
                    pace.skip(1);
                    time = pace.last();
                }
            }
            continue;
        }
        let own = Dot::new(change.replica, seq);
        let (kind, action) = cursor.action(code, argument, own)?;
        #[cfg(feature = "history")]
        let kind = if kind == Kind::Map && container.kind() == Kind::History { Kind::History } else { kind };
        if container.kind() != kind {
            return Err(OTHER_KIND);
        }
        seq += action.span();
        if seq - 1 > last_seq {
            return Err(OUTSIDE);
        }
        visit(Operation { stamp: Stamp { time, dot: own }, container: container.clone(), action });
    }
    Ok(())
}

impl<'a> Cursor<'a> {
    pub(super) fn new(change: &Change, operations: &'a [u8], near: Option<&'a ContainerId>) -> Self {
        let named = Named::new(change.replica, change.first_seq, &change.dependencies, near);
        let (bytes, additions) = (Bytes::new(operations), Additions::default());
        Self { bytes, named, position: Vec::new(), text: Vec::new(), additions }
    }

    fn action(&mut self, code: u8, argument: u8, own: Dot) -> Result<(Kind, Action), DecodeError> {
        let action = match code {
            code::MAP_SET => {
                let key = self.named.key(&mut self.bytes)?;
                (Kind::Map, Action::MapSet { key, slot: self.slot(own)? })
            }
            code::MAP_DELETE => (Kind::Map, Action::MapDelete { key: self.named.key(&mut self.bytes)? }),
            code::LIST_INSERT => {
                let position = self.position()?;
                (Kind::List, Action::ListInsert { position, slot: self.slot(own)? })
            }
            code::LIST_MOVE => {
                let item = self.dot(own)?;
                (Kind::List, Action::ListMove { item, position: self.position()? })
            }
            code::LIST_SET => {
                let item = self.dot(own)?;
                (Kind::List, Action::ListSet { item, slot: self.slot(own)? })
            }
            code::LIST_DELETE => (Kind::List, Action::ListDelete { item: self.dot(own)? }),
            code::LIST_RESTORE => (Kind::List, Action::ListRestore { item: self.dot(own)? }),
            code::COUNTER_ADD => {
                let (added, subtracted) = (self.bytes.number()?, self.bytes.number()?);
                (Kind::Counter, Action::CounterAdd { added, subtracted })
            }
            #[cfg(feature = "sets")]
            code::SET_ADD | code::SET_REMOVE | code::SET_FORGET => set::read(self, code, argument, own)?,
            _ => return text::read(self, code, argument, own),
        };
        Ok(action)
    }

    pub(super) fn dot(&mut self, own: Dot) -> Result<Dot, DecodeError> {
        let dot = self.named.reference(&mut self.bytes, own)?;
        dot.ok_or(DecodeError::Invalid("a reference to nothing"))
    }

    pub(super) fn slot(&mut self, own: Dot) -> Result<Slot, DecodeError> {
        match value::head(&mut self.bytes)? {
            (value::CONTAINER, kind) => Ok(Slot::Container { dot: own, kind: kind_of(kind)? }),
            (value::LINK, kind) => Ok(Slot::Container { dot: self.dot(own)?, kind: kind_of(kind)? }),
            (kind, number) => {
                Ok(Slot::Value(value::value_after(kind, number, &mut self.bytes, &mut self.text)?))
            }
        }
    }

    pub(super) fn position(&mut self) -> Result<Position, DecodeError> {
        let (shared, rest) = value::head(&mut self.bytes)?;
        if usize::from(shared) > self.position.len() {
            return Err(DecodeError::Invalid("a list position"));
        }
        self.position.truncate(usize::from(shared));
        self.position.extend_from_slice(self.bytes.take(rest)?);
        Position::from_bytes(&self.position)
    }
}
