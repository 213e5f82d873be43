//! What a session wants to be done, and what it tells about itself.

use std::sync::Arc;

use crate::version::{Dot, VersionVector};
use crate::wire::{NackCode, PeerId, Update};

/// What a [`Session`](super::Session) wants to be done.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// Open a connection, then call [`connected`](super::Session::connected) or [`disconnected`](super::Session::disconnected).
    Connect,
    /// Close the connection or give the attempt up; nothing has to be answered.
    Disconnect,
    /// Apply changes from the server to the document, then call [`applied`](super::Session::applied).
    Apply {
        /// The document's id.
        document: Arc<str>,
        /// What to apply.
        update: Arc<Update>,
    },
    /// This device's replica id is used by somebody else too: give it up, give this document's own operations from
    /// `from` on new numbers under a fresh id, store that in place of what was stored, then call [`reissued`](super::Session::reissued).
    Reissue {
        /// The document's id.
        document: Arc<str>,
        /// The first operation that gets a new number.
        from: Dot,
    },
    /// Remember durably, some time soon, what the server has of this document, to be handed to [`open`](super::Session::open) the
    /// next time.
    Acknowledged {
        /// The document's id.
        document: Arc<str>,
        /// What the server has.
        version: VersionVector,
    },
    /// The connection is in another state.
    Link(LinkStatus),
    /// Something of [`document`](super::Session::document) may have changed.
    Document(Arc<str>),
    /// Another peer shows something else of itself, or is gone.
    Peer {
        /// The document's id.
        document: Arc<str>,
        /// Who.
        peer: PeerId,
        /// What it shows; `None`: it is gone.
        state: Option<Vec<u8>>,
    },
}

/// How the connection is doing. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkStatus {
    /// The first attempt is under way.
    Connecting,
    /// The server has welcomed this client.
    Connected,
    /// There is no connection. Attempts go on.
    Offline {
        /// Since when.
        since: u64,
        /// When the next attempt begins, or began.
        retry_at: u64,
    },
    /// The server wants another proof of identity. Attempts go on, slowly.
    NeedsAuth {
        /// The server's words.
        reason: String,
    },
    /// The server does not want this client. Attempts go on, slowly: it may be upgraded.
    Refused {
        /// The server's words.
        reason: String,
    },
}

/// Why the server does not take a document's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The kind of reason.
    pub code: NackCode,
    /// The server's words.
    pub message: String,
}

/// How a document stands with device and server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentSync {
    /// Whether everything the server had was received at least once.
    pub synced: bool,
    /// Whether the server has confirmed everything that is known here.
    pub settled: bool,
    /// Set while the server does not take its changes.
    pub refused: Option<Refused>,
}
