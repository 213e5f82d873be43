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
    /// Each behind the first sequence number in it.
    blocks: Vec<(u32, Vec<Entry>)>,
    /// Behind the greatest sequence number that was ever assigned.
    end: u32,
}

impl Index {
    /// Builds it from (sequence number, leaf) of all pieces, in any order, and the end of the writer's numbers.
    pub(super) fn build(mut pieces: Vec<(u32, u32)>, end: u32) -> Self {
        // As one number, which sorts in half the time.
        pieces.sort_unstable_by_key(|&(seq, leaf)| u64::from(seq) << 32 | u64::from(leaf));
        pieces.dedup_by_key(|piece| piece.1);
        let entry = |&(seq, leaf): &(u32, u32)| Entry { seq, leaf };
        let blocks =
            pieces.chunks(BLOCK / 2).map(|part| (part[0].0, part.iter().map(entry).collect())).collect();
        Self { blocks, end }
    }

    /// The leaf that a character is in, if it exists at all. O(log n).
    #[inline]
    pub(super) fn leaf(&self, seq: u32) -> Option<u32> {
        let (block, slot) = self.find(seq)?;
        Some(self.blocks[block].1[slot].leaf)
    }

    /// Characters `seq..end` are in `leaf` from now on. O(log n), and the entries that it covers.
    pub(super) fn assign(&mut self, seq: u32, end: u32, leaf: u32) {
        if seq < self.end {
            if self.relabel(seq, end, leaf).is_some() {
                return;
            }
            // What follows in the same stretch stays where it was.
            if end < self.end
                && let Some((block, slot)) = self.find(end)
                && let old = self.blocks[block].1[slot]
                && old.seq != end
            {
                self.insert(block, slot + 1, Entry { seq: end, leaf: old.leaf });
            }
            self.cover(seq, end, leaf);
        }
        self.end = self.end.max(end);
        match self.find(seq) {
            Some((block, slot)) if self.blocks[block].1[slot].leaf == leaf => {}
            Some((block, slot)) => self.insert(block, slot + 1, Entry { seq, leaf }),
            None => {
                if self.blocks.is_empty() {
                    self.blocks.push((seq, Vec::new()));
                }
                self.insert(0, 0, Entry { seq, leaf });
            }
        }
    }

    /// [`assign`](Self::assign) for an entry of just these characters: most pieces that move to another leaf have one.
    fn relabel(&mut self, seq: u32, end: u32, leaf: u32) -> Option<()> {
        let (block, slot) = self.find(seq)?;
        let [entry, next, ..] = &mut self.blocks[block].1[slot..] else { return None };
        if entry.seq != seq || next.seq != end {
            return None;
        }
        entry.leaf = leaf;
        Some(())
    }

    /// Every entry that begins in `seq..end` now says `leaf`.
    fn cover(&mut self, seq: u32, end: u32, leaf: u32) {
        let first = self.blocks.partition_point(|block| block.0 < seq).saturating_sub(1);
        for (_, block) in self.blocks[first..].iter_mut().take_while(|block| block.0 < end) {
            let from = block.partition_point(|entry| entry.seq < seq);
            let to = block.partition_point(|entry| entry.seq < end);
            block[from..to.max(from)].iter_mut().for_each(|entry| entry.leaf = leaf);
        }
    }

    fn insert(&mut self, block: usize, slot: usize, entry: Entry) {
        let (first, entries) = &mut self.blocks[block];
        *first = entry.seq.min(*first);
        crate::steps::count(entries.len() - slot);
        entries.insert(slot, entry);
        if entries.len() > BLOCK {
            // Sequence numbers mostly grow: the last block is left nearly full.
            let keep = if slot + 1 == entries.len() { BLOCK } else { BLOCK / 2 };
            let rest = entries.split_off(keep);
            crate::steps::count(self.blocks.len() - block);
            self.blocks.insert(block + 1, (rest[0].seq, rest));
        }
    }

    fn find(&self, seq: u32) -> Option<(usize, usize)> {
        let block = match self.blocks.last() {
            // Mostly the latest ones are asked for.
            Some(last) if last.0 <= seq => self.blocks.len() - 1,
            _ => self.blocks.partition_point(|block| block.0 <= seq).checked_sub(1)?,
        };
        let slot = self.blocks[block].1.partition_point(|entry| entry.seq <= seq).checked_sub(1)?;
        Some((block, slot))
    }

    pub(super) fn heap_size(&self) -> usize {
        self.blocks
            .iter()
            .map(|block| block.1.capacity() * size_of::<Entry>() + size_of::<(u32, Vec<Entry>)>())
            .sum()
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
