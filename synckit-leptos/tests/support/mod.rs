//! What the tests share: a document, a component's life, and effects that run.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "every test file uses a part of it; a failed assumption stops the test"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use leptos::prelude::*;
use synckit::prelude::*;
use synckit::{ReadError, Subscription};

/// A document with two fields, a counter and a list.
#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Recipe {
    pub(crate) title: String,
    pub(crate) vegan: bool,
    pub(crate) votes: Counter,
    pub(crate) steps: List<Step>,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Step {
    pub(crate) text: String,
}

/// The same document as another version of the program knows it.
#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct OtherRecipe {
    pub(crate) title: bool,
}

/// Runs a test with an executor, so that effects run.
pub(crate) fn with_effects(test: impl Future<Output = ()>) {
    // Other tests of the same process may have done it already.
    let _ = any_spawner::Executor::init_tokio();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

/// Lets everything that was scheduled run: the end of a turn.
pub(crate) async fn end_of_turn() {
    for _ in 0..8 {
        any_spawner::Executor::tick().await;
    }
}

/// Counts the runs of an effect that reads something.
pub(crate) fn count_runs<R>(read: impl Fn() -> R + 'static) -> Arc<AtomicUsize> {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = runs.clone();
    Effect::new(move |_| {
        let _ = read();
        counter.fetch_add(1, Ordering::SeqCst);
    });
    runs
}

/// A handle that knows how many live subscriptions there are.
#[derive(Clone)]
pub(crate) struct Counted<O> {
    pub(crate) inner: O,
    live: Arc<()>,
}

impl<O> Counted<O> {
    pub(crate) fn new(inner: O) -> Self {
        Self { inner, live: Arc::new(()) }
    }

    /// Live subscriptions, given how many clones of this handle there are besides.
    pub(crate) fn live(&self, clones: usize) -> usize {
        Arc::strong_count(&self.live) - 1 - clones
    }
}

impl<O: Observable> Observable for Counted<O> {
    type Value = O::Value;

    fn get(&self) -> Result<O::Value, ReadError> {
        self.inner.get()
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        let live = self.live.clone();
        self.inner.observe(move || {
            let _ = &live;
            callback();
        })
    }
}
