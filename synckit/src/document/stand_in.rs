//! Which operation stands for which: one that restored what an earlier one had written is found by steps that know the earlier one.

use crate::hash::HashMap;
use crate::version::Dot;

/// What of an element an operation decides. An insertion decides all three, and each may be restored on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Aspect {
    Value,
    Place,
    Life,
    /// How a stretch of a text is marked: what was brought back may have needed several marks.
    #[cfg(feature = "text")]
    Mark,
}

/// Operations that stand for each other are one lineage, of which the latest is found at once, however often something comes and goes.
#[derive(Debug, Clone, Default)]
pub(super) struct StandIns {
    lineage: HashMap<(Aspect, Dot), u32>,
    latest: Vec<Dot>,
}

impl StandIns {
    /// The operation that stands for `dot` today. O(1).
    pub(super) fn of(&self, aspect: Aspect, dot: Dot) -> Dot {
        let lineage = self.lineage.get(&(aspect, dot)).and_then(|&lineage| self.latest.get(lineage as usize));
        lineage.copied().unwrap_or(dot)
    }

    /// Whether both stand for the same one. O(1).
    #[cfg(feature = "text")]
    pub(super) fn are_one(&self, aspect: Aspect, one: Dot, other: Dot) -> bool {
        self.of(aspect, one) == self.of(aspect, other)
    }

    /// From here on `now`, which is new, stands for `was` and for all that `was` stands for. O(1).
    pub(super) fn put(&mut self, aspect: Aspect, was: Dot, now: Dot) {
        let lineage = match self.lineage.get(&(aspect, was)) {
            Some(&lineage) => {
                self.latest[lineage as usize] = now;
                lineage
            }
            None => {
                let lineage = self.latest.len() as u32;
                self.latest.push(now);
                self.lineage.insert((aspect, was), lineage);
                lineage
            }
        };
        self.lineage.insert((aspect, now), lineage);
    }
}
