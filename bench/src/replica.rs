//! What a workload needs from a library. One trait for each kind of content; a library implements what it offers.

use anyhow::Result;

/// Anything that has a column.
pub(crate) trait Library {
    /// Its name in tables.
    const NAME: &'static str;
}

/// One edit of a text: at `at`, remove `delete` characters, then insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) at: usize,
    pub(crate) delete: usize,
    pub(crate) insert: Box<str>,
}

impl Edit {
    pub(crate) fn insertion(at: usize, text: &str) -> Self {
        Self { at, delete: 0, insert: text.into() }
    }

    pub(crate) fn deletion(at: usize, delete: usize) -> Self {
        Self { at, delete, insert: "".into() }
    }
}

/// Something that goes into a map or a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    Number(i64),
    Text(String),
    /// An object, written as a whole.
    Object(Vec<(&'static str, String)>),
}

impl Item {
    /// As JSON, to compare what different libraries hold.
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Item::Number(number) => (*number).into(),
            Item::Text(text) => text.as_str().into(),
            Item::Object(entries) => entries.iter().map(|(key, text)| (*key, text.as_str())).collect(),
        }
    }
}

/// One replica of one document.
pub(crate) trait Replica: Library + Sized {
    /// Whether receiving thousands of updates one by one is a matter of seconds, not of many minutes.
    const RECEIVES_LIVE: bool = true;

    /// An empty document. Replicas of one document have different ids, from 1.
    fn create(id: u64) -> Result<Self>;

    /// From now on [`take_update`](Self::take_update) is called after every transaction.
    fn publish(&mut self) -> Result<()>;

    /// What the last transaction wrote, as it goes over the wire.
    fn take_update(&mut self) -> Result<Vec<u8>>;

    /// Decodes and applies another replica's update.
    fn apply(&mut self, update: &[u8]) -> Result<()>;

    /// Applies many at once, in one transaction if the library has transactions for that.
    fn apply_all(&mut self, updates: &[Vec<u8>]) -> Result<()> {
        updates.iter().try_for_each(|update| self.apply(update))
    }

    /// Everything, as the library stores a document unless told otherwise.
    fn save(&mut self) -> Result<Vec<u8>>;

    /// Reads what [`save`](Self::save) wrote.
    fn load(id: u64, stored: &[u8]) -> Result<Self>;
}

/// A sequence of characters without a document around it.
pub(crate) trait RawText: Library + Sized {
    fn create() -> Self;
    fn edit(&mut self, edit: &Edit) -> Result<()>;
    fn text(&self) -> String;
}

/// A document with a text.
pub(crate) trait TextReplica: Replica {
    /// Makes edits as one transaction.
    fn edit(&mut self, edits: &[Edit]) -> Result<()>;

    /// Makes a document out of edits, in the way that is quick.
    fn replay(&mut self, edits: &[Edit]) -> Result<()> {
        self.edit(edits)
    }

    fn text(&mut self) -> Result<String>;
}

/// A text that somebody watches.
pub(crate) trait ObservedText: TextReplica {
    /// Attaches one observer. It is told of the changes, and counts.
    fn observe(&mut self) -> Result<()>;

    /// How often the observer was called.
    fn notifications(&self) -> u64;
}

/// Ways to store a text besides [`Replica::save`]; `None` when the library has no such way.
pub(crate) trait StoredText: TextReplica {
    /// An empty document that will be asked for its history.
    fn create_with_history(id: u64) -> Result<Self> {
        Self::create(id)
    }

    /// What is needed to go on editing and merging, without the text that was deleted.
    fn state(&mut self) -> Result<Option<Vec<u8>>>;

    /// Everything that was ever written.
    fn history(&mut self) -> Result<Option<Vec<u8>>>;
}

/// A document with a list.
pub(crate) trait ListReplica: Replica {
    /// Inserts as one transaction.
    fn insert(&mut self, at: usize, items: &[Item]) -> Result<()>;
    fn items(&mut self) -> Result<Vec<serde_json::Value>>;
}

/// A document with a map.
pub(crate) trait MapReplica: Replica {
    /// Writes all entries as one transaction.
    fn set(&mut self, entries: &[(&str, Item)]) -> Result<()>;
    fn entries(&mut self) -> Result<serde_json::Map<String, serde_json::Value>>;
}

/// A document with a counter.
pub(crate) trait CounterReplica: Replica {
    /// One increment by one, as one transaction.
    fn increment(&mut self) -> Result<()>;
    fn value(&mut self) -> Result<i64>;
}

/// A document with a set, or with a map that serves as one.
pub(crate) trait SetReplica: Replica {
    /// Adds an element as one transaction.
    fn add(&mut self, element: &str) -> Result<()>;
    /// Removes an element as one transaction.
    fn remove(&mut self, element: &str) -> Result<()>;
    /// The elements, ascending.
    fn elements(&mut self) -> Result<Vec<String>>;
}

/// A replica id as a program would draw it by chance, the same in every run. Small numbers would make updates smaller than
/// they are in use.
pub(crate) fn drawn(id: u64) -> u64 {
    let mut mixed = id.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
