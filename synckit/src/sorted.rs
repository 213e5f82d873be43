//! Maps and sets as sorted lists: for what stays small, a fraction of the code that a B-tree takes in the browser.

use std::borrow::Borrow;

/// A map with its keys ascending. Looking up is O(log n), inserting and removing O(n) moves of keys and values.
#[derive(Debug, Clone)]
pub(crate) struct SortedMap<K, V> {
    // Apart, so that looking up is compiled once for a kind of key, whatever the values are.
    keys: Vec<K>,
    values: Vec<V>,
}

/// A set with its elements ascending.
pub(crate) type SortedSet<K> = SortedMap<K, ()>;

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { keys: Vec::new(), values: Vec::new() }
    }
}

fn find<K: Borrow<Q>, Q: Ord + ?Sized>(keys: &[K], key: &Q) -> Result<usize, usize> {
    keys.binary_search_by(|other| other.borrow().cmp(key))
}

impl<K: Ord, V> SortedMap<K, V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        find(&self.keys, key).is_ok()
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        find(&self.keys, key).ok().map(|at| &self.values[at])
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        find(&self.keys, key).ok().map(|at| &mut self.values[at])
    }

    /// The key as the map holds it.
    pub(crate) fn key<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&K>
    where
        K: Borrow<Q>,
    {
        find(&self.keys, key).ok().map(|at| &self.keys[at])
    }

    /// Puts a value under a key. Returns the one that was there.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match find(&self.keys, &key) {
            Ok(at) => Some(std::mem::replace(&mut self.values[at], value)),
            Err(at) => {
                crate::steps::count(self.keys.len() - at);
                self.keys.insert(at, key);
                self.values.insert(at, value);
                None
            }
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = find(&self.keys, key).ok()?;
        crate::steps::count(self.keys.len() - at);
        self.keys.remove(at);
        Some(self.values.remove(at))
    }

    /// The value under a key, a new one if there is none.
    pub(crate) fn get_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let at = find(&self.keys, &key).unwrap_or_else(|at| {
            crate::steps::count(self.keys.len() - at);
            self.keys.insert(at, key);
            self.values.insert(at, V::default());
            at
        });
        &mut self.values[at]
    }

    /// The least key that is greater than this one.
    pub(crate) fn after<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&K>
    where
        K: Borrow<Q>,
    {
        self.keys.get(find(&self.keys, key).map_or_else(|at| at, |at| at + 1))
    }

    pub(crate) fn first(&self) -> Option<&K> {
        self.keys.first()
    }

    /// Takes the least key out. O(n).
    pub(crate) fn pop_first(&mut self) -> Option<K> {
        (!self.keys.is_empty()).then(|| {
            self.values.remove(0);
            self.keys.remove(0)
        })
    }

    /// Takes the greatest key out. O(1).
    pub(crate) fn pop_last(&mut self) -> Option<K> {
        self.values.pop();
        self.keys.pop()
    }

    pub(crate) fn keys(&self) -> std::slice::Iter<'_, K> {
        self.keys.iter()
    }

    pub(crate) fn values(&self) -> std::slice::Iter<'_, V> {
        self.values.iter()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.keys.iter().zip(&self.values)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.keys.iter().zip(&mut self.values)
    }

    /// Keeps what `keep` says. O(n).
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let mut kept = 0;
        for at in 0..self.keys.len() {
            if keep(&self.keys[at], &mut self.values[at]) {
                self.keys.swap(kept, at);
                self.values.swap(kept, at);
                kept += 1;
            }
        }
        self.keys.truncate(kept);
        self.values.truncate(kept);
    }

    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.values.clear();
    }

    pub(crate) fn into_keys(self) -> Vec<K> {
        self.keys
    }
}

/// Sorts by a number that is another one for each item.
pub(crate) fn sort_by_number<T>(items: &mut [T], number: impl Fn(&T) -> u64) {
    sort_by(items, |one, other| number(one) < number(other));
}

/// Sorts so that what is `before` comes first. Stable, O(n log n); O(n) for what is sorted already. The sorting itself is
/// compiled once, whatever is sorted.
pub(crate) fn sort_by<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    if items.is_sorted_by(|one, other| !before(other, one)) {
        return;
    }
    let mut order = sorted_order(items.len(), &|one, other| before(&items[one], &items[other]));
    // Each round of places that follow from one another: what is put into one leaves the next one free.
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// A merge sort from the bottom up.
fn sorted_order(len: usize, before: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    let mut merged = Vec::with_capacity(len);
    let mut width = 1;
    while width < len {
        for run in order.chunks(2 * width) {
            let (mut left, mut right) = run.split_at(width.min(run.len()));
            while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
                if before(*second, *first) {
                    merged.push(*second);
                    right = right_rest;
                } else {
                    merged.push(*first);
                    left = left_rest;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(&mut order, &mut merged);
        merged.clear();
        width *= 2;
    }
    order
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::iter::Zip<std::vec::IntoIter<K>, std::vec::IntoIter<V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.keys.into_iter().zip(self.values)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{SortedMap, sort_by, sort_by_number};

    #[test]
    fn sorting_keeps_the_order_of_equals() {
        let mut dice: u32 = 3;
        for len in 0..70 {
            let mut items: Vec<(u32, usize)> = (0..len)
                .map(|at| {
                    dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((dice >> 16) % 9, at)
                })
                .collect();
            let mut expected = items.clone();
            sort_by(&mut items, |one, other| one.0 < other.0);
            expected.sort_by_key(|item| item.0);
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn items_are_sorted_by_their_numbers() {
        for numbers in [vec![], vec![1], vec![1, 2, 3], vec![3, 1, 2], vec![9, 7, 8, 1, 0, u64::MAX]] {
            let mut items: Vec<String> = numbers.iter().map(u64::to_string).collect();
            sort_by_number(&mut items, |item| item.parse().unwrap());
            let mut expected = numbers;
            expected.sort_unstable();
            assert_eq!(items, expected.iter().map(u64::to_string).collect::<Vec<_>>());
        }
    }

    #[test]
    fn it_does_what_a_tree_does() {
        let (mut sorted, mut tree) = (SortedMap::default(), BTreeMap::new());
        let mut dice: u32 = 7;
        for _ in 0..5_000 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (key, value) = ((dice >> 8) % 50, dice);
            match (dice >> 24) % 8 {
                0..3 => assert_eq!(sorted.insert(key, value), tree.insert(key, value)),
                3 => assert_eq!(sorted.remove(&key), tree.remove(&key)),
                4 => {
                    *sorted.get_or_default(key) += 1;
                    *tree.entry(key).or_default() += 1;
                }
                5 => assert_eq!(sorted.pop_first(), tree.pop_first().map(|entry| entry.0)),
                6 => assert_eq!(sorted.pop_last(), tree.pop_last().map(|entry| entry.0)),
                _ if dice.is_multiple_of(11) => {
                    sorted.retain(|key, value| (*key + *value) % 2 == 0);
                    tree.retain(|key, value| (*key + *value) % 2 == 0);
                }
                _ => {}
            }
            assert_eq!(sorted.get(&key), tree.get(&key));
            assert_eq!(sorted.contains(&key), tree.contains_key(&key));
            assert_eq!(sorted.after(&key), tree.range(key + 1..).next().map(|entry| entry.0));
            assert_eq!(sorted.first(), tree.keys().next());
            assert!(sorted.iter().eq(tree.iter()) && sorted.len() == tree.len());
        }
        assert!(sorted.into_iter().eq(tree));
    }
}
