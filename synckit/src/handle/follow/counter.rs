//! Following a counter.

use super::{Delta, Follower};
use crate::client::Subscription;
use crate::document::event::Target;
use crate::document::journal::Counted;
use crate::handle::CounterRef;

/// What a transaction did to a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CounterChange {
    /// Its value before.
    pub before: i64,
    /// Its value after.
    pub after: i64,
}

impl CounterChange {
    /// By how much it has changed, held at the ends of 64 bits.
    pub fn by(self) -> i64 {
        self.after.saturating_sub(self.before)
    }
}

/// What one transaction or update did to a counter, and where it came from.
pub type CounterDelta = Delta<CounterChange>;

impl CounterRef {
    /// Is told from now on by how much the counter changes.
    pub fn follower(&self) -> Follower<CounterChange> {
        Follower::new::<Counted>(&self.node, |(before, after)| Some(CounterChange { before, after }))
    }

    /// Calls back with every change, once for a transaction. O(replicas that have counted).
    ///
    /// ```
    /// use synckit::{Origin, SyncKit};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let likes = SyncKit::in_memory(1).counter("likes");
    /// let _following = likes.follow(|delta| {
    ///     assert_eq!((delta.origin, delta.change.map(|change| change.by())), (Origin::Local, Some(2)));
    /// });
    /// likes.increment(2)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn follow(&self, callback: impl Fn(&CounterDelta) + Send + Sync + 'static) -> Subscription {
        self.follower().call(Target::Content(self.node.id.clone()), callback)
    }
}
