//! Who watches what.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cell::Watch;
use crate::sorted::sort_by_number;

/// A callback that is called as long as its [`Subscription`] lives.
#[derive(Clone)]
pub(crate) struct Observer {
    id: u64,
    active: Arc<AtomicBool>,
    callback: Arc<dyn Fn() + Send + Sync>,
}

impl Observer {
    pub(crate) fn call(&self) {
        if self.active.load(Ordering::Acquire) {
            (self.callback)();
        }
    }
}

/// Callbacks by what they watch.
#[derive(Default)]
pub(crate) struct Observers {
    by_key: HashMap<Watch, Vec<Observer>>,
    next_id: u64,
}

impl Observers {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_key.values().map(Vec::len).sum()
    }

    pub(crate) fn add(&mut self, key: Watch, callback: Arc<dyn Fn() + Send + Sync>) -> Observer {
        self.next_id += 1;
        let observer = Observer { id: self.next_id, active: Arc::new(AtomicBool::new(true)), callback };
        self.by_key.entry(key).or_default().push(observer.clone());
        observer
    }

    pub(crate) fn remove(&mut self, key: &Watch, observer: &Observer) {
        if let Some(list) = self.by_key.get_mut(key) {
            list.retain(|other| other.id != observer.id);
            if list.is_empty() {
                self.by_key.remove(key);
            }
        }
    }

    /// The callbacks that watch any of these, each once, in the order they were added.
    pub(crate) fn watching(&self, keys: &[Watch]) -> Vec<Observer> {
        let found = keys.iter().filter_map(|key| self.by_key.get(key)).flatten();
        let mut found: Vec<Observer> = found.cloned().collect();
        sort_by_number(&mut found, |observer| observer.id);
        found.dedup_by_key(|observer| observer.id);
        found
    }
}

/// Keeps a callback subscribed. Dropping it ends the subscription at once: a callback that has not started is not
/// called any more.
#[must_use = "dropping a subscription ends it"]
pub struct Subscription {
    active: Arc<AtomicBool>,
    end: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Subscription {
    pub(crate) fn new(observer: &Observer, end: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self { active: observer.active.clone(), end: Some(Box::new(end)) }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.active.store(false, Ordering::Release);
        if let Some(end) = self.end.take() {
            end();
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
