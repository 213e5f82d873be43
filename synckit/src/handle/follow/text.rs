//! Following a text.

use super::{Delta, Follower};
use crate::client::Subscription;
use crate::crdt::text::TextStep;
use crate::document::event::Target;
use crate::document::journal::Written;
use crate::handle::TextRef;

/// What one transaction or update did to a text, in order, and where it came from.
pub type TextDelta = Delta<Vec<TextStep>>;

/// Is told what happens to a text: for editors, which have to know exactly when they take in what.
///
/// ```
/// use synckit::{Origin, SyncKit, TextStep};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let note = SyncKit::in_memory(1).text("note");
/// let mut follower = note.follower();
/// note.insert(0, "Hello")?;
/// let delta = follower.next().unwrap();
/// assert_eq!(delta.origin, Origin::Local);
/// assert_eq!(delta.change, Some(vec![TextStep::Insert { at: 0, text: "Hello".into() }]));
/// assert!(follower.next().is_none());
/// # Ok(())
/// # }
/// ```
pub type TextFollower = Follower<Vec<TextStep>>;

impl TextRef {
    /// Begins to take note of what happens to the text from now on.
    pub fn follower(&self) -> TextFollower {
        Follower::new::<Written>(&self.node, Some)
    }

    /// Calls back with what happened, once for a transaction, step by step: O(change), however long the text is.
    pub fn follow(&self, callback: impl Fn(&TextDelta) + Send + Sync + 'static) -> Subscription {
        self.follower().call(Target::Content(self.node.id.clone()), callback)
    }
}
