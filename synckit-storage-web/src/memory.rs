//! The store of last resort: as long as the page.
//!
//! Not the core's `MemoryStorage`: without maps, listeners and locks it is a third of its code, and every page downloads
//! it though few ever use it.

use std::cell::RefCell;

use synckit::storage::{Chunk, ChunkId};

use crate::operation::{Answer, Log, Operation, Performing, insert};

#[derive(Default)]
pub(crate) struct Memory(RefCell<Content>);

#[derive(Default)]
struct Content {
    /// In the order of appending.
    chunks: Vec<(String, Chunk)>,
    records: Vec<(String, Vec<u8>)>,
    last: u64,
}

impl Content {
    fn append(&mut self, document: &str, update: &[u8]) -> Answer {
        self.last += 1;
        let id = ChunkId(self.last);
        self.chunks.push((document.to_owned(), Chunk { id, update: update.to_vec() }));
        Answer::Id(id)
    }
}

impl Log for Memory {
    fn perform<'a>(&'a self, operation: &'a Operation) -> Performing<'a> {
        let mut content = self.0.borrow_mut();
        let answer = match operation {
            Operation::Load { document, after } => {
                let wanted =
                    |name: &str, id: ChunkId| name == document && after.is_none_or(|after| id > after);
                let chunks = content.chunks.iter().filter(|(name, chunk)| wanted(name, chunk.id));
                Answer::Chunks(chunks.map(|(_, chunk)| chunk.clone()).collect())
            }
            Operation::Append { document, update } => content.append(document, update),
            Operation::Compact { document, read, snapshot } => {
                content.chunks.retain(|(name, chunk)| name != document || !read.contains(&chunk.id));
                content.append(document, snapshot)
            }
            Operation::Delete { document } => {
                content.chunks.retain(|(name, _)| name != document);
                Answer::Nothing
            }
            Operation::Documents => {
                let mut names = Vec::new();
                content.chunks.iter().for_each(|(name, _)| insert(&mut names, name.clone()));
                Answer::Names(names)
            }
            Operation::Record { key } => {
                let record = content.records.iter().find(|(name, _)| name == key);
                Answer::Value(record.map(|(_, value)| value.clone()))
            }
            Operation::SetRecord { key, value } => {
                content.records.retain(|(name, _)| name != key);
                content.records.push((key.clone(), value.clone()));
                Answer::Nothing
            }
            // A lease needs a store that several tabs share.
            Operation::Replicas => Answer::Names(Vec::new()),
            Operation::AddReplica { .. } => Answer::Yes(false),
        };
        Box::pin(std::future::ready(Ok(answer)))
    }
}
