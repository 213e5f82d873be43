//! Following a map.

use std::sync::Arc;

use super::{Delta, Follower};
use crate::client::Subscription;
use crate::document::event::Target;
use crate::document::journal::Keyed;
use crate::handle::{Element, MapRef};

/// What a transaction did to a map. `R` is the handle of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapChange<R> {
    /// Keys that were written, ascending, each with the handle of what is under it.
    pub set: Vec<(Arc<str>, R)>,
    /// Keys that were there and are gone, ascending.
    pub removed: Vec<Arc<str>>,
}

/// What one transaction or update did to a map, and where it came from.
pub type MapDelta<R> = Delta<MapChange<R>>;

impl<T: Element> MapRef<T> {
    /// Is told from now on which keys are written and removed. What is inside of elements that are documents is told by their own
    /// handles.
    pub fn follower(&self) -> Follower<MapChange<T::Ref>> {
        let map = self.clone();
        Follower::new::<Keyed>(&self.node, move |keys| {
            let mut change = MapChange { set: Vec::new(), removed: Vec::new() };
            for (key, is_there) in keys {
                // One that was removed since is told of once more.
                match map.entry(&key).filter(|_| is_there) {
                    Some(element) => change.set.push((key, element)),
                    None => change.removed.push(key),
                }
            }
            Some(change)
        })
    }

    /// Calls back with the keys that were written or removed, once for a transaction. O(change).
    ///
    /// ```
    /// use synckit::prelude::*;
    ///
    /// #[derive(Document, Clone, Default)]
    /// struct Team {
    ///     ages: Map<u32>,
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ages = SyncKit::in_memory(1).document::<Team>("team").ages();
    /// let mut follower = ages.follower();
    /// ages.insert("ann", 31u32)?;
    /// let change = follower.next().unwrap().change.unwrap();
    /// assert_eq!((&*change.set[0].0, change.set[0].1.get()?), ("ann", 31));
    /// ages.remove("ann")?;
    /// assert_eq!(follower.next().unwrap().change.unwrap().removed, ["ann".into()]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn follow(&self, callback: impl Fn(&MapDelta<T::Ref>) + Send + Sync + 'static) -> Subscription {
        self.follower().call(Target::Content(self.node.id.clone()), callback)
    }
}
