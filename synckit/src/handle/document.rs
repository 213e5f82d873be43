//! Typed documents: what `#[derive(Document)]` implements.

use super::error::ReadError;
#[cfg(feature = "history")]
use super::history::History;
use super::list::ElementId;
use super::node::Node;
use super::observable::Observable;
use super::state::{DocumentStatusRef, FlushError};
use super::undo::UndoManager;
#[cfg(feature = "history")]
use crate::client::cell::DocumentCell;
use crate::client::status::Tier;
#[cfg(feature = "history")]
use crate::document::HistoryError;
use crate::document::{ApplyError, WriteError};
use crate::version::VersionVector;
use crate::wire::{DecodeError, Snapshot};

/// Why a snapshot could not be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Not a snapshot.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A change in it cannot be read.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// A struct whose fields live in a replicated document. Derive it: `#[derive(Document)]` on `Todo` also makes its handle
/// `TodoRef` with one method for each field.
pub trait Document: Clone + Default + Send + Sync + 'static {
    /// The handle.
    type Ref: DocumentRef<Value = Self> + Clone + Send + Sync + 'static;

    /// The handle of the document at a node.
    fn at(node: Node) -> Self::Ref;

    /// Reads all fields.
    ///
    /// # Errors
    /// [`ReadError`] of the first field that cannot be read.
    fn read(node: &Node) -> Result<Self, ReadError>;

    /// Writes all fields: plain fields that differ are set; counters, sets and lists are brought to these contents.
    ///
    /// # Errors
    /// [`WriteError`] of the first field that cannot be written.
    fn write(&self, node: &Node) -> Result<(), WriteError>;
}

/// What every handle of a document can do, besides its fields.
pub trait DocumentRef: Observable
where
    Self::Value: Document,
{
    /// The container behind it.
    fn node(&self) -> &Node;

    /// The element that it is, in a list or map.
    fn id(&self) -> ElementId {
        self.node().id()
    }

    /// The id of the document it lies in.
    fn document_id(&self) -> String {
        self.node().document_id().to_owned()
    }

    /// Runs several writes as one transaction: one change, one notification, one undo step. When it fails, what was
    /// written is taken back.
    ///
    /// # Errors
    /// Whatever `make` returns.
    fn update<R>(&self, make: impl FnOnce(&Self) -> Result<R, WriteError>) -> Result<R, WriteError> {
        self.node().cell.update(|| make(self))
    }

    /// Writes the whole struct as one transaction; fields that hold the same already are left alone.
    ///
    /// # Errors
    /// [`WriteError`] of the first field that cannot be written; then nothing is.
    fn write(&self, value: &Self::Value) -> Result<(), WriteError> {
        self.node().cell.update(|| value.write(self.node()))
    }

    /// Everything that is in the document this lies in, as bytes for [`import`](Self::import): a snapshot.
    fn export(&self) -> Vec<u8> {
        self.node().cell.read(|state| state.snapshot()).encode()
    }

    /// [`export`](Self::export), deflated if that makes it shorter; [`import`](Self::import) reads both.
    #[cfg(feature = "compression")]
    fn export_compressed(&self) -> Vec<u8> {
        self.node().cell.read(|state| state.snapshot()).compress()
    }

    /// What of the document this lies in another replica lacks that knows `version`, as bytes for
    /// [`import`](Self::import). For programs that carry changes themselves.
    fn export_since(&self, version: &VersionVector) -> Vec<u8> {
        self.node().cell.read(|state| state.since(version).encode())
    }

    /// Everything that the document this lies in knows.
    fn version(&self) -> VersionVector {
        self.node().cell.read(|state| state.version().clone())
    }

    /// Merges a snapshot into the document this lies in. What is known already has no second effect. The rest is stored
    /// and sent like a local write.
    ///
    /// # Errors
    /// [`ImportError`] when the bytes are not a snapshot; the document is then as it was.
    fn import(&self, snapshot: &[u8]) -> Result<(), ImportError> {
        let cell = &self.node().cell;
        #[cfg(feature = "text")]
        if cell.import_edit(snapshot) {
            return Ok(());
        }
        Ok(cell.import(Snapshot::decode(snapshot)?)?)
    }

    /// Whether it is loaded, pending, saved, refused.
    fn status(&self) -> DocumentStatusRef {
        DocumentStatusRef::new(self.node().cell.clone())
    }

    /// Resolves when every write so far has reached `tier`.
    fn flush(&self, tier: Tier) -> impl Future<Output = Result<(), FlushError>> + Send {
        self.status().flush(tier)
    }

    /// The history of the document this lies in, if that is kept.
    #[cfg(feature = "history")]
    fn history(&self) -> History {
        History::new(self.node().cell.clone())
    }

    /// This as it was at a version of the document it lies in: a handle that cannot be written. O(document and history).
    ///
    /// # Errors
    /// [`HistoryError`] when the version cannot be had.
    #[cfg(feature = "history")]
    fn at(&self, version: &VersionVector) -> Result<<Self::Value as Document>::Ref, HistoryError> {
        let node = self.node();
        let past = node.cell.read(|state| state.at(version))?;
        let cell = DocumentCell::past(&node.cell, past);
        Ok(Self::Value::at(Node { cell, id: node.id.clone() }))
    }

    /// Brings all fields to what they were at a version, texts with their marks: one transaction that can be undone. What was
    /// removed from a list or map since comes back as a new element, and its texts without marks.
    ///
    /// # Errors
    /// [`HistoryError`] when the version cannot be had, read or written; nothing has changed then.
    #[cfg(feature = "history")]
    fn restore(&self, version: &VersionVector) -> Result<(), HistoryError> {
        let past = self.at(version)?;
        let value = Self::Value::read(past.node())?;
        let node = self.node();
        node.cell.update(|| {
            // First, as a text that shows the same already is left alone by what follows.
            #[cfg(feature = "text")]
            for text in node.cell.read(|now| past.node().cell.read(|past| now.texts_within(past, &node.id))) {
                super::TextRef { node: Node::new(&node.cell, text) }.restore(version)?;
            }
            Ok(self.write(&value)?)
        })
    }

    /// Undo and redo of this program's own writes to the document.
    fn undo_manager(&self) -> UndoManager {
        UndoManager::new(self.node().cell.clone())
    }
}
