//! Items that were inserted into a list one after the other: a count, and what they have in common, once.

use super::bytes::{put_number, put_signed};
use super::limits::DecodeError;
use super::operations::{Context, Cursor, SPECIAL, Writer, code};
use super::pace::Pace;
use crate::crdt::container::Slot;
use crate::crdt::operation::{Action, Operation};
use crate::crdt::position::Position;
use crate::value::Value;
use crate::version::Dot;

/// Fewer items are told one by one.
const WORTHWHILE: usize = 4;

/// Items that are read at once: they take little memory, whatever the run says.
const STRETCH: u64 = 1 << 12;

/// How positions follow from one another, in the upper half of a byte: each is told; as items are appended; as they are prepended.
const TOLD: u8 = 0;
const UP: u8 = 1;
const DOWN: u8 = 2;

/// The position behind or in front of all others.
fn next(last: &Position, way: u8) -> Position {
    if way == UP { Position::between(Some(last), None) } else { Position::between(None, Some(last)) }
}

fn content(operation: &Operation) -> Option<(&Position, &Slot)> {
    match &operation.action {
        Action::ListInsert { position, slot } => Some((position, slot)),
        _ => None,
    }
}

/// How the second position follows from the first.
fn way(pair: &[Operation]) -> u8 {
    let (Some((last, _)), Some((position, _))) = (content(&pair[0]), content(&pair[1])) else { return TOLD };
    [UP, DOWN].into_iter().find(|way| next(last, *way) == *position).unwrap_or(TOLD)
}

/// How many of these operations are told as one run; 1 when that is not worth it.
pub(super) fn run(operations: &[Operation], mut pace: Pace) -> usize {
    let Some(first) = operations.get(..2).map(way) else { return 1 };
    let (mut count, mut others) = (1, 0);
    for pair in operations.windows(2) {
        let expected = pace.expected();
        pace.go_on(expected);
        let follows = content(&pair[0]).is_some()
            && content(&pair[1]).is_some()
            && pair[0].stamp.dot.seq + 1 == pair[1].stamp.dot.seq
            && pair[1].stamp.time == expected
            && pair[0].container == pair[1].container;
        others = if follows && way(pair) != first { others + 1 } else { 0 };
        if !follows || others > 0 && first != TOLD {
            break;
        }
        count += 1;
        // Where positions are told, a run ends in front of those that need not be.
        if others == WORTHWHILE {
            count -= others;
            break;
        }
    }
    if count < WORTHWHILE { 1 } else { count }
}

/// Whole numbers that are told by how much they are greater than the least of them, in so many bytes each. `None` when that would not be
/// shorter.
fn packed(run: &[Operation]) -> Option<(i64, usize)> {
    let (mut least, mut greatest, mut apart) = (i64::MAX, i64::MIN, 0);
    for operation in run {
        let Some((_, Slot::Value(Value::Int(number)))) = content(operation) else { return None };
        least = least.min(*number);
        greatest = greatest.max(*number);
        let bits = 65 - (number ^ (number >> 63)).leading_zeros() as usize;
        apart += if bits < 5 { 1 } else { 1 + bits.div_ceil(7) };
    }
    let width = (64 - greatest.wrapping_sub(least).leading_zeros() as usize).div_ceil(8).max(1);
    (10 + width * run.len() < apart).then_some((least, width))
}

impl Writer {
    /// Appends a run.
    pub(super) fn put_run(&mut self, run: &[Operation], context: Context<'_>) {
        let head = self.bytes.len();
        self.put_code(code::LIST_INSERT, context);
        self.bytes[head] |= SPECIAL << 4;
        let (way, packed) = (way(run), packed(run));
        put_number(&mut self.bytes, run.len() as u64);
        self.bytes.push(way << 4 | packed.map_or(0, |(_, width)| width as u8));
        if let Some((least, _)) = packed {
            put_signed(&mut self.bytes, least);
        }
        for (at, operation) in run.iter().enumerate() {
            let Some((position, slot)) = content(operation) else { continue };
            if at == 0 || way == TOLD {
                self.put_position(position);
            }
            match (packed, slot) {
                (Some((least, width)), Slot::Value(Value::Int(number))) => {
                    let more = number.wrapping_sub(least).to_le_bytes();
                    self.bytes.extend_from_slice(&more[..width]);
                }
                _ => self.put_slot(operation.stamp.dot, slot),
            }
        }
    }
}

/// A run that is being read.
pub(super) struct Run {
    left: u64,
    way: u8,
    least: i64,
    /// Bytes of each number; 0 when values are told like any others.
    width: u8,
    last: Option<Position>,
}

impl Run {
    pub(super) fn new(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let left = cursor.bytes.number()?;
        let form = cursor.bytes.byte()?;
        let (way, width) = (form >> 4, form & 15);
        // Each item takes a byte at least.
        if left > cursor.bytes.len() as u64 || way > DOWN || width > 8 {
            return Err(DecodeError::Invalid("a run of list items"));
        }
        let least = if width > 0 { cursor.bytes.signed()? } else { 0 };
        Ok(Self { left, way, least, width, last: None })
    }

    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// The next items, [`STRETCH`] at most; `first` is the operation of the first one. There is one at least unless the run is over.
    pub(super) fn stretch(
        &mut self,
        cursor: &mut Cursor<'_>,
        first: Dot,
    ) -> Result<Vec<(Position, Slot)>, DecodeError> {
        let count = self.left.min(STRETCH);
        self.left -= count;
        let mut items = Vec::with_capacity(count as usize);
        for more in 0..count {
            let position = match &self.last {
                Some(last) if self.way != TOLD => next(last, self.way),
                _ => cursor.position()?,
            };
            let slot = if self.width > 0 {
                let mut more = [0; 8];
                let bytes = cursor.bytes.take(u64::from(self.width))?;
                more[..bytes.len()].copy_from_slice(bytes);
                Slot::Value(Value::Int(self.least.wrapping_add(i64::from_le_bytes(more))))
            } else {
                cursor.slot(Dot { seq: first.seq.wrapping_add(more), ..first })?
            };
            if self.way != TOLD {
                self.last = Some(position.clone());
            }
            items.push((position, slot));
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::operations::{encode, read};
    use super::*;
    use crate::crdt::container::{ContainerId, Kind};
    use crate::crdt::operation::Stamp;
    use crate::version::{ReplicaId, Timestamp, VersionVector};
    use crate::wire::Change;

    fn change(operations: &[Operation]) -> Change {
        let (replica, dependencies) = (ReplicaId::new(7), VersionVector::new());
        let (first, last) = (operations[0].stamp, operations[operations.len() - 1].stamp);
        Change {
            replica,
            first_seq: first.dot.seq,
            len: last.dot.seq + 1 - first.dot.seq,
            time: first.time,
            operations: encode(replica, first.dot.seq, first.time, &dependencies, operations),
            dependencies,
        }
    }

    fn decoded(change: &Change) -> Result<Vec<Operation>, DecodeError> {
        let mut operations = Vec::new();
        read(change, None, &mut |operation| operation.each(&mut |single| operations.push(single)))?;
        Ok(operations)
    }

    /// Inserts of these values, by how much later and further on each is than the one before, and which way its position lies.
    fn inserts(items: Vec<(u64, u64, u8, Slot)>) -> Vec<Operation> {
        let (mut time, mut seq, mut position) = (1 << 40, 0, Position::between(None, None));
        let insert = |(later, further, way, slot)| {
            time += later;
            seq += further;
            position = match way {
                UP | DOWN => next(&position, way),
                _ => Position::between(Some(&position), Some(&next(&position, UP))),
            };
            Operation {
                stamp: Stamp { time: Timestamp(time), dot: Dot::new(ReplicaId::new(7), seq) },
                container: ContainerId::Root.child("list", Kind::List),
                action: Action::ListInsert { position: position.clone(), slot },
            }
        };
        items.into_iter().map(insert).collect()
    }

    fn numbers(count: u64, way: u8, number: impl Fn(u64) -> i64) -> Vec<Operation> {
        inserts((0..count).map(|at| (1, 1, way, Slot::Value(Value::Int(number(at))))).collect())
    }

    #[test]
    fn a_run_takes_what_its_values_take() {
        for way in [UP, DOWN] {
            let random = |at: u64| (at * 2_654_435_761 % (1 << 31)) as i64;
            let operations = numbers(1_000, way, random);
            let change = change(&operations);
            assert!(change.operations.len() < 4_050, "{} bytes", change.operations.len());
            assert_eq!(decoded(&change).unwrap(), operations);
        }
    }

    #[test]
    fn the_greatest_numbers_are_read_as_they_were_written() {
        for extremes in [[i64::MIN, i64::MAX], [-1, i64::MAX], [i64::MAX - 1, i64::MAX], [i64::MIN, 0]] {
            let operations = numbers(100, UP, |at| extremes[at as usize % 2]);
            assert_eq!(decoded(&change(&operations)).unwrap(), operations);
        }
    }

    #[test]
    fn a_run_of_more_items_than_bytes_is_refused() {
        // The second one has another pace than the first, and begins the run.
        let mut change = change(&numbers(10, UP, |_| 5));
        let at = change.operations.iter().position(|byte| *byte == 9).unwrap();
        for count in [10, 127] {
            change.operations[at] = count;
            change.len = u64::from(count) + 1;
            assert!(decoded(&change).is_err());
        }
        // Nor are there more than the change covers.
        change.operations[at] = 9;
        for len in 1..10 {
            change.len = len;
            assert!(decoded(&change).is_err());
        }
        change.len = 10;
        assert_eq!(decoded(&change).unwrap().len(), 10);
    }

    fn slot() -> impl Strategy<Value = Slot> {
        prop_oneof![
            4 => (-20..20i64).prop_map(|number| Slot::Value(Value::Int(number))),
            2 => any::<i64>().prop_map(|number| Slot::Value(Value::Int(number))),
            2 => "(a|grüße|日本){0,40}[0-9]{0,2}".prop_map(|text| Slot::Value(Value::String(text.into()))),
            1 => any::<bool>().prop_map(|value| Slot::Value(Value::Bool(value))),
        ]
    }

    fn stretch() -> impl Strategy<Value = Vec<(u64, u64, u8, Slot)>> {
        let item = (prop_oneof![20 => Just(1u64), 1 => Just(0), 1 => 0..1u64 << 20], 1..=1u64, slot());
        let items = prop::collection::vec(item, 1..12);
        (0..=DOWN, 1..3u64, items).prop_map(|(way, further, items)| {
            let item = |(at, (later, one, slot))| (later, if at == 0 { further } else { one }, way, slot);
            items.into_iter().enumerate().map(item).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(stretches in prop::collection::vec(stretch(), 1..12)) {
            let operations = inserts(stretches.concat());
            prop_assert_eq!(decoded(&change(&operations)).unwrap(), operations);
        }
    }
}
