//! Marks by key.

use std::sync::Arc;

use synckit::{IntoValue, Value};

/// Values of marks by key, ascending by key. A key without a value takes the mark away, where something is retained.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(Vec<(Arc<str>, Option<Value>)>);

impl Attributes {
    /// No marks.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a mark.
    ///
    /// ```
    /// use synckit::Value;
    /// use synckit_editing::delta::Attributes;
    ///
    /// let link = Attributes::new().with("bold", true).with("link", "https://example.org");
    /// assert_eq!(link.get("bold"), Some(Some(&Value::Bool(true))));
    /// ```
    #[must_use]
    pub fn with(mut self, key: impl Into<Arc<str>>, value: impl IntoValue) -> Self {
        self.set(key.into(), Some(value.into_value()));
        self
    }

    /// Without a mark that may be there.
    #[must_use]
    pub fn without(mut self, key: impl Into<Arc<str>>) -> Self {
        self.set(key.into(), None);
        self
    }

    /// Sets a key; without a value the mark is taken away.
    pub fn set(&mut self, key: Arc<str>, value: Option<Value>) {
        match self.0.binary_search_by(|entry| entry.0.cmp(&key)) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// What is said of a key, if anything.
    pub fn get(&self, key: &str) -> Option<Option<&Value>> {
        let at = self.0.binary_search_by(|entry| (*entry.0).cmp(key)).ok()?;
        Some(self.0[at].1.as_ref())
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All keys with what is said of them.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, Option<&Value>)> {
        self.0.iter().map(|(key, value)| (key, value.as_ref()))
    }

    /// These, and then those of `later`. What takes marks away is kept if `keep_removals`.
    pub(super) fn compose(&self, later: &Self, keep_removals: bool) -> Self {
        let mut both = self.clone();
        for (key, value) in &later.0 {
            both.set(key.clone(), value.clone());
        }
        if !keep_removals {
            both.0.retain(|(_, value)| value.is_some());
        }
        both
    }

    /// What is left to say of these when `other` has been said and counts.
    pub(super) fn minus(&self, other: &Self) -> Self {
        Self(self.0.iter().filter(|(key, _)| other.get(key).is_none()).cloned().collect())
    }
}

/// Marks that are there.
impl From<Vec<(Arc<str>, Value)>> for Attributes {
    fn from(marks: Vec<(Arc<str>, Value)>) -> Self {
        marks.into_iter().map(|(key, value)| (key, Some(value))).collect()
    }
}

impl FromIterator<(Arc<str>, Option<Value>)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Option<Value>)>>(entries: I) -> Self {
        let mut attributes = Self::new();
        entries.into_iter().for_each(|(key, value)| attributes.set(key, value));
        attributes
    }
}
