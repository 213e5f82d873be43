//! What a component under test tells of itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where a component tells that it was rendered, or that its effect ran.
#[derive(Clone, Debug, Default)]
pub struct Probe(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    runs: usize,
    shown: String,
    rows: BTreeMap<String, Row>,
}

/// What happened to the component of one element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// How often a component was mounted for it.
    pub mounts: usize,
    /// How often one was taken away.
    pub unmounts: usize,
    /// How often it was rendered, or its effect ran.
    pub runs: usize,
    /// What it showed last.
    pub shown: String,
}

impl Probe {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The component was rendered, or its effect ran, and shows this.
    pub fn ran(&self, shown: impl ToString) {
        let mut state = self.lock();
        state.runs += 1;
        state.shown = shown.to_string();
    }

    /// A component for an element was mounted.
    pub fn row_mounted(&self, id: impl ToString) {
        self.lock().rows.entry(id.to_string()).or_default().mounts += 1;
    }

    /// The component of an element was taken away.
    pub fn row_unmounted(&self, id: impl ToString) {
        self.lock().rows.entry(id.to_string()).or_default().unmounts += 1;
    }

    /// The component of an element was rendered, or its effect ran, and shows this.
    pub fn row_ran(&self, id: impl ToString, shown: impl ToString) {
        let mut state = self.lock();
        let row = state.rows.entry(id.to_string()).or_default();
        row.runs += 1;
        row.shown = shown.to_string();
    }

    /// How often the component ran.
    pub fn runs(&self) -> usize {
        self.lock().runs
    }

    /// What it showed last.
    pub fn shown(&self) -> String {
        self.lock().shown.clone()
    }

    /// The components of elements.
    pub fn rows(&self) -> BTreeMap<String, Row> {
        self.lock().rows.clone()
    }
}

/// Two probes are equal when they are the same one: components compare what they are given.
impl PartialEq for Probe {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
