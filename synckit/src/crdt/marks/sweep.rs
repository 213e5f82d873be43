//! What is marked how over a stretch of text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Mark, Marks};
use crate::crdt::operation::Stamp;
use crate::sequence::Sequence;
use crate::value::Value;
use crate::version::Dot;

/// Positions, and the keys and values of the marks on all of them.
pub(crate) type MarkedRange = (Range<usize>, Vec<(Arc<str>, Value)>);

/// A mark, or the lack of one, that was made in a range: where, the key, by which operation, the value.
pub(crate) type Found = (Range<usize>, Arc<str>, Dot, Option<Value>);

/// What wins over a stretch: the mark's operation and its value.
pub(crate) type Winner = Option<(Dot, Option<Value>)>;

/// The marks at one place by key, the latest one last.
type Active<'a> = BTreeMap<&'a Arc<str>, BTreeMap<Stamp, &'a Mark>>;

impl Marks {
    /// Stretches of equal marks over a range of positions. O(m log m log n) for m marks that lie on it.
    pub(crate) fn spans(&self, sequence: &Sequence, range: Range<usize>) -> Vec<MarkedRange> {
        let mut spans: Vec<MarkedRange> = Vec::new();
        self.sweep(sequence, range, None, &mut |stretch, active| {
            let values = active.iter().filter_map(|(key, marks)| {
                let (_, mark) = marks.last_key_value()?;
                Some(((*key).clone(), mark.value.clone()?))
            });
            let values: Vec<(Arc<str>, Value)> = values.collect();
            match spans.last_mut() {
                Some((last, same)) if *same == values => last.end = stretch.end,
                _ => spans.push((stretch, values)),
            }
        });
        spans
    }

    /// All that was ever marked in a range: where, which key, by which operation, with which value; none where a key
    /// was taken away.
    pub(crate) fn within(&self, sequence: &Sequence, range: Range<usize>) -> Vec<Found> {
        let mut found = Vec::new();
        self.sweep(sequence, range, None, &mut |stretch, active| {
            for (key, marks) in active {
                if let Some((stamp, mark)) = marks.last_key_value() {
                    found.push((stretch.clone(), (*key).clone(), stamp.dot, mark.value.clone()));
                }
            }
        });
        found
    }

    /// Which mark of a key counts over which part of a range.
    pub(crate) fn winners(
        &self,
        sequence: &Sequence,
        range: Range<usize>,
        key: &str,
    ) -> Vec<(Range<usize>, Winner)> {
        let mut stretches = Vec::new();
        self.sweep(sequence, range, Some(key), &mut |stretch, active| {
            let winner = active.values().next().and_then(BTreeMap::last_key_value);
            stretches.push((stretch, winner.map(|(stamp, mark)| (stamp.dot, mark.value.clone()))));
        });
        stretches
    }

    /// Goes over a range and hands over each stretch with the marks that lie on it, by key, the latest one last.
    fn sweep(
        &self,
        sequence: &Sequence,
        range: Range<usize>,
        only: Option<&str>,
        visit: &mut dyn FnMut(Range<usize>, &Active<'_>),
    ) {
        let mut events: Vec<(usize, bool, &(Stamp, Mark))> = Vec::new();
        self.on(sequence, &range, only, &mut |marked| {
            let (_, mark) = marked;
            if let Some(Range { start, end }) = mark.range(sequence)
                && start.max(range.start) < end.min(range.end)
            {
                events.push((start.max(range.start), true, marked));
                events.push((end.min(range.end), false, marked));
            }
        });
        crate::sorted::sort_by_number(&mut events, |event| event.0 as u64);
        let mut active: Active<'_> = BTreeMap::new();
        let mut from = range.start;
        for (at, begins, (stamp, mark)) in events {
            if at > from {
                visit(from..at, &active);
                from = at;
            }
            if begins {
                active.entry(&mark.key).or_default().insert(*stamp, mark);
            } else if let Some(marks) = active.get_mut(&mark.key) {
                marks.remove(stamp);
                if marks.is_empty() {
                    active.remove(&mark.key);
                }
            }
        }
        if from < range.end {
            visit(from..range.end, &active);
        }
    }
}
