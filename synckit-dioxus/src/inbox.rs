//! What changed on other threads, for the thread that renders.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};

use dioxus::prelude::dioxus_core::{Runtime, consume_context_from_scope, provide_root_context};
use dioxus::prelude::*;

use crate::source::Readers;

/// Whether nobody else can write: in a browser there is no other thread, and nothing of this is needed.
const ONE_THREAD: bool = cfg!(all(target_family = "wasm", not(target_feature = "atomics")));

/// The sources that other threads changed, until the page's own thread gets to them.
///
/// A signal that is marked as out of date is computed again by whoever reads it next. Were it marked at any moment, that could
/// be between two reads of one expression, while what the first one gave is still held, and Dioxus would panic. The thread that
/// renders therefore does the marking, as a task: between its turns.
pub(crate) struct Inbox {
    home: ThreadId,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    changed: Vec<Arc<Readers>>,
    waker: Option<Waker>,
}

impl Inbox {
    /// The one of the page that is rendered now.
    pub(crate) fn current() -> Option<Arc<Self>> {
        if ONE_THREAD {
            return None;
        }
        Some(consume_context_from_scope::<Arc<Self>>(ScopeId::ROOT).unwrap_or_else(|| {
            let inbox = Arc::new(Self { home: thread::current().id(), state: Mutex::default() });
            // As long as the page, and also where a page is only rendered to text.
            Runtime::current().spawn_isomorphic(ScopeId::ROOT, inbox.clone().deliver());
            provide_root_context(inbox)
        }))
    }

    /// Whether this is the thread that renders.
    pub(crate) fn is_home(&self) -> bool {
        thread::current().id() == self.home
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the readers told by the thread that renders.
    pub(crate) fn put(&self, readers: Arc<Readers>) {
        let waker = {
            let mut state = self.lock();
            state.changed.push(readers);
            state.waker.take()
        };
        // Not while the lock is held: the task may run at once.
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn deliver(self: Arc<Self>) -> impl Future<Output = ()> {
        poll_fn(move |context| {
            let changed = {
                let mut state = self.lock();
                // What comes while these are told wakes the task once more.
                state.waker = Some(context.waker().clone());
                std::mem::take(&mut state.changed)
            };
            changed.iter().for_each(|readers| readers.tell());
            Poll::Pending
        })
    }
}
