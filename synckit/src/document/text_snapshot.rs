//! The texts of a snapshot.

use super::error::ApplyError;
use super::event::{Target, Touched};
use super::state::DocumentState;
use crate::crdt::container::Content;
use crate::wire::text_snapshot;

impl DocumentState {
    pub(super) fn encoded_texts(&self) -> Vec<Vec<u8>> {
        let texts = self.containers.iter().filter_map(|(id, content)| match content {
            Content::Text(text) if !text.sequence().version().is_empty() => {
                Some(text_snapshot::encode(id, text.sequence().to_columns()))
            }
            _ => None,
        });
        texts.collect()
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
