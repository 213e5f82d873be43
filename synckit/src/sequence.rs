//! The sequence behind collaborative text: characters that keep their identity, in an order all replicas agree on.
//!
//! Every character remembers what stood left and right of it when it was typed, and that is all it takes to put it into
//! its place anywhere: runs of characters typed at one place at the same time never interleave, forward or backward
//! (Weidner and Kleppmann, *The Art of the Fugue*, 2023; the list form of its FugueMax order is due to J. Gentle's
//! amendment of YATA, Nicolaescu et al., 2016). Deleted characters stay as tombstones, as others may have typed beside them.
//!
//! It is a piece table that is also the replicated state: a B+ tree of pieces, stretches of characters of one writer that
//! still stand together, over buffers that only grow. Reading it is walking over the pieces; there is no second copy of
//! the text. A log for each writer tells what it inserted where, and what it deleted.
//!
//! Positions count Unicode scalar values; [`Sequence::utf16_at`] and [`Sequence::at_utf16`] convert.
//!
//! ```
//! use synckit::sequence::Sequence;
//! use synckit::version::{Dot, ReplicaId, VersionVector};
//!
//! let (a, b) = (ReplicaId::new(1), ReplicaId::new(2));
//! let (mut here, mut there) = (Sequence::new(), Sequence::new());
//! here.insert(Dot::new(a, 1), 0, "heo")?;
//! for edit in here.since(&VersionVector::new()) {
//!     there.apply(&edit)?;
//! }
//! here.insert(Dot::new(a, 4), 2, "ll")?;
//! there.insert(Dot::new(b, 1), 3, "!")?;
//! let (ours, theirs) = (here.since(&there.version()), there.since(&here.version()));
//! theirs.iter().try_for_each(|edit| here.apply(edit))?;
//! ours.iter().try_for_each(|edit| there.apply(edit))?;
//! assert_eq!((here.to_string(), there.to_string()), ("hello!".into(), "hello!".into()));
//! # Ok::<(), synckit::sequence::SequenceError>(())
//! ```

mod contents;
mod edit;
#[cfg(feature = "history")]
mod history;
mod hot;
mod index;
mod integrate;
mod lent;
mod local;
mod numbers;
mod piece;
mod place;
mod read;
mod siblings;
mod snapshot;
mod tree;
mod writer;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use contents::char_count;
pub use edit::{Edit, Inserted};
#[cfg(feature = "history")]
pub use history::TextChange;
pub(crate) use integrate::Step;
pub(crate) use lent::{Lent, What};

use std::sync::OnceLock;

use crate::version::{Dot, ReplicaId, VersionVector};
use contents::Contents;
use hot::Hot;
use index::Index;
use piece::{Id, Piece, WriterIndex};
use siblings::Siblings;
use tree::{Sum, Tree};
use writer::Writer;

/// Why an edit was refused. The sequence is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// A position past the end.
    #[error("position {at} is past the end of a text of {len} characters")]
    OutOfBounds {
        /// The position asked for.
        at: usize,
        /// How many characters there are.
        len: usize,
    },
    /// The sequence number was given to another edit before.
    #[error("the writer has used this sequence number before: go on behind its last one")]
    Used,
    /// A writer has used up its 2^32 sequence numbers or 2^31 bytes.
    #[error("this writer has no sequence numbers or bytes left in this text: write as a new replica")]
    Exhausted,
    /// The edit stands beside characters that are not here.
    #[error("the edit builds on characters that have not arrived: apply what it depends on first")]
    Missing,
}

/// Where a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spot {
    leaf: u32,
    slot: usize,
}

/// A replicated sequence of characters.
#[derive(Debug, Clone, Default)]
pub struct Sequence {
    writers: Vec<Writer>,
    /// Indices of the writers, ascending by replica.
    by_replica: Vec<(ReplicaId, WriterIndex)>,
    /// Mostly it is the same one as before.
    last_writer: WriterIndex,
    contents: Contents,
    tree: Tree,
    /// All that shows.
    total: Sum,
    hot: Hot,
    /// Where many have inserted at one place.
    siblings: Option<Box<Siblings>>,
    /// For each writer which leaf a character is in: kept from the first time that somebody asks.
    index: OnceLock<Vec<Index>>,
}

impl Sequence {
    /// An empty sequence.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many characters show.
    pub fn len(&self) -> usize {
        self.total.chars as usize
    }

    /// Whether no character shows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many UTF-16 units the characters that show take.
    pub fn utf16_len(&self) -> usize {
        self.total.utf16() as usize
    }

    /// For every writer its last sequence number.
    pub fn version(&self) -> VersionVector {
        self.by_replica
            .iter()
            .map(|&(replica, at)| (replica, u64::from(self.writers[at as usize].end.max(1) - 1)))
            .collect()
    }

    /// Roughly how many bytes it takes in memory. O(writers).
    pub fn heap_size(&self) -> usize {
        let writers: usize = self.writers.iter().map(Writer::heap_size).sum();
        writers
            + self.writers.capacity() * size_of::<Writer>()
            + self.by_replica.capacity() * size_of::<(ReplicaId, WriterIndex)>()
            + self.tree.heap_size()
            + self.contents.heap_size()
            + self.index.get().map_or(0, |index| index.iter().map(Index::heap_size).sum())
    }

    fn piece(&self, spot: Spot) -> &Piece {
        &self.tree.leaf(spot.leaf).pieces()[spot.slot]
    }

    /// The id that an edit of `count` steps begins with, if all of them are still free.
    fn own(&mut self, dot: Dot, count: usize) -> Result<Id, SequenceError> {
        let end = dot.seq.checked_add(count as u64).filter(|&end| end <= u64::from(u32::MAX));
        if end.is_none() {
            return Err(SequenceError::Exhausted);
        }
        let id = Id::new(self.writer(dot.replica), dot.seq as u32);
        let writer = &self.writers[id.writer as usize];
        if id.seq == 0 || id.seq < writer.end {
            return Err(SequenceError::Used);
        }
        Ok(id)
    }

    /// The index of a writer, a new one if it has not written before.
    fn writer(&mut self, replica: ReplicaId) -> WriterIndex {
        if self.writers.get(self.last_writer as usize).is_some_and(|writer| writer.replica == replica) {
            return self.last_writer;
        }
        self.last_writer = match self.by_replica.binary_search_by_key(&replica, |entry| entry.0) {
            Ok(at) => self.by_replica[at].1,
            Err(at) => {
                let index = self.writers.len() as WriterIndex;
                self.by_replica.insert(at, (replica, index));
                self.writers.push(Writer::new(replica));
                self.contents.add_writer();
                if let Some(index) = self.index.get_mut() {
                    index.push(Index::default());
                }
                index
            }
        };
        self.last_writer
    }

    /// The id of a character, if its writer is known.
    fn id(&self, dot: Dot) -> Option<Id> {
        let seq = u32::try_from(dot.seq).ok()?;
        let at = self.by_replica.binary_search_by_key(&dot.replica, |entry| entry.0).ok()?;
        Some(Id::new(self.by_replica[at].1, seq))
    }

    fn dot(&self, id: Id) -> Option<Dot> {
        let writer = self.writers.get(id.writer as usize)?;
        Some(Dot::new(writer.replica, u64::from(id.seq)))
    }
}
