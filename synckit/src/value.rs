//! Values that fields, list items and set elements hold.

mod convert;
#[cfg(feature = "json")]
mod json;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use convert::{FieldValue, IntoValue};

use crate::sorted::SortedMap;

/// A plain value, as JSON has them, with bytes and 64-bit integers. Cloning is cheap.
///
/// Ordered and comparable: floats by their total order, so that NaN equals itself.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    String(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// Values in order.
    List(Arc<[Value]>),
    /// Values by key, ascending by key, each key once.
    Map(Arc<[(Arc<str>, Value)]>),
}

impl Value {
    /// A map of these entries; of equal keys the last one counts.
    pub fn map<K: Into<Arc<str>>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let mut sorted = SortedMap::default();
        for (key, value) in entries {
            sorted.insert(key.into(), value);
        }
        Self::Map(sorted.into_iter().collect())
    }

    /// The value under a key, if this is a map that has it. O(log n).
    pub fn entry(&self, key: &str) -> Option<&Value> {
        let Self::Map(entries) = self else { return None };
        let at = entries.binary_search_by(|entry| (*entry.0).cmp(key)).ok()?;
        Some(&entries[at].1)
    }

    /// What kind of value it is, for error messages.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) => "integer",
            Self::Float(_) => "float",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        }
    }

    /// Roughly how much memory it takes, in bytes.
    pub(crate) fn byte_size(&self) -> usize {
        match self {
            Self::String(text) => 16 + text.len(),
            Self::Bytes(bytes) => 16 + bytes.len(),
            Self::List(items) => 16 + items.iter().map(Self::byte_size).sum::<usize>(),
            Self::Map(entries) => {
                16 + entries.iter().map(|(k, v)| 16 + k.len() + v.byte_size()).sum::<usize>()
            }
            _ => 16,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Float(_) => 3,
            Self::String(_) => 4,
            Self::Bytes(_) => 5,
            Self::List(_) => 6,
            Self::Map(_) => 7,
        }
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::String(a), Self::String(b)) => a.cmp(b),
            (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a.cmp(b),
            (Self::Map(a), Self::Map(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u8(self.rank());
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Int(value) => value.hash(state),
            Self::Float(value) => value.to_bits().hash(state),
            Self::String(value) => value.hash(state),
            Self::Bytes(value) => value.hash(state),
            Self::List(value) => value.hash(state),
            Self::Map(value) => value.hash(state),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}
