//! Hash maps that weigh little: a table of places in a list, which is compiled once whatever lies in the list. In the
//! browser the standard library's tables, compiled for every kind of key, would be a tenth of this crate.
//!
//! Hashes are folded products with a number that is secret to the process: whoever chooses keys does not know which of them
//! meet at one place. In the browser that number comes from the platform, as the standard library has no randomness there.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// The secret number, once there is one.
static SECRET: AtomicU64 = AtomicU64::new(0);

/// Brings 64 random bits in. They count until the first hash has been made: from then on hashes stay what they are.
pub(crate) fn seed(random: u64) -> u64 {
    match SECRET.compare_exchange(0, random | 1, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => random | 1,
        Err(known) => known,
    }
}

fn secret() -> u64 {
    match SECRET.load(Ordering::Relaxed) {
        0 => seed(chance()),
        secret => secret,
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn chance() -> u64 {
    use std::hash::BuildHasher as _;
    std::hash::RandomState::new().hash_one(0)
}

/// For states that are used without a client, which would have brought something better.
#[cfg(target_arch = "wasm32")]
fn chance() -> u64 {
    0x9e37_79b9_7f4a_7c15 ^ std::ptr::from_ref(&SECRET).addr() as u64
}

struct Folding {
    state: u64,
    secret: u64,
}

impl Folding {
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.secret);
        self.state = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.fold(u64::from_le_bytes(*word)));
        // With the length, so that zeros at the end count.
        let rest = rest.iter().rev().fold(bytes.len() as u64, |word, byte| (word << 8) | u64::from(*byte));
        self.fold(rest);
    }

    fn write_u8(&mut self, number: u8) {
        self.fold(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.fold(number as u64);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

fn hash(key: &(impl Hash + ?Sized)) -> u32 {
    let secret = secret();
    // Another number than the factor, or a first word that is known would be known to be cancelled.
    let mut folding = Folding { state: secret.rotate_left(32) ^ 0x243f_6a88_85a3_08d3, secret };
    key.hash(&mut folding);
    // Numbers that follow each other are products with equal distances still, and with some secrets these lie side by side.
    ((folding.state ^ (folding.state >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Where the entries of a list are, by their keys. It holds neither: it asks whether an entry is the one. An empty one is small.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index(Option<Box<Table>>);

#[derive(Debug, Clone, Default)]
struct Table {
    /// Hashes with the place they belong to plus one; 0 is nobody's. A power of two, three quarters taken at most; who finds
    /// a slot taken goes to the next.
    slots: Vec<(u32, u32)>,
    len: usize,
}

impl Index {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The place of the entry with this key; `is` says whether it is the one at a place. O(1).
    pub(crate) fn find(&self, key: &(impl Hash + ?Sized), is: impl Fn(usize) -> bool) -> Option<usize> {
        let table = self.0.as_deref()?;
        let slot = table.slot(hash(key), &is)?;
        Some(table.slots[slot].1 as usize - 1)
    }

    /// Notes the place of an entry that is not in it yet. O(1) in the long run.
    pub(crate) fn add(&mut self, key: &(impl Hash + ?Sized), place: usize) {
        self.0.get_or_insert_default().insert(hash(key), place);
    }
}

impl Table {
    fn slot(&self, hash: u32, is: &dyn Fn(usize) -> bool) -> Option<usize> {
        let mut at = hash as usize;
        loop {
            crate::steps::count(1);
            at &= self.slots.len().wrapping_sub(1);
            match *self.slots.get(at)? {
                (_, 0) => return None,
                (other, place) if other == hash && is(place as usize - 1) => return Some(at),
                _ => at += 1,
            }
        }
    }

    fn insert(&mut self, hash: u32, place: usize) {
        if 4 * self.len >= 3 * self.slots.len() {
            let wider = vec![(0, 0); (2 * self.slots.len()).max(4)];
            for slot in std::mem::replace(&mut self.slots, wider) {
                if slot.1 != 0 {
                    self.put(slot);
                }
            }
        }
        self.len += 1;
        self.put((hash, place as u32 + 1));
    }

    fn put(&mut self, slot: (u32, u32)) {
        let mask = self.slots.len() - 1;
        let mut at = slot.0 as usize & mask;
        while self.slots[at].1 != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    /// Empties a slot, moving up those that came to lie behind it because it was taken.
    fn clear(&mut self, mut hole: usize) {
        let mask = self.slots.len() - 1;
        let mut at = hole;
        self.len -= 1;
        loop {
            self.slots[hole] = (0, 0);
            loop {
                at = (at + 1) & mask;
                let (hash, place) = self.slots[at];
                if place == 0 {
                    return;
                }
                let way = at.wrapping_sub(hash as usize) & mask;
                if way >= at.wrapping_sub(hole) & mask {
                    break;
                }
            }
            self.slots[hole] = self.slots[at];
            hole = at;
        }
    }
}

/// A hash map. Its entries lie in the order in which they came, until one is removed.
#[derive(Debug, Clone)]
pub(crate) struct HashMap<K, V> {
    index: Index,
    entries: Vec<(K, V)>,
}

impl<K, V> Default for HashMap<K, V> {
    fn default() -> Self {
        Self { index: Index::default(), entries: Vec::new() }
    }
}

/// Entries up to which looking through all of them takes no longer than hashing, and no table is kept.
const FEW: usize = 12;

impl<K: Hash + Eq, V> HashMap<K, V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn place<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        if self.index.is_empty() {
            return self.entries.iter().position(|entry| entry.0.borrow() == key);
        }
        self.index.find(key, |at| self.entries[at].0.borrow() == key)
    }

    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).map(|at| &self.entries[at].1)
    }

    /// A key as it is kept here.
    pub(crate) fn key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&K>
    where
        K: Borrow<Q>,
    {
        self.place(key).map(|at| &self.entries[at].0)
    }

    pub(crate) fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.place(key).map(|at| &mut self.entries[at].1)
    }

    /// Puts a value under a key. Whether there was none.
    pub(crate) fn insert(&mut self, key: K, value: V) -> bool {
        match self.place(&key) {
            Some(at) => {
                self.entries[at].1 = value;
                false
            }
            None => {
                let len = self.entries.len();
                if len == self.entries.capacity() && len < FEW {
                    // There are many small ones.
                    self.entries.reserve_exact((len / 4).max(2));
                }
                self.entries.push((key, value));
                if len > FEW {
                    self.index.add(&self.entries[len].0, len);
                } else if len == FEW {
                    self.fill();
                }
                true
            }
        }
    }

    pub(crate) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let Some(table) = &mut self.index.0 else {
            return Some(self.entries.swap_remove(self.place(key)?).1);
        };
        let slot = table.slot(hash(key), &|at| self.entries[at].0.borrow() == key)?;
        let at = table.slots[slot].1 as usize - 1;
        // The last entry takes the place that becomes free.
        let last = self.entries.len() - 1;
        if at != last {
            let moved = table.slot(hash(&self.entries[last].0), &|other| other == last)?;
            table.slots[moved].1 = at as u32 + 1;
        }
        table.clear(slot);
        if last <= FEW {
            self.index = Index::default();
        }
        Some(self.entries.swap_remove(at).1)
    }

    /// In no particular order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.entries.iter()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|entry| &entry.1)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|entry| &mut entry.1)
    }

    /// Keeps what `keep` says. O(n).
    pub(crate) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        self.index = Index::default();
        self.entries.retain(|entry| keep(&entry.1));
        if self.entries.len() > FEW {
            self.fill();
        }
    }

    fn fill(&mut self) {
        for (at, entry) in self.entries.iter().enumerate() {
            self.index.add(&entry.0, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::{HashMap, hash};

    #[test]
    fn it_does_what_a_tree_does() {
        let (mut hashed, mut tree) = (HashMap::default(), BTreeMap::new());
        let mut dice: u32 = 5;
        for round in 0..20_000u32 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Few keys, then many, then few again.
            let keys = [30, 600, 30][round as usize * 3 / 20_000];
            let key = ((dice >> 8) % keys).to_string();
            match (dice >> 24) % 8 {
                0..4 => {
                    assert_eq!(hashed.insert(key.clone(), dice), tree.insert(key.clone(), dice).is_none())
                }
                4..7 => assert_eq!(hashed.remove(&key), tree.remove(&key)),
                _ if dice.is_multiple_of(101) => {
                    hashed.retain(|value| value % 2 == 0);
                    tree.retain(|_, value| *value % 2 == 0);
                }
                _ => assert_eq!(hashed.get_mut(&key), tree.get_mut(&key)),
            }
            assert_eq!(hashed.get(key.as_str()), tree.get(&key));
            assert!(hashed.len() == tree.len() && hashed.is_empty() == tree.is_empty());
        }
        let mut values: Vec<_> = hashed.values().copied().collect();
        values.sort_unstable();
        let mut expected: Vec<_> = tree.values().copied().collect();
        expected.sort_unstable();
        assert_eq!(values, expected);
    }

    #[test]
    fn hashes_of_neighbours_are_far_apart() {
        let numbers: HashSet<u32> = (0..10_000u64).map(|number| hash(&(number, 7u64)) >> 8).collect();
        assert!(numbers.len() > 9_900, "{}", numbers.len());
        let low: HashSet<u32> = (0..10_000u64).map(|number| hash(&(7u64, number)) & 0xffff).collect();
        assert!(low.len() > 9_000, "{}", low.len());
        let texts: HashSet<u32> = (0..100)
            .map(|len| hash(&"\0".repeat(len)))
            .chain((0..100).map(|len| hash(&"a".repeat(len))))
            .collect();
        assert_eq!(texts.len(), 199);
    }
}
