//! Positions in a list: byte strings in lexicographic order, so that between any two there is a third (fractional
//! indexing, after Greenspan 2020, "Implementing Fractional Indexing").
//!
//! A position is a whole number followed by a fraction. Appending counts the number up and prepending counts it down, so
//! neither makes positions longer than a few bytes; only inserting between neighbours lengthens the fraction.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::wire::DecodeError;

/// The bytes of a position: a header that tells how many bytes the number has (0x80 and up: at least zero, below:
/// negative), the number, the fraction without trailing zeros.
#[derive(Clone)]
pub(crate) enum Position {
    /// So many of these: nearly all are short, and take no allocation.
    Short(u8, [u8; SHORT]),
    Long(Arc<[u8]>),
}

/// Bytes of a position that lies in place.
const SHORT: usize = 22;
const ZERO: u8 = 0x80;

impl Position {
    /// Reads a position from elsewhere.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if split(bytes).is_none() || bytes.len() > crate::wire::operations::MAX_POSITION {
            return Err(DecodeError::Invalid("a list position"));
        }
        Ok(Self::of(bytes, &[]))
    }

    /// These bytes, and those behind them.
    fn of(head: &[u8], tail: &[u8]) -> Self {
        let len = head.len() + tail.len();
        let mut bytes = [0; SHORT];
        if len > SHORT {
            return Self::Long([head, tail].concat().into());
        }
        bytes[..head.len()].copy_from_slice(head);
        bytes[head.len()..len].copy_from_slice(tail);
        Self::Short(len as u8, bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(len, bytes) => &bytes[..usize::from(*len)],
            Self::Long(bytes) => bytes,
        }
    }

    /// The first bytes as a number: most positions are told apart by it.
    #[inline]
    pub(crate) fn front(&self) -> u64 {
        let bytes = match self {
            Self::Short(_, bytes) => bytes.first_chunk(),
            Self::Long(bytes) => bytes.first_chunk(),
        };
        bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// A position after `left` and before `right`; `None` stands for the ends of the list. `left` must be smaller.
    pub(crate) fn between(left: Option<&Self>, right: Option<&Self>) -> Self {
        let left = left.and_then(|position| split(position.as_bytes()));
        let right = right.and_then(|position| split(position.as_bytes()));
        match (left, right) {
            (None, None) => join(0, &[]),
            (Some((number, _)), None) => join(number.saturating_add(1), &[]),
            (None, Some((number, []))) => join(number.saturating_sub(1), &[]),
            (None, Some((number, _))) => join(number, &[]),
            (Some((a, low)), Some((b, high))) => {
                if a == b {
                    join(a, &middle(low, Some(high)))
                } else if a.saturating_add(1) < b || !high.is_empty() {
                    // The next whole number lies between.
                    join(a.saturating_add(1), &[])
                } else {
                    join(a, &middle(low, None))
                }
            }
        }
    }

    /// `count` ascending positions after `left` and before `right`, spread so that they stay short.
    pub(crate) fn spread(left: Option<&Self>, right: Option<&Self>, count: usize) -> Vec<Self> {
        let mut positions = Vec::with_capacity(count);
        match right {
            None => {
                for _ in 0..count {
                    let next = Self::between(positions.last().or(left), None);
                    positions.push(next);
                }
            }
            Some(right) => halve(left, right, count, &mut positions),
        }
        positions
    }
}

fn halve(left: Option<&Position>, right: &Position, count: usize, positions: &mut Vec<Position>) {
    if count == 0 {
        return;
    }
    let before = (count - 1) / 2;
    let pivot = Position::between(left, Some(right));
    halve(left, &pivot, before, positions);
    positions.push(pivot.clone());
    halve(Some(&pivot), right, count - 1 - before, positions);
}

/// The whole number and the fraction, or `None` when the bytes are not a position.
fn split(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (&header, rest) = bytes.split_first()?;
    let width = usize::from(if header >= ZERO { header - ZERO } else { ZERO - 1 - header });
    if width > 7 || rest.len() < width {
        return None;
    }
    let (digits, fraction) = rest.split_at(width);
    if fraction.last() == Some(&0) {
        return None;
    }
    let positive = header >= ZERO;
    let mut number = 0i64;
    for &digit in digits {
        number = number << 8 | i64::from(if positive { digit } else { !digit });
    }
    // One spelling for each number: no leading zeros.
    if width_of(number) != width {
        return None;
    }
    Some((if positive { number } else { -1 - number }, fraction))
}

fn width_of(magnitude: i64) -> usize {
    (64 - magnitude.leading_zeros() as usize).div_ceil(8)
}

fn join(number: i64, fraction: &[u8]) -> Position {
    let magnitude = if number >= 0 { number } else { -1 - number };
    let width = width_of(magnitude);
    let mut whole = [0; 9];
    whole[0] = if number >= 0 { ZERO + width as u8 } else { ZERO - 1 - width as u8 };
    for (byte, digit) in whole[1..].iter_mut().zip(&magnitude.to_be_bytes()[8 - width..]) {
        *byte = if number >= 0 { *digit } else { !digit };
    }
    Position::of(&whole[..=width], fraction)
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Position {}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> Ordering {
        crate::steps::count(1);
        // No position is another one with zeros behind it, so these may be behind both.
        self.front().cmp(&other.front()).then_with(|| self.as_bytes().cmp(other.as_bytes()))
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_bytes(), f)
    }
}

/// A fraction between two others; no upper one stands for one whole.
fn middle(low: &[u8], high: Option<&[u8]>) -> Vec<u8> {
    let mut fraction = Vec::new();
    let mut high = high;
    for at in 0.. {
        let floor = u16::from(low.get(at).copied().unwrap_or(0));
        let ceiling = high.map_or(256, |digits| u16::from(digits.get(at).copied().unwrap_or(0)));
        if ceiling > floor + 1 {
            fraction.push(((floor + ceiling) / 2) as u8);
            break;
        }
        fraction.push(floor as u8);
        if ceiling > floor {
            // Below the upper one from here on, whatever follows.
            high = None;
        }
        if at > low.len() + high.map_or(0, <[u8]>::len) {
            // Only reached when `low` is not smaller; whatever is returned, order is kept by the item's id.
            fraction.push(128);
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn appending_and_prepending_stay_short() {
        let mut last = Position::between(None, None);
        let mut first = last.clone();
        for _ in 0..10_000 {
            let next = Position::between(Some(&last), None);
            assert!(next > last && next.as_bytes().len() <= 3);
            last = next;
            let previous = Position::between(None, Some(&first));
            assert!(previous < first && previous.as_bytes().len() <= 3);
            first = previous;
        }
    }

    #[test]
    fn a_bulk_insert_between_neighbours_stays_short() {
        let left = Position::between(None, None);
        let right = Position::between(Some(&left), None);
        let positions = Position::spread(Some(&left), Some(&right), 10_000);
        assert!(positions.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(positions[0] > left && positions[9_999] < right);
        assert!(positions.iter().all(|position| position.as_bytes().len() <= 4));
    }

    proptest! {
        #[test]
        fn there_is_always_one_between(choices in prop::collection::vec(any::<prop::sample::Index>(), 1..300)) {
            let mut list = vec![Position::between(None, None)];
            for choice in choices {
                let at = choice.index(list.len() + 1);
                let left = at.checked_sub(1).map(|at| list[at].clone());
                let new = Position::between(left.as_ref(), list.get(at));
                prop_assert!(left.is_none_or(|left| left < new));
                prop_assert!(list.get(at).is_none_or(|right| &new < right));
                prop_assert_eq!(&Position::from_bytes(new.as_bytes()).unwrap(), &new);
                list.insert(at, new);
            }
        }
    }
}
