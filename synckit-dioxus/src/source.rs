//! A handle whose changes the components that read it hear of.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dioxus::prelude::dioxus_core::{ReactiveContext, SubscriberList};
use synckit::{Observable, Subscription};

use crate::inbox::Inbox;

/// A handle, and who has read it since it last changed.
///
/// It owns the subscription, and the component that made it owns the source. The callback holds nothing but the readers,
/// so it may still run, on any thread, while the component goes away.
pub(crate) struct Source<O> {
    followed: RefCell<Followed<O>>,
    readers: Arc<Readers>,
}

struct Followed<O> {
    handle: O,
    _subscription: Subscription,
}

impl<O: Observable + PartialEq> Source<O> {
    pub(crate) fn new(handle: O) -> Self {
        let readers = Arc::new(Readers { inbox: Inbox::current(), state: Mutex::default() });
        Self { followed: RefCell::new(Followed::new(handle, &readers)), readers }
    }

    /// Follows this handle from now on, if it is another one.
    pub(crate) fn follow(&self, handle: &O) {
        if self.followed.borrow().handle == *handle {
            return;
        }
        let next = Followed::new(handle.clone(), &self.readers);
        // What was followed goes when nothing is borrowed any more.
        let before = self.followed.replace(next);
        drop(before);
        self.readers.changed();
    }

    /// The handle; whoever is computing or rendering now hears of its next change.
    pub(crate) fn track(&self) -> O {
        if let Some(reader) = ReactiveContext::current() {
            reader.subscribe(self.readers.clone());
        }
        self.handle()
    }

    /// The handle.
    pub(crate) fn handle(&self) -> O {
        self.followed.borrow().handle.clone()
    }
}

impl<O: Observable> Followed<O> {
    fn new(handle: O, readers: &Arc<Readers>) -> Self {
        let readers = readers.clone();
        let subscription = handle.observe(move || readers.changed());
        Self { handle, _subscription: subscription }
    }
}

/// Who wants to hear of the next change: the signal made of the source.
pub(crate) struct Readers {
    inbox: Option<Arc<Inbox>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    contexts: Vec<ReactiveContext>,
    /// Whether they wait in the inbox, to be told.
    waiting: bool,
}

impl Readers {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has them told: at once, or soon by the thread that renders if this is another one.
    fn changed(self: &Arc<Self>) {
        let Some(inbox) = self.inbox.as_ref().filter(|inbox| !inbox.is_home()) else { return self.tell() };
        let waits = {
            let mut state = self.lock();
            // Whoever is not among them by now has not read yet. Once is enough, however much is written until they are told.
            state.contexts.is_empty() || std::mem::replace(&mut state.waiting, true)
        };
        if !waits {
            inbox.put(self.clone());
        }
    }

    /// Tells them. They ask again when they read again.
    pub(crate) fn tell(&self) {
        // What is written from here on has them told once more. A reader is locked while it is told, and it locks this list while
        // it is locked itself: never hold both.
        let readers = std::mem::take(&mut *self.lock()).contexts;
        for reader in readers {
            // One that has gone away meanwhile answers that it has.
            reader.mark_dirty();
        }
    }
}

impl SubscriberList for Readers {
    fn add(&self, reader: ReactiveContext) {
        let readers = &mut self.lock().contexts;
        if !readers.contains(&reader) {
            readers.push(reader);
        }
    }

    fn remove(&self, reader: &ReactiveContext) {
        self.lock().contexts.retain(|other| other != reader);
    }

    fn visit(&self, visit: &mut dyn FnMut(&ReactiveContext)) {
        let readers = self.lock().contexts.clone();
        readers.iter().for_each(visit);
    }
}
