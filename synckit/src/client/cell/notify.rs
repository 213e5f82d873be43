//! Calling those who watch a document: after a change, in the order of the changes, under no lock.

use super::{DocumentCell, Inner, Watch};
use crate::client::observers::{Observer, in_order};
use crate::document::event::{Origin, Target, Touched};
use crate::hash::HashMap;

impl DocumentCell {
    /// Runs the callbacks that wait, in order, unless somebody does so already.
    pub(super) fn notify(&self) {
        let mut round = {
            let inner = &mut *self.lock();
            if inner.notifying || inner.queue.is_empty() {
                return;
            }
            inner.notifying = true;
            Round { cell: self, over: false }
        };
        while let Some(batch) = round.next() {
            batch.iter().for_each(Observer::call);
        }
    }
}

/// Places touched times watches, up to which comparing all of them is faster than hashing.
const FEW: usize = 16;

/// A round of callbacks: it ends also when one of them panics.
struct Round<'a> {
    cell: &'a DocumentCell,
    over: bool,
}

impl Round<'_> {
    /// The next callbacks. Without any, the round is over.
    fn next(&mut self) -> Option<Vec<Observer>> {
        let inner = &mut *self.cell.lock();
        let batch = inner.queue.pop_front();
        if batch.is_none() {
            inner.notifying = false;
            self.over = true;
        }
        batch
    }
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.cell.lock().notifying = false;
        }
    }
}

impl Inner {
    /// Whether somebody is to be told of what is done.
    pub(super) fn is_watched(&self) -> bool {
        !self.observers.is_empty() || self.state.is_followed()
    }

    /// Tells those who follow what was done, and queues the callbacks of what was touched.
    pub(super) fn touch(&mut self, touched: &Touched, origin: Origin) {
        if self.state.is_followed() {
            self.state.tell_followers(touched, origin);
        }
        if touched.is_empty() || self.observers.is_empty() {
            return;
        }
        let mut batch = Vec::new();
        if touched.len() * self.observers.watches() <= FEW {
            for (watch, observers) in self.observers.iter() {
                if touched.iter().any(|target| self.shows(watch, target)) {
                    batch.extend_from_slice(observers);
                }
            }
            return self.enqueue(batch);
        }
        let mut above = HashMap::default();
        let alone = touched.len() == 1;
        for target in touched.iter() {
            if let Target::Field(container, _) = target {
                self.observers.watching(&Watch::Place(Target::Content(container.clone())), &mut batch);
            }
            // What is above several is looked at once.
            let mut next = Some(target.container());
            while let Some(container) = next.filter(|&id| alone || above.insert(id.clone(), ())) {
                self.observers.watching(&Watch::Place(Target::Deep(container.clone())), &mut batch);
                next = self.state.parent(container);
            }
            self.observers.watching(&Watch::Place(target.clone()), &mut batch);
        }
        self.enqueue(batch);
    }

    /// Whether who watches something is to be told of what was touched.
    fn shows(&self, watch: &Watch, target: &Target) -> bool {
        match (watch, target) {
            (Watch::Place(Target::Deep(id)), _) => {
                let mut next = Some(target.container());
                while let Some(container) = next.filter(|&container| container != id) {
                    next = self.state.parent(container);
                }
                next.is_some()
            }
            (Watch::Place(Target::Content(id)), Target::Field(container, _)) => id == container,
            (Watch::Place(place), _) => place == target,
            _ => false,
        }
    }

    pub(super) fn announce(&mut self, watch: &Watch) {
        let mut batch = Vec::new();
        self.observers.watching(watch, &mut batch);
        self.enqueue(batch);
    }

    fn enqueue(&mut self, mut batch: Vec<Observer>) {
        if !batch.is_empty() {
            in_order(&mut batch);
            self.queue.push_back(batch);
        }
    }
}
