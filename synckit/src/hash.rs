//! Hash maps that are fast for short keys.
//!
//! The hasher is [foldhash](https://github.com/orlp/foldhash), seeded at random where the platform has randomness: whoever chooses keys
//! does not know which of them meet in one bucket. The standard library's SipHash took a fifth of the time of a keystroke.

/// A hash map.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// A hash set.
pub(crate) type HashSet<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;
