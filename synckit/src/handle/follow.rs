//! Following a value step by step: what each transaction did to it, and where that came from.

mod counter;
mod list;
mod map;
#[cfg(feature = "sets")]
mod set;
#[cfg(feature = "text")]
mod text;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::node::Node;
use crate::client::Subscription;
use crate::document::Origin;
use crate::document::event::Target;
use crate::document::journal::{Queue, Recorder};

pub use counter::{CounterChange, CounterDelta};
pub use list::{ListDelta, ListStep};
pub use map::{MapChange, MapDelta};
#[cfg(feature = "sets")]
pub use set::{SetChange, SetDelta};
#[cfg(feature = "text")]
pub use text::{TextDelta, TextFollower};

/// What one transaction or update did to a value that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delta<C> {
    /// Where it came from.
    pub origin: Origin,
    /// What it did; none when that is more than is remembered (4,096 steps) or a whole document was loaded: read the value then. Where
    /// several threads write, [`Follower::read`] does so without missing or repeating a step.
    pub change: Option<C>,
}

/// Is told what happens to a value, one transaction after the other, from when it was made. While it lives, up to 4,096 steps are
/// kept for it.
pub struct Follower<C> {
    next: Box<dyn Fn() -> Option<Delta<C>> + Send + Sync>,
    node: Node,
}

impl<C: 'static> Follower<C> {
    /// Follows a container. `change` turns what was recorded into what is told.
    fn new<R: Recorder>(
        node: &Node,
        change: impl Fn(R::Change) -> Option<C> + Send + Sync + 'static,
    ) -> Self {
        let queue: Arc<Queue<R::Change>> = node.cell.follow::<R>(&node.id);
        let (cell, id) = (node.cell.clone(), node.id.clone());
        let next = move || {
            let (origin, recorded) = queue.next().or_else(|| {
                cell.is_in_transaction().then(|| cell.with_state(|state| state.tell_so_far(&id)))?;
                queue.next()
            })?;
            Some(Delta { origin, change: recorded.and_then(&change) })
        };
        Self { next: Box::new(next), node: node.clone() }
    }

    /// What the next transaction did to the value; none when nothing has happened that was not told. Inside of a transaction of the
    /// caller, at last what that has done so far. O(change).
    #[expect(clippy::should_implement_trait, reason = "it goes on after none")]
    pub fn next(&mut self) -> Option<Delta<C>> {
        (self.next)()
    }

    /// Reads the value, or whatever else `read` looks at, while no other thread writes the document. What is told next comes on top.
    pub fn read<R>(&mut self, read: impl FnOnce() -> R) -> R {
        let node = self.node.clone();
        node.cell.undisturbed(|| {
            while self.next().is_some() {}
            read()
        })
    }

    /// Calls back with what happened, whenever `target` is touched.
    fn call(self, target: Target, callback: impl Fn(&Delta<C>) + Send + Sync + 'static) -> Subscription {
        let node = self.node.clone();
        let follower = Mutex::new(self);
        node.watch(target, move || {
            let next = || follower.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some(delta) = next() {
                callback(&delta);
            }
        })
    }
}

impl<C> fmt::Debug for Follower<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower").finish_non_exhaustive()
    }
}
