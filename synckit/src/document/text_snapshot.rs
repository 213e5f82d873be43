//! The texts of a snapshot.

use super::error::ApplyError;
use super::event::{Target, Touched};
use super::state::DocumentState;
use crate::crdt::container::{ContainerId, Content};
use crate::crdt::operation::{Action, Operation};
use crate::crdt::text::TextState;
use crate::wire::{DecodeError, text_snapshot};

impl DocumentState {
    /// Sees to it that a renamed insertion is there: among others that were made beside it, the order may be another one
    /// under the new name, and what it stood between is no place any more.
    pub(super) fn keep_text(&mut self, operation: &Operation) {
        if let Action::Text(action) = &operation.action
            && let Some(text) = self.text_mut(&operation.container)
        {
            text.keep(action);
        }
    }

    /// `None` when one of them has to be stored by its edits: then all are.
    pub(super) fn encoded_texts(&self) -> Option<Vec<Vec<u8>>> {
        self.texts().map(|(id, text)| text_snapshot::encode(id, text.sequence())).collect()
    }

    /// The texts that a snapshot holds, in its order.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&ContainerId, &TextState)> {
        self.containers.iter().filter_map(|(id, content)| match content {
            Content::Text(text) if !text.sequence().version().is_empty() => Some((id, &**text)),
            _ => None,
        })
    }

    pub(super) fn texts_are_loaded(&mut self) {
        for (_, content) in &mut self.containers {
            if let Content::Text(text) = content {
                text.loaded();
            }
        }
    }

    /// # Errors
    /// [`ApplyError::Text`] when a text holds edits that the version does not cover: nobody would ever be sent them.
    pub(super) fn check_texts(&self) -> Result<(), ApplyError> {
        let covered = |content: &Content| match content {
            Content::Text(text) => self.version.includes(&text.sequence().version()),
            _ => true,
        };
        match self.containers.iter().all(|(_, content)| covered(content)) {
            true => Ok(()),
            false => Err(ApplyError::Text(DecodeError::Invalid("a text beyond what its snapshot covers"))),
        }
    }

    pub(super) fn read_texts(&mut self, texts: &[Vec<u8>], touched: &mut Touched) -> Result<(), ApplyError> {
        for bytes in texts {
            let (id, sequence) = text_snapshot::decode(bytes).map_err(ApplyError::Text)?;
            if let Some(text) = self.text_mut(&id) {
                text.load(sequence);
                touched.insert(Target::Content(id));
            }
        }
        Ok(())
    }
}
