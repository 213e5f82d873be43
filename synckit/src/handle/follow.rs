//! Following a text step by step.

use std::sync::{Mutex, PoisonError};

use super::observable::Observable;
use super::text::TextRef;
use crate::client::Subscription;
use crate::crdt::text::{TextState, TextStep};

/// What happened to a text since the last time, for those who follow it step by step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TextDelta {
    /// These steps, in order.
    Steps(Vec<TextStep>),
    /// More than is remembered: read the whole text.
    Everything,
}

/// Asks a text what happened since the last time: for editors, which have to know exactly when they take in what.
///
/// ```
/// use synckit::{SyncKit, TextDelta, TextStep};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let note = SyncKit::in_memory(1).text("note");
/// let mut follower = note.follower();
/// note.insert(0, "Hello")?;
/// assert_eq!(follower.next(), TextDelta::Steps(vec![TextStep::Insert { at: 0, text: "Hello".into() }]));
/// assert_eq!(follower.next(), TextDelta::Steps(vec![]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TextFollower {
    text: TextRef,
    revision: u64,
}

impl TextFollower {
    /// What happened since the last call, at first since it was made. O(change).
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> TextDelta {
        match self.text.look(|text| text.steps_since(self.revision)).flatten() {
            Some((steps, now)) => {
                self.revision = now;
                TextDelta::Steps(steps)
            }
            None => {
                self.revision = self.text.change(TextState::follow).unwrap_or(0);
                TextDelta::Everything
            }
        }
    }

    /// The text.
    pub fn text(&self) -> &TextRef {
        &self.text
    }
}

impl TextRef {
    /// Begins to take note of what happens to the text from now on.
    pub fn follower(&self) -> TextFollower {
        TextFollower { text: self.clone(), revision: self.change(TextState::follow).unwrap_or(0) }
    }

    /// Calls back with what happened, step by step: O(change), however long the text is.
    pub fn follow(&self, callback: impl Fn(&TextDelta) + Send + Sync + 'static) -> Subscription {
        let follower = Mutex::new(self.follower());
        self.observe(move || {
            let delta = follower.lock().unwrap_or_else(PoisonError::into_inner).next();
            if delta != TextDelta::Steps(Vec::new()) {
                callback(&delta);
            }
        })
    }
}
