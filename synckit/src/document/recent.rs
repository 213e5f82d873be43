//! The latest changes and what they touched. What a replica lacks that is not far behind is found by them, without a look at
//! the whole document.

use std::collections::VecDeque;

use crate::crdt::container::Part;
use crate::few::Few;
use crate::version::{ReplicaId, VersionVector};

/// Changes that are kept.
const MAX_CHANGES: usize = 256;
/// Parts of one change that are named.
const MAX_PARTS: usize = 4;

/// A part, and the number of the container that it is of.
pub(super) type Place = (u32, Part);

#[derive(Debug, Clone)]
struct Entry {
    replica: ReplicaId,
    first: u64,
    last: u64,
    /// None when they are too many.
    places: Option<Few<Place>>,
}

/// Consecutive changes up to the latest one. Together they cover every sequence number that came since the first of them.
#[derive(Debug, Clone)]
pub(super) struct Recent {
    changes: VecDeque<Entry>,
    /// What the change touches that is going on.
    open: Option<Few<Place>>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { changes: VecDeque::new(), open: Some(Few::default()) }
    }
}

impl Recent {
    /// An operation acts on a place.
    pub(super) fn touch(&mut self, place: Place) {
        match &mut self.open {
            Some(open) if open.iter().any(|other| *other == place) => {}
            Some(open) if open.len() < MAX_PARTS => open.push(place),
            _ => self.open = None,
        }
    }

    /// The operations so far were those of one change.
    pub(super) fn end(&mut self, replica: ReplicaId, first: u64, last: u64) {
        if let Some(before) = self.changes.back_mut()
            && (before.replica, before.last + 1) == (replica, first)
            && before.places.is_some()
            && before.places == self.open
        {
            before.last = last;
            // What the next change touches is mostly the same.
            return self.open.iter_mut().for_each(Few::clear);
        }
        let places = self.open.replace(Few::default());
        if self.changes.capacity() == 0 {
            // Many documents are written once.
            self.changes.reserve_exact(1);
        }
        if self.changes.len() == MAX_CHANGES {
            self.changes.pop_front();
        }
        self.changes.push_back(Entry { replica, first, last, places });
    }

    /// The places where everything is that leads from one version to another. `None` when these changes do not reach that far
    /// back. O(changes between the two, squared), which is little.
    pub(super) fn places(&self, known: &VersionVector, version: &VersionVector) -> Option<Few<&Place>> {
        let lacking = |(replica, seq): (ReplicaId, u64)| seq.saturating_sub(known.get(replica));
        let mut lacking: u64 = version.iter().map(lacking).sum();
        let mut found = Few::default();
        for entry in self.changes.iter().rev() {
            if lacking == 0 {
                break;
            }
            let news = entry.last.saturating_sub(known.get(entry.replica).max(entry.first - 1));
            if news > 0 {
                lacking = lacking.checked_sub(news)?;
                for place in entry.places.as_ref()?.iter() {
                    if found.iter().all(|other| *other != place) {
                        found.push(place);
                    }
                }
            }
        }
        (lacking == 0).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_CHANGES, Part, Place, Recent};
    use crate::version::{Dot, ReplicaId, VersionVector};

    fn ann() -> ReplicaId {
        ReplicaId::new(1)
    }

    fn bob() -> ReplicaId {
        ReplicaId::new(2)
    }

    fn version(of_ann: u64, of_bob: u64) -> VersionVector {
        [(ann(), of_ann), (bob(), of_bob)].into_iter().collect()
    }

    fn item(at: u64) -> (u32, Part) {
        (3, Part::Item(Dot::new(ann(), at)))
    }

    fn places<'a>(
        recent: &'a Recent,
        known: &VersionVector,
        version: &VersionVector,
    ) -> Option<Vec<&'a Place>> {
        recent.places(known, version).map(|places| places.into_iter().collect())
    }

    #[test]
    fn what_is_lacking_is_found_from_the_end() {
        let mut recent = Recent::default();
        for at in 1..=5 {
            recent.touch(item(at));
            recent.end(ann(), at, at);
            recent.touch((0, Part::Whole));
            recent.end(bob(), 10 * at + 1, 10 * at + 10);
        }
        let now = version(5, 60);
        assert_eq!(places(&recent, &now, &now), Some(vec![]));
        assert_eq!(places(&recent, &version(4, 60), &now), Some(vec![&item(5)]));
        assert_eq!(places(&recent, &version(4, 55), &now), Some(vec![&(0, Part::Whole), &item(5)]));
        assert_eq!(places(&recent, &version(0, 10), &now).unwrap().len(), 6);
        // Before the first of them there was more.
        assert_eq!(places(&recent, &version(5, 9), &now), None);
        // In the middle of a change whose places are not noted yet.
        assert_eq!(places(&recent, &now, &version(6, 60)), None);
    }

    #[test]
    fn a_change_of_many_places_is_not_found_by_them() {
        let mut recent = Recent::default();
        (1..=9).for_each(|at| recent.touch(item(at)));
        recent.end(ann(), 1, 9);
        recent.touch(item(10));
        recent.end(ann(), 10, 10);
        assert_eq!(places(&recent, &version(9, 0), &version(10, 0)), Some(vec![&item(10)]));
        assert_eq!(places(&recent, &version(8, 0), &version(10, 0)), None);
    }

    #[test]
    fn typing_is_one_of_them_and_old_ones_go() {
        let mut recent = Recent::default();
        for at in 1..=1_000 {
            recent.touch((0, Part::Whole));
            recent.end(ann(), at, at);
        }
        assert_eq!(recent.changes.len(), 1);
        assert_eq!(places(&recent, &version(7, 0), &version(1_000, 0)), Some(vec![&(0, Part::Whole)]));
        for at in 1..=1_000 {
            recent.touch(item(at));
            recent.end(bob(), at, at);
        }
        assert_eq!(recent.changes.len(), MAX_CHANGES);
        assert_eq!(places(&recent, &version(1_000, 0), &version(1_000, 1_000)), None);
    }
}
