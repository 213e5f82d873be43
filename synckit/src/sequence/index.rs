//! Which leaf a character is in: for one writer, stretches of sequence numbers in ascending order.
//!
//! It knows leaves only, not pieces: what is split or joined inside of a leaf leaves it as it is.

/// Entries of a block; a full one is cut in two, so that putting one in never moves more than these.
const BLOCK: usize = 256;

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The first sequence number of the stretch; it ends where the next one begins.
    seq: u32,
    leaf: u32,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    blocks: Vec<Vec<Entry>>,
    /// Behind the greatest sequence number that was ever assigned.
    end: u32,
}

impl Index {
    /// Builds it from (sequence number, end, leaf) of pieces in any order.
    pub(super) fn build(mut pieces: Vec<(u32, u32, u32)>) -> Self {
        pieces.sort_unstable();
        let mut index = Self::default();
        let mut entries: Vec<Entry> = Vec::new();
        for (seq, end, leaf) in pieces {
            index.end = index.end.max(end);
            if entries.last().is_none_or(|last| last.leaf != leaf) {
                entries.push(Entry { seq, leaf });
            }
        }
        index.blocks = entries.chunks(BLOCK / 2).map(<[Entry]>::to_vec).collect();
        index
    }

    /// The leaf that a character is in, if it exists at all. O(log n).
    #[inline]
    pub(super) fn leaf(&self, seq: u32) -> Option<u32> {
        let (block, slot) = self.find(seq)?;
        Some(self.blocks[block][slot].leaf)
    }

    /// Characters `seq..end` are in `leaf` from now on. O(log n), and the entries that it covers.
    pub(super) fn assign(&mut self, seq: u32, end: u32, leaf: u32) {
        if seq < self.end {
            // What follows in the same stretch stays where it was.
            if end < self.end
                && let Some((block, slot)) = self.find(end)
                && let old = self.blocks[block][slot]
                && old.seq != end
            {
                self.insert(block, slot + 1, Entry { seq: end, leaf: old.leaf });
            }
            self.cover(seq, end, leaf);
        }
        self.end = self.end.max(end);
        match self.find(seq) {
            Some((block, slot)) if self.blocks[block][slot].leaf == leaf => {}
            Some((block, slot)) => self.insert(block, slot + 1, Entry { seq, leaf }),
            None => {
                if self.blocks.is_empty() {
                    self.blocks.push(Vec::new());
                }
                self.insert(0, 0, Entry { seq, leaf });
            }
        }
    }

    /// Every entry that begins in `seq..end` now says `leaf`.
    fn cover(&mut self, seq: u32, end: u32, leaf: u32) {
        let first = self.blocks.partition_point(|block| block[0].seq < seq).saturating_sub(1);
        for block in self.blocks[first..].iter_mut().take_while(|block| block[0].seq < end) {
            let from = block.partition_point(|entry| entry.seq < seq);
            let to = block.partition_point(|entry| entry.seq < end);
            block[from..to.max(from)].iter_mut().for_each(|entry| entry.leaf = leaf);
        }
    }

    fn insert(&mut self, block: usize, slot: usize, entry: Entry) {
        let entries = &mut self.blocks[block];
        entries.insert(slot, entry);
        if entries.len() > BLOCK {
            // Sequence numbers mostly grow: the last block is left nearly full.
            let keep = if slot + 1 == entries.len() { BLOCK } else { BLOCK / 2 };
            let rest = entries.split_off(keep);
            self.blocks.insert(block + 1, rest);
        }
    }

    fn find(&self, seq: u32) -> Option<(usize, usize)> {
        let block = self.blocks.partition_point(|block| block[0].seq <= seq).checked_sub(1)?;
        let slot = self.blocks[block].partition_point(|entry| entry.seq <= seq).checked_sub(1)?;
        Some((block, slot))
    }

    pub(super) fn heap_size(&self) -> usize {
        self.blocks.iter().map(|block| block.capacity() * size_of::<Entry>() + size_of::<Vec<Entry>>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn stretches_are_cut_and_moved() {
        let mut index = Index::default();
        let mut truth = vec![None; 4096];
        let mut assign = |index: &mut Index, from: u32, to: u32, leaf: u32| {
            index.assign(from, to, leaf);
            truth[from as usize..to as usize].fill(Some(leaf));
            for (seq, leaf) in truth.iter().enumerate().filter(|(_, leaf)| leaf.is_some()) {
                assert_eq!(index.leaf(seq as u32), *leaf, "{seq} after {from}..{to}");
            }
        };
        assign(&mut index, 10, 2000, 1);
        assign(&mut index, 2000, 2010, 2);
        let mut seed = 7u32;
        for leaf in 3..1500 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let from = 10 + (seed >> 8) % 1990;
            assign(&mut index, from, (from + 1 + seed % 5).min(2010), leaf);
        }
        assign(&mut index, 2500, 2600, 4);
        assign(&mut index, 1, 5, 9);
        assert!(index.blocks.len() > 3);
    }
}
