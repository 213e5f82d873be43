//! Following a set.

use super::{Delta, Follower};
use crate::client::Subscription;
use crate::document::event::Target;
use crate::document::journal::Membered;
use crate::handle::SetRef;
use crate::value::FieldValue;

/// What a transaction did to a set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetChange<V> {
    /// Elements that came, ascending by value.
    pub added: Vec<V>,
    /// Elements that went, ascending by value.
    pub removed: Vec<V>,
}

/// What one transaction or update did to a set, and where it came from.
pub type SetDelta<V> = Delta<SetChange<V>>;

impl<V: FieldValue> SetRef<V> {
    /// Is told from now on which elements come and go. A change with an element that is not of this type has to be read.
    pub fn follower(&self) -> Follower<SetChange<V>> {
        Follower::new::<Membered>(&self.node, |elements| {
            let mut change = SetChange { added: Vec::new(), removed: Vec::new() };
            for (value, is_there) in elements {
                let value = V::from_value(&value)?;
                if is_there { &mut change.added } else { &mut change.removed }.push(value);
            }
            Some(change)
        })
    }

    /// Calls back with the elements that came and went, once for a transaction. O(change).
    ///
    /// ```
    /// use synckit::SyncKit;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let tags = SyncKit::in_memory(1).set::<String>("tags");
    /// let mut follower = tags.follower();
    /// tags.insert("green")?;
    /// tags.insert("green")?;
    /// assert_eq!(follower.next().unwrap().change.unwrap().added, ["green"]);
    /// assert!(follower.next().is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn follow(&self, callback: impl Fn(&SetDelta<V>) + Send + Sync + 'static) -> Subscription {
        self.follower().call(Target::Content(self.node.id.clone()), callback)
    }
}
