//! Where the items of a list lie, by their ids. What one replica has inserted in one go lies in one stretch, so that there are
//! few of them to look through, and none of them for each item.

use crate::sorted::SortedMap;
use crate::version::{Dot, ReplicaId};

/// Items of consecutive numbers that lie one behind the other.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    first: u64,
    at: u32,
    len: u32,
}

/// The stretches of each replica, ascending.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(SortedMap<ReplicaId, Vec<Stretch>>);

impl Places {
    /// Where an item lies. O(log stretches).
    pub(super) fn find(&self, id: Dot) -> Option<usize> {
        let stretches = self.0.get(&id.replica)?;
        let behind = stretches.partition_point(|stretch| stretch.first <= id.seq);
        let stretch = &stretches[behind.checked_sub(1)?];
        let offset = id.seq - stretch.first;
        (offset < u64::from(stretch.len)).then(|| stretch.at as usize + offset as usize)
    }

    /// Whether none of `len` items from `first` on lies anywhere.
    pub(super) fn are_free(&self, first: Dot, len: usize) -> bool {
        let Some(stretches) = self.0.get(&first.replica) else { return true };
        let behind = stretches.partition_point(|stretch| stretch.first < first.seq + len as u64);
        let last = behind.checked_sub(1).map(|before| &stretches[before]);
        last.is_none_or(|last| last.first + u64::from(last.len) <= first.seq)
    }

    /// Notes `len` items from `first` on, of which none lies anywhere yet: they lie from `at` on. O(1) for the latest of a replica.
    pub(super) fn add(&mut self, first: Dot, at: usize, len: usize) {
        let stretches = self.0.get_or_default(first.replica);
        let behind = stretches.partition_point(|stretch| stretch.first <= first.seq);
        let new = Stretch { first: first.seq, at: at as u32, len: len as u32 };
        if let Some(last) = behind.checked_sub(1).map(|before| &mut stretches[before])
            && (last.first + u64::from(last.len), last.at + last.len) == (new.first, new.at)
        {
            last.len += new.len;
            return;
        }
        if stretches.capacity() == 0 {
            // Many replicas write once.
            stretches.reserve_exact(1);
        }
        stretches.insert(behind, new);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Dot, Places, ReplicaId};

    #[test]
    fn what_was_noted_is_found_where_it_lies() {
        let (mut places, mut tree, mut next) = (Places::default(), BTreeMap::new(), 0);
        let mut dice: u32 = 11;
        for _ in 0..3_000 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let first =
                Dot::new(ReplicaId::new(u64::from(dice >> 30) + 1), u64::from((dice >> 8) % 5_000) + 1);
            let len = (dice >> 20) as usize % 9 + 1;
            let all = (0..len as u64).map(|more| Dot { seq: first.seq + more, ..first });
            let free = all.clone().all(|id| !tree.contains_key(&id));
            assert_eq!(places.are_free(first, len), free);
            if free {
                places.add(first, next, len);
                all.clone().for_each(|id| {
                    tree.insert(id, next);
                    next += 1;
                });
            }
            for id in all.chain([Dot { seq: first.seq + 9, ..first }]) {
                assert_eq!(places.find(id), tree.get(&id).copied());
            }
        }
        assert!(next > 5_000);
    }
}
