//! The store of last resort: as long as the page.

use std::cell::RefCell;
use std::collections::BTreeMap;

use synckit::storage::{Chunk, ChunkId};

#[derive(Default)]
pub(crate) struct Memory(RefCell<Content>);

#[derive(Default)]
struct Content {
    chunks: BTreeMap<String, Vec<Chunk>>,
    records: BTreeMap<String, Vec<u8>>,
    last: u64,
}

impl Memory {
    pub(crate) fn load(&self, document: &str, after: Option<ChunkId>) -> Vec<Chunk> {
        let content = self.0.borrow();
        let chunks = content.chunks.get(document).map(Vec::as_slice).unwrap_or_default();
        chunks.iter().filter(|chunk| after.is_none_or(|after| chunk.id > after)).cloned().collect()
    }

    /// Appends `update` and deletes the chunks in `read`.
    pub(crate) fn replace(&self, document: &str, read: &[ChunkId], update: Vec<u8>) -> ChunkId {
        let mut content = self.0.borrow_mut();
        content.last += 1;
        let id = ChunkId(content.last);
        let mut sorted = read.to_vec();
        sorted.sort_unstable();
        let chunks = content.chunks.entry(document.to_owned()).or_default();
        chunks.retain(|chunk| sorted.binary_search(&chunk.id).is_err());
        chunks.push(Chunk { id, update });
        id
    }

    pub(crate) fn delete(&self, document: &str) {
        self.0.borrow_mut().chunks.remove(document);
    }

    pub(crate) fn documents(&self) -> Vec<String> {
        self.0.borrow().chunks.keys().cloned().collect()
    }

    pub(crate) fn record(&self, key: &str) -> Option<Vec<u8>> {
        self.0.borrow().records.get(key).cloned()
    }

    pub(crate) fn set_record(&self, key: &str, value: Vec<u8>) {
        self.0.borrow_mut().records.insert(key.to_owned(), value);
    }
}
