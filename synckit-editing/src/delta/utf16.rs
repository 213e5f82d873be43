//! Browsers count UTF-16 units, texts count Unicode scalar values.

use super::{Delta, Op};

/// A delta of the page that does not fit the text which the page is known to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an edit that does not fit what the page shows: send the whole text anew")]
pub struct OutOfStep;

/// Converts places of a text that is not at hand between UTF-16 units and Unicode scalar values. It takes memory for the
/// characters of two units alone.
///
/// ```
/// use synckit_editing::delta::{Delta, Utf16Map};
///
/// let mut map = Utf16Map::of("a🙂b");
/// assert_eq!((map.to_utf16(2), map.to_scalars(3), map.to_scalars(2)), (3, Some(2), None));
/// map.apply(&Delta::new().delete(2));
/// assert_eq!((map.len(), map.utf16_len()), (1, 1));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Utf16Map {
    len: usize,
    /// Where characters of two units stand, in scalar values, ascending.
    wide: Vec<usize>,
}

impl Utf16Map {
    /// That of a text. O(length).
    pub fn of(text: &str) -> Self {
        let mut map = Self::default();
        map.push(text);
        map
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many UTF-16 units there are.
    pub fn utf16_len(&self) -> usize {
        self.len + self.wide.len()
    }

    /// How many UTF-16 units stand before a place. O(log n).
    pub fn to_utf16(&self, at: usize) -> usize {
        at + self.wide.partition_point(|wide| *wide < at)
    }

    /// The place before which so many UTF-16 units stand; none past the end and inside of a character. O(log n).
    pub fn to_scalars(&self, utf16: usize) -> Option<usize> {
        // How many wide characters begin before it.
        let (mut low, mut high) = (0, self.wide.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.wide[middle] + middle < utf16 {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let at = utf16 - low;
        let inside = low.checked_sub(1).is_some_and(|last| self.wide[last] >= at);
        (at <= self.len && !inside).then_some(at)
    }

    /// Follows a change. O(characters of two units + length of the change).
    pub fn apply(&mut self, delta: &Delta) {
        let mut next = Self::default();
        let (mut at, mut used) = (0, 0);
        for op in delta.ops() {
            let end = at + op.len();
            match op {
                Op::Insert(text, _) => {
                    next.push(text);
                    continue;
                }
                Op::Delete(_) => used += self.wide[used..].partition_point(|wide| *wide < end),
                Op::Retain(len, _) => used = next.copy(self, used, at, *len),
            }
            at = end;
        }
        next.copy(self, used, at, self.len.saturating_sub(at));
        *self = next;
    }

    /// A delta in UTF-16 units as one in scalar values.
    ///
    /// # Errors
    /// [`OutOfStep`] when it goes past the end, or begins or ends inside of a character.
    pub fn delta_to_scalars(&self, delta: &Delta) -> Result<Delta, OutOfStep> {
        self.convert(delta, |map, at| map.to_scalars(at))
    }

    /// A delta in scalar values as one in UTF-16 units.
    ///
    /// # Errors
    /// [`OutOfStep`] when it goes past the end.
    pub fn delta_to_utf16(&self, delta: &Delta) -> Result<Delta, OutOfStep> {
        self.convert(delta, |map, at| (at <= map.len).then(|| map.to_utf16(at)))
    }

    fn convert(
        &self,
        delta: &Delta,
        place: impl Fn(&Self, usize) -> Option<usize>,
    ) -> Result<Delta, OutOfStep> {
        let (mut from, mut to) = (0_usize, 0);
        let mut ops = Vec::with_capacity(delta.ops().len());
        for op in delta.ops() {
            let mut step = |len: usize| {
                from = from.checked_add(len).ok_or(OutOfStep)?;
                let end = place(self, from).ok_or(OutOfStep)?;
                Ok(end - std::mem::replace(&mut to, end))
            };
            ops.push(match op {
                Op::Retain(len, attributes) => Op::Retain(step(*len)?, attributes.clone()),
                Op::Delete(len) => Op::Delete(step(*len)?),
                insert @ Op::Insert(..) => insert.clone(),
            });
        }
        Ok(ops.into_iter().collect())
    }

    fn push(&mut self, text: &str) {
        for character in text.chars() {
            if character.len_utf16() == 2 {
                self.wide.push(self.len);
            }
            self.len += 1;
        }
    }

    /// Adds a stretch of another text, of whose wide characters `used` come before it. Returns how many come before its end.
    fn copy(&mut self, from: &Self, used: usize, at: usize, len: usize) -> usize {
        let end = used + from.wide[used..].partition_point(|wide| *wide < at + len);
        self.wide.extend(from.wide[used..end].iter().map(|wide| wide - at + self.len));
        self.len += len;
        end
    }
}
