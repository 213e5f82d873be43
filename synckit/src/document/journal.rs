//! What transactions do to the containers that somebody follows, told step by step.
//!
//! Nothing of this is there before somebody follows a container of the document, and what records a kind of container is
//! compiled only into programs that follow one.

mod counter;
mod list;
mod map;
#[cfg(feature = "sets")]
mod set;
#[cfg(feature = "text")]
mod text;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::event::{Origin, Touched};
use super::state::DocumentState;
use crate::crdt::container::{ContainerId, Content};
use crate::crdt::operation::Action;
use crate::hash::HashMap;
use crate::version::Dot;

pub(crate) use counter::Counted;
pub(crate) use list::{Listed, Placed};
pub(crate) use map::Keyed;
#[cfg(feature = "sets")]
pub(crate) use set::Membered;
#[cfg(feature = "text")]
pub(crate) use text::Written;

/// Steps that are kept for one who follows. Whoever is further behind reads the whole value.
pub(crate) const MAX_STEPS: usize = 4096;

/// Takes note of what happens to one kind of container within a transaction.
pub(crate) trait Recorder: Send + Sync + 'static {
    /// What a transaction did.
    type Change: Send + 'static;

    /// From here on steps are told.
    fn start(content: &mut Content) -> Self;

    /// Nobody follows the container any more.
    fn stop(_content: &mut Content) {}

    /// An operation is about to take effect.
    fn before(&mut self, _content: &mut Content, _dot: Dot, _action: &Action) {}

    /// It has.
    fn after(&mut self, _content: &Content) {}

    /// The transaction has ended. Returns what it did and how many steps that is; none for more than can be kept. `is_last` says
    /// that nobody else asks for the same.
    fn end(&mut self, content: &mut Content, is_last: bool) -> (Option<Self::Change>, usize);
}

/// What transactions did, until whoever follows takes it.
pub(crate) struct Queue<C>(Mutex<Told<C>>);

struct Told<C> {
    changes: VecDeque<(Origin, Option<C>, usize)>,
    steps: usize,
}

impl<C> Queue<C> {
    /// What the next transaction did, and where it came from. No change means: more than is kept.
    pub(crate) fn next(&self) -> Option<(Origin, Option<C>)> {
        let mut told = self.lock();
        let (origin, change, steps) = told.changes.pop_front()?;
        told.steps -= steps;
        Some((origin, change))
    }

    fn push(&self, origin: Origin, change: Option<C>, steps: usize) {
        let mut told = self.lock();
        let change = change.filter(|_| told.steps + steps <= MAX_STEPS);
        if change.is_none() {
            // Who reads the whole value need not know what led to it.
            told.changes.clear();
            told.steps = 0;
        }
        // An entry without steps counts, too.
        let steps = if change.is_some() { steps.max(1) } else { 0 };
        told.steps += steps;
        told.changes.push_back((origin, change, steps));
    }

    fn lock(&self) -> MutexGuard<'_, Told<C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who follows a container.
trait Log: Send + Sync {
    fn before(&mut self, content: &mut Content, dot: Dot, action: &Action);
    fn after(&mut self, content: &Content);
    fn end(&mut self, content: &mut Content, origin: Origin, is_last: bool);
    fn stop(&self, content: &mut Content);
    /// The state was replaced by another one.
    fn lose(&mut self);
    fn is_followed(&self) -> bool;
}

struct Record<R: Recorder> {
    recorder: R,
    lost: bool,
    queue: Weak<Queue<R::Change>>,
}

impl<R: Recorder> Log for Record<R> {
    fn before(&mut self, content: &mut Content, dot: Dot, action: &Action) {
        self.recorder.before(content, dot, action);
    }

    fn after(&mut self, content: &Content) {
        self.recorder.after(content);
    }

    fn end(&mut self, content: &mut Content, origin: Origin, is_last: bool) {
        let (mut change, mut steps) = self.recorder.end(content, is_last);
        if std::mem::take(&mut self.lost) {
            self.recorder = R::start(content);
            (change, steps) = (None, 1);
        }
        if steps > 0
            && let Some(queue) = self.queue.upgrade()
        {
            queue.push(origin, change, steps);
        }
    }

    fn stop(&self, content: &mut Content) {
        R::stop(content);
    }

    fn lose(&mut self) {
        self.lost = true;
    }

    fn is_followed(&self) -> bool {
        self.queue.strong_count() > 0
    }
}

/// Those who follow containers of a document. Behind a trait, so that a program in which nobody does goes without it.
trait Journal: Send + Sync {
    fn before(&mut self, container: &ContainerId, content: &mut Content, dot: Dot, action: &Action);
    fn after(&mut self, content: &Content);
    /// Tells those who follow a container what was done since the last time.
    fn end(&mut self, state: &mut DocumentState, container: &ContainerId, origin: Origin);
    fn is_empty(&self) -> bool;
    fn has(&self, container: &ContainerId) -> bool;
    fn lose(&mut self);
    fn add(&mut self, container: &ContainerId, log: Box<dyn Log>);
}

#[derive(Default)]
struct Logs {
    by_container: HashMap<ContainerId, Vec<Box<dyn Log>>>,
    /// The container that an operation acts on right now, if it is followed.
    current: Option<ContainerId>,
}

impl Journal for Logs {
    fn before(&mut self, container: &ContainerId, content: &mut Content, dot: Dot, action: &Action) {
        if let Some(logs) = self.by_container.get_mut(container) {
            logs.iter_mut().for_each(|log| log.before(content, dot, action));
            self.current = Some(container.clone());
        }
    }

    fn after(&mut self, content: &Content) {
        if let Some(container) = self.current.take() {
            let logs = self.by_container.get_mut(&container);
            logs.into_iter().flatten().for_each(|log| log.after(content));
        }
    }

    fn end(&mut self, state: &mut DocumentState, container: &ContainerId, origin: Origin) {
        let Some(logs) = self.by_container.get_mut(container) else { return };
        let Some(content) = state.content_mut(container) else { return };
        let mut left = logs.len();
        for log in logs.iter_mut() {
            left -= 1;
            log.end(content, origin, left == 0);
        }
        if logs.iter().any(|log| log.is_followed()) {
            logs.retain(|log| log.is_followed());
        } else if let Some(logs) = self.by_container.remove(container) {
            logs.iter().for_each(|log| log.stop(content));
        }
    }

    fn is_empty(&self) -> bool {
        self.by_container.is_empty()
    }

    fn has(&self, container: &ContainerId) -> bool {
        self.by_container.get(container).is_some()
    }

    fn lose(&mut self) {
        self.by_container.values_mut().flatten().for_each(|log| log.lose());
    }

    fn add(&mut self, container: &ContainerId, log: Box<dyn Log>) {
        match self.by_container.get_mut(container) {
            Some(logs) => logs.push(log),
            None => drop(self.by_container.insert(container.clone(), vec![log])),
        }
    }
}

/// Those who follow containers of a document, if anybody does.
#[derive(Default)]
pub(super) struct Followed(Option<Box<Box<dyn Journal>>>);

impl Followed {
    /// Whether somebody follows this container.
    pub(super) fn has(&self, container: &ContainerId) -> bool {
        self.0.as_ref().is_some_and(|journal| journal.has(container))
    }

    pub(super) fn before(
        &mut self,
        container: &ContainerId,
        content: &mut Content,
        dot: Dot,
        action: &Action,
    ) {
        if let Some(journal) = &mut self.0 {
            journal.before(container, content, dot, action);
        }
    }

    pub(super) fn after(&mut self, content: &Content) {
        if let Some(journal) = &mut self.0 {
            journal.after(content);
        }
    }
}

/// Nobody follows a copy.
impl Clone for Followed {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl fmt::Debug for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Followed").field(&self.0.is_some()).finish()
    }
}

impl DocumentState {
    /// Takes note of what happens to a container from now on, for as long as the queue is held.
    pub(crate) fn follow<R: Recorder>(&mut self, container: &ContainerId) -> Arc<Queue<R::Change>> {
        let queue = Arc::new(Queue(Mutex::new(Told { changes: VecDeque::new(), steps: 0 })));
        let recorder = R::start(self.content_or_new(container));
        let log = Record { recorder, lost: false, queue: Arc::downgrade(&queue) };
        let journal = self.followed.0.get_or_insert_with(|| Box::new(Box::<Logs>::default()));
        journal.add(container, Box::new(log));
        queue
    }

    /// Whether anybody follows anything.
    pub(crate) fn is_followed(&self) -> bool {
        self.followed.0.is_some()
    }

    /// Tells those who follow what a transaction or an update did.
    pub(crate) fn tell_followers(&mut self, touched: &Touched, origin: Origin) {
        let Some(mut journal) = self.followed.0.take() else { return };
        touched.iter().for_each(|target| journal.end(self, target.container(), origin));
        if !journal.is_empty() {
            self.followed.0 = Some(journal);
        }
    }

    /// Tells those who follow a container what the transaction that goes on has done so far.
    pub(crate) fn tell_so_far(&mut self, container: &ContainerId) {
        if let Some(mut journal) = self.followed.0.take() {
            journal.end(self, container, Origin::Local);
            self.followed.0 = Some(journal);
        }
    }

    /// Takes the place of another state.
    pub(super) fn succeed(&mut self, before: &mut Self) {
        self.followed = std::mem::take(&mut before.followed);
        if let Some(journal) = &mut self.followed.0 {
            journal.lose();
        }
    }
}
