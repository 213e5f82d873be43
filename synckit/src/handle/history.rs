//! The history of a document as a handle.

use std::fmt;
use std::sync::Arc;

use super::error::ReadError;
use super::node::Node;
use super::observable::Observable;
use crate::client::Subscription;
use crate::client::cell::DocumentCell;
use crate::crdt::container::ContainerId;
use crate::document::event::Target;
use crate::document::history::{Checkpoint, CheckpointId, HistoryEntry, HistoryError};
use crate::document::{DocumentState, WriteError};
use crate::version::{ReplicaId, VersionVector};

/// The history of a document: since when it is kept, its steps, named checkpoints, and who wrote.
///
/// A document keeps only what is live, unless somebody asks for more with [`keep`](Self::keep). From then on all its replicas,
/// stores and servers keep what is overwritten and deleted, so any version since can be shown
/// ([`DocumentRef::at`](super::DocumentRef::at), `TextRef::at`). Programs that are built without the feature `history` cannot
/// open such a document.
///
/// ```
/// use synckit::{Observable, SyncKit};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let note = SyncKit::in_memory(1).text("note-456");
/// let history = note.history();
/// history.keep()?;
/// history.sign("Ada")?;
/// note.insert(0, "Hello world")?;
/// history.checkpoint("greeting")?;
/// note.delete(5..11)?;
///
/// let greeting = &history.checkpoints()[0];
/// assert_eq!(note.at(&greeting.version)?.get()?, "Hello world");
/// assert_eq!(history.author(note.blame(0..5)[0].replica).as_deref(), Some("Ada"));
/// note.restore(&greeting.version)?;
/// assert_eq!(note.get()?, "Hello world");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct History {
    cell: Arc<DocumentCell>,
}

/// What a document's history is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HistoryState {
    /// Whether it is kept.
    pub kept: bool,
    /// How many checkpoints there are.
    pub checkpoints: usize,
}

impl History {
    pub(super) fn new(cell: Arc<DocumentCell>) -> Self {
        Self { cell }
    }

    /// Keeps the history of the document from now on, everywhere and for good. What is there now is where it begins. Nothing happens
    /// when it is kept already. To be called when the document is loaded: what somebody else overwrites before this reaches
    /// them is not kept.
    ///
    /// # Errors
    /// [`WriteError::ReadOnly`] in a version of the past.
    pub fn keep(&self) -> Result<(), WriteError> {
        self.cell.keep_history()
    }

    /// Whether it is kept.
    pub fn is_kept(&self) -> bool {
        self.cell.read(DocumentState::keeps_history)
    }

    /// The replica that this program's writes to the document are made under, as steps and [`blame`](super::TextRef::blame)
    /// name it. It may change while the document is loaded, and when it turns out to be used elsewhere too.
    pub fn replica(&self) -> ReplicaId {
        self.cell.replica()
    }

    /// Tells everybody who this replica is; nothing happens when that is known. A device that is offline or opens a second window
    /// writes under another replica, so every program does this once when the document is loaded.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`] for a name over 1 KiB.
    pub fn sign(&self, name: &str) -> Result<(), WriteError> {
        self.cell.write(|transaction| transaction.sign(name))
    }

    /// Who a replica says that it is. O(log n).
    pub fn author(&self, replica: ReplicaId) -> Option<String> {
        self.cell.read(|state| state.author(replica)).map(|name| name.to_string())
    }

    /// Every step in which the document came to be what it is, by time: what one replica wrote within two seconds. The first one is
    /// what was there when the history began. Empty when none is kept. O(n log n).
    ///
    /// The versions between are there too: any vector between two steps can be shown.
    pub fn versions(&self) -> Vec<HistoryEntry> {
        self.sessions(0)
    }

    /// [`versions`](Self::versions); steps of one replica that follow each other with pauses of less than `pause`
    /// milliseconds are one.
    pub fn sessions(&self, pause: u64) -> Vec<HistoryEntry> {
        self.cell.read(|state| state.history_entries(pause))
    }

    /// The version from which on the document can be shown: every one that includes it. `None` when no history is kept.
    pub fn floor(&self) -> Option<VersionVector> {
        self.cell.read(|state| state.floor().cloned())
    }

    /// Drops what was overwritten or deleted before a version, here and everywhere: this cannot be undone. What is there at
    /// that version stays, and so does what somebody wrote who was offline. Deleted characters leave memory when the document is
    /// loaded the next time. O(document and history).
    ///
    /// # Errors
    /// [`HistoryError`] when that version is not known here.
    pub fn forget_before(&self, version: &VersionVector) -> Result<(), HistoryError> {
        self.cell.read(|state| state.check_version(version))?;
        self.cell.write(|transaction| {
            transaction.forget_before(version);
            Ok(())
        })?;
        Ok(())
    }

    /// Gives what is here now a name of at most 1 KiB, for everybody to see.
    ///
    /// # Errors
    /// [`HistoryError::NotKept`] when no history is kept, [`WriteError::TooLarge`].
    pub fn checkpoint(&self, name: &str) -> Result<CheckpointId, HistoryError> {
        self.check_kept()?;
        Ok(self.cell.write(|transaction| transaction.checkpoint(name))?)
    }

    /// All checkpoints, by time. O(n log n).
    pub fn checkpoints(&self) -> Vec<Checkpoint> {
        self.cell.read(DocumentState::checkpoints)
    }

    /// Removes a checkpoint; the version stays. Nothing happens when it is not there.
    ///
    /// # Errors
    /// [`HistoryError::NotKept`] when no history is kept.
    pub fn remove_checkpoint(&self, id: CheckpointId) -> Result<(), HistoryError> {
        self.check_kept()?;
        self.cell.write(|transaction| {
            transaction.remove_checkpoint(id);
            Ok(())
        })?;
        Ok(())
    }

    fn check_kept(&self) -> Result<(), HistoryError> {
        if self.is_kept() { Ok(()) } else { Err(HistoryError::NotKept) }
    }
}

/// Two handles are equal when they are of the same open document.
impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cell, &other.cell)
    }
}

/// Calls back when anything in the document changes: there is a new step then.
impl Observable for History {
    type Value = HistoryState;

    fn get(&self) -> Result<HistoryState, ReadError> {
        Ok(HistoryState { kept: self.is_kept(), checkpoints: self.checkpoints().len() })
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        Node::root(self.cell.clone()).watch(Target::Deep(ContainerId::Root), callback)
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").field("document", self.cell.id()).field("kept", &self.is_kept()).finish()
    }
}
