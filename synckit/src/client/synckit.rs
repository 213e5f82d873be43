//! The client itself.

use std::fmt;
use std::sync::Arc;

use super::builder::Builder;
use super::inbox::Command;
use super::observers::Subscription;
use super::presence::Presence;
use super::shared::Shared;
use super::status::{Connection, Status, Tier};
use crate::handle::{CounterRef, Document, Element, ListRef, Node, Observable, ReadError};
use crate::platform::Platform;
use crate::storage::StorageMode;
use crate::value::FieldValue;

/// A client: opens documents, keeps them on this device and in step with the server.
///
/// Cheap to clone; all clones are the same client. When the last clone is dropped, what is left is stored and the
/// connection ends. Handles of documents stay usable, in memory.
#[derive(Clone)]
pub struct SyncKit {
    shared: Arc<Shared>,
    /// Tells the driver when the last clone is gone.
    _open: Arc<OpenClient>,
}

struct OpenClient(Arc<Shared>);

impl Drop for OpenClient {
    fn drop(&mut self) {
        self.0.inbox().push(Command::Close);
    }
}

impl SyncKit {
    /// Begins a client that runs on `platform`.
    pub fn builder<P: Platform>(platform: P) -> Builder<P> {
        Builder::new(platform)
    }

    /// A client without a store and a server: documents live in memory. For tests, previews, and rendering on a server.
    /// `seed` decides its replica ids: give every client another one. There is no clock: time is counted in
    /// transactions.
    ///
    /// ```
    /// use synckit::prelude::*;
    ///
    /// let sync = SyncKit::in_memory(1);
    /// let likes = sync.counter("likes");
    /// likes.increment(2)?;
    /// assert_eq!(likes.get()?, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_memory(seed: u64) -> Self {
        let status = Status {
            connection: Connection::Disabled,
            storage: StorageMode::Memory { reason: "this client keeps nothing".to_owned() },
            pending: 0,
            saved: Tier::Memory,
            error: None,
        };
        let shared = Shared::new(Arc::new(|| 0), seed, status);
        shared.inbox().close();
        Self::new(shared)
    }

    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { _open: Arc::new(OpenClient(shared.clone())), shared }
    }

    /// The document with this id, as `T`. It is there at once, empty at first; what this device and the server have
    /// arrives as soon as it is read. The same id opened twice is the same document. Ids are 1 to 256 bytes
    /// and do not begin with U+0001; with another one a document is in memory only, and its status says why.
    pub fn document<T: Document>(&self, id: &str) -> T::Ref {
        T::at(self.node(id, false))
    }

    /// A document that stays on this device. Its id does not clash with those of shared documents.
    pub fn local<T: Document>(&self, id: &str) -> T::Ref {
        T::at(self.node(id, true))
    }

    /// A document that is one counter.
    pub fn counter(&self, id: &str) -> CounterRef {
        self.node(id, false).counter("value")
    }

    /// A document that is one text.
    #[cfg(feature = "text")]
    pub fn text(&self, id: &str) -> crate::handle::TextRef {
        self.node(id, false).text("value")
    }

    /// A document that is one list.
    pub fn list<T: Element>(&self, id: &str) -> ListRef<T> {
        self.node(id, false).list("value")
    }

    /// A document that is one set.
    #[cfg(feature = "sets")]
    pub fn set<V: crate::value::FieldValue>(&self, id: &str) -> crate::handle::SetRef<V> {
        self.node(id, false).set("value")
    }

    /// A document without a schema: JSON in, JSON out.
    #[cfg(feature = "json")]
    pub fn json(&self, id: &str) -> crate::handle::JsonRef {
        crate::handle::JsonRef::new(self.node(id, false))
    }

    /// Who else is at this document.
    pub fn presence<P: FieldValue>(&self, document: &str) -> Presence<P> {
        Presence::new(self.shared.presence(document))
    }

    /// Connection, pending and saved state.
    pub fn status(&self) -> StatusRef {
        StatusRef { shared: self.shared.clone() }
    }

    fn node(&self, id: &str, local_only: bool) -> Node {
        Node::root(self.shared.document(id, local_only))
    }
}

impl fmt::Debug for SyncKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncKit").field("status", &self.shared.status()).finish_non_exhaustive()
    }
}

/// The client's [`Status`] as an observable.
#[derive(Clone)]
pub struct StatusRef {
    shared: Arc<Shared>,
}

/// Two handles are equal when they are of the same client.
impl PartialEq for StatusRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

/// Clones of one client are equal.
impl PartialEq for SyncKit {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Observable for StatusRef {
    type Value = Status;

    fn get(&self) -> Result<Status, ReadError> {
        Ok(self.shared.status())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.shared.observe_status(callback)
    }
}

impl fmt::Debug for StatusRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.status().fmt(f)
    }
}
