//! Version vectors (Parker et al., 1983): for every replica, how many of its operations are known.

use super::{Dot, ReplicaId};

/// For every replica, the highest sequence number up to which all of its operations are known.
///
/// Kept as a sorted list: look-ups are O(log n) in the number of replicas, merging is O(n).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct VersionVector {
    entries: Vec<(ReplicaId, u64)>,
}

impl VersionVector {
    /// Knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many replicas are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The highest sequence number known of a replica, 0 when none is.
    pub fn get(&self, replica: ReplicaId) -> u64 {
        match self.find(replica) {
            Ok(at) => self.entries[at].1,
            Err(_) => 0,
        }
    }

    /// Whether this operation is known.
    pub fn contains(&self, dot: Dot) -> bool {
        dot.seq <= self.get(dot.replica)
    }

    /// Whether everything that `other` knows is known here.
    pub fn includes(&self, other: &Self) -> bool {
        other.entries.iter().all(|&(replica, seq)| self.get(replica) >= seq)
    }

    /// Raises a replica's sequence number to `seq`; a lower one changes nothing.
    pub fn advance(&mut self, replica: ReplicaId, seq: u64) {
        if seq == 0 {
            return;
        }
        match self.find(replica) {
            Ok(at) => self.entries[at].1 = self.entries[at].1.max(seq),
            Err(at) => {
                crate::steps::count(self.entries.len() - at);
                self.entries.insert(at, (replica, seq));
            }
        }
    }

    /// Raises every replica to what `other` knows.
    pub fn merge(&mut self, other: &Self) {
        for &(replica, seq) in &other.entries {
            self.advance(replica, seq);
        }
    }

    /// Known replicas, ascending, with their sequence numbers.
    pub fn iter(&self) -> impl Iterator<Item = (ReplicaId, u64)> + '_ {
        self.entries.iter().copied()
    }

    /// Of replicas that ascend, with numbers that are not 0.
    pub(crate) fn from_ascending(entries: Vec<(ReplicaId, u64)>) -> Self {
        Self { entries }
    }

    fn find(&self, replica: ReplicaId) -> Result<usize, usize> {
        self.entries.binary_search_by_key(&replica, |entry| entry.0)
    }
}

impl FromIterator<(ReplicaId, u64)> for VersionVector {
    fn from_iter<I: IntoIterator<Item = (ReplicaId, u64)>>(entries: I) -> Self {
        let mut vector = Self::new();
        entries.into_iter().for_each(|(replica, seq)| vector.advance(replica, seq));
        vector
    }
}

impl std::fmt::Debug for VersionVector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_keeps_the_greater_of_both() {
        let (a, b) = (ReplicaId::new(1), ReplicaId::new(2));
        let mut left: VersionVector = [(a, 3), (b, 1)].into_iter().collect();
        let right: VersionVector = [(a, 2), (b, 5)].into_iter().collect();
        assert!(!left.includes(&right));
        left.merge(&right);
        assert!(left.includes(&right));
        assert_eq!((left.get(a), left.get(b)), (3, 5));
        assert!(left.contains(Dot::new(b, 5)) && !left.contains(Dot::new(b, 6)));
    }
}
