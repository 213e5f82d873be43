//! The texts of a snapshot.

use super::error::ApplyError;
use super::event::{Target, Touched};
use super::snapshot::{Numbers, are_apart};
use super::state::DocumentState;
use crate::crdt::container::{ContainerId, Content};
use crate::crdt::operation::{Action, Operation};
use crate::crdt::text::TextState;
use crate::sequence::Sequence;
use crate::wire::reader::Read;
use crate::wire::{DecodeError, Update, text_snapshot};

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
    /// [`ApplyError::Text`] when a text holds edits that the version does not cover: nobody would ever be sent them. And when a
    /// number stands for two operations: nobody would ever be sent the second one.
    pub(super) fn check_texts(&self, update: &Update) -> Result<(), ApplyError> {
        if !self.texts().all(|(_, text)| self.version.includes(&text.sequence().version())) {
            return Err(ApplyError::Text(DecodeError::Invalid("a text beyond what its snapshot covers")));
        }
        match self.numbers_are_unique(update) {
            true => Ok(()),
            false => Err(ApplyError::Text(DecodeError::Invalid("a number that stands for two operations"))),
        }
    }

    /// Whether operations and edits of texts share no number. Within an update, and within one text, none is used twice.
    /// O(n log n) for operations and the edits of all texts but the longest.
    fn numbers_are_unique(&self, update: &Update) -> bool {
        let mut texts: Vec<&Sequence> = self.texts().map(|(_, text)| text.sequence()).collect();
        let Some(longest) = (0..texts.len()).max_by_key(|&at| texts[at].runs()) else { return true };
        let longest = texts.swap_remove(longest);
        let mut taken: Vec<Numbers> = Vec::new();
        texts
            .into_iter()
            .for_each(|text| text.numbers(&mut |replica, first, end| taken.push((replica, first, end))));
        for change in &update.changes {
            let mut take = |operation: Operation| {
                let first = operation.stamp.dot.seq;
                taken.push((change.replica, first, first + operation.action.span()));
            };
            // They were all read before.
            let _ = Read::unchecked().each(change, &mut take);
        }
        are_apart(&mut taken) && !taken.iter().any(|&(replica, first, end)| longest.uses(replica, first, end))
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
