//! Who watches what.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cell::Watch;
use crate::hash::HashMap;
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

    /// How many places, or the like, are watched.
    pub(crate) fn watches(&self) -> usize {
        self.by_key.len()
    }

    /// What is watched, with the callbacks that do.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Watch, Vec<Observer>)> {
        self.by_key.iter()
    }

    fn add(&mut self, watch: &Watch, observer: &mut Observer) {
        self.next_id += 1;
        observer.id = self.next_id;
        match self.by_key.get_mut(watch) {
            Some(list) => list.push(observer.clone()),
            None => {
                self.by_key.insert(watch.clone(), vec![observer.clone()]);
            }
        }
    }

    fn remove(&mut self, watch: &Watch, id: u64) {
        if let Some(list) = self.by_key.get_mut(watch) {
            list.retain(|other| other.id != id);
            if list.is_empty() {
                self.by_key.remove(watch);
            }
        }
    }

    /// The callbacks that watch this, in the order they were added.
    pub(crate) fn of(&self, watch: &Watch) -> Vec<Observer> {
        self.by_key.get(watch).cloned().unwrap_or_default()
    }

    /// Adds the callbacks that watch this to `found`.
    pub(crate) fn watching(&self, watch: &Watch, found: &mut Vec<Observer>) {
        found.extend(self.by_key.get(watch).into_iter().flatten().cloned());
    }
}

/// Brings callbacks into the order in which they were added, each once.
pub(crate) fn in_order(observers: &mut Vec<Observer>) {
    sort_by_number(observers, |observer| observer.id);
    observers.dedup_by_key(|observer| observer.id);
}

/// Something that has observers.
pub(crate) trait Observed: Send + Sync {
    /// Does something with them under their lock.
    fn with_observers(&self, change: &mut dyn FnMut(&mut Observers));
}

/// Subscribes a callback until the [`Subscription`] is dropped.
pub(crate) fn observe(
    observed: Arc<dyn Observed>,
    watch: Watch,
    callback: Arc<dyn Fn() + Send + Sync>,
) -> Subscription {
    let observer = Observer { id: 0, active: Arc::new(AtomicBool::new(true)), callback };
    let mut subscription = Subscription { observed, watch, observer };
    let Subscription { observed, watch, observer } = &mut subscription;
    observed.with_observers(&mut |observers| observers.add(watch, observer));
    subscription
}

/// Keeps a callback subscribed. Dropping it ends the subscription at once: a callback that has not started is not
/// called any more.
#[must_use = "dropping a subscription ends it"]
pub struct Subscription {
    observed: Arc<dyn Observed>,
    watch: Watch,
    observer: Observer,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.observer.active.store(false, Ordering::Release);
        let (watch, id) = (&self.watch, self.observer.id);
        self.observed.with_observers(&mut |observers| observers.remove(watch, id));
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
