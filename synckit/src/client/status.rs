//! Connection, pending and saved state, as values to show.

use crate::storage::StorageMode;

/// How far a write has come. Ordered: a later tier includes the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Applied and shown; lost when the program ends now.
    Memory,
    /// On this device's disk.
    Device,
    /// On the server's disk.
    Server,
}

/// How things stand with the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Connection {
    /// No address was given: everything stays on this device.
    #[default]
    Disabled,
    /// The first attempt is under way, or one after a hint that it may work.
    Connecting,
    /// Connected and greeted.
    Connected,
    /// No connection.
    Offline {
        /// Since when, in ms since 1970.
        since: u64,
        /// When the next attempt is made, in ms since 1970.
        retry_at: u64,
    },
    /// The server wants a proof of identity, or another one.
    NeedsAuth {
        /// The server's reason.
        reason: String,
    },
    /// The server does not want this client; no further attempts are made.
    Refused {
        /// The server's reason.
        reason: String,
    },
}

impl Connection {
    /// A name for styles and tests: `disabled`, `connecting`, `connected`, `offline`, `needs-auth`, `refused`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Offline { .. } => "offline",
            Self::NeedsAuth { .. } => "needs-auth",
            Self::Refused { .. } => "refused",
        }
    }

    /// English words for people.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Disabled => "On this device",
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
            Self::Offline { .. } => "Offline",
            Self::NeedsAuth { .. } => "Sign in",
            Self::Refused { .. } => "Refused",
        }
    }
}

/// The state of the whole client.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// How things stand with the server.
    pub connection: Connection,
    /// Where writes end up on this device.
    pub storage: StorageMode,
    /// Changes that the server has not acknowledged, over all open documents.
    pub pending: usize,
    /// What every write of every open document has reached.
    pub saved: Tier,
    /// What goes wrong at the moment and what to do about it, if anything.
    pub error: Option<String>,
}

/// Nothing has begun: nothing is connected, nothing is stored.
impl Default for Status {
    fn default() -> Self {
        Self {
            connection: Connection::Disabled,
            storage: StorageMode::Memory { reason: "no client has been started".to_owned() },
            pending: 0,
            saved: Tier::Memory,
            error: None,
        }
    }
}

/// Whether a document has been read from this device's store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LoadState {
    /// Not yet.
    #[default]
    Loading,
    /// Yes, or there was nothing to read.
    Ready,
    /// It could not be read. Nothing is written over it; what is written now stays in memory.
    Failed {
        /// What went wrong.
        reason: String,
    },
}

/// Why the server does not take a document's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The kind of reason.
    pub code: RefusalCode,
    /// The server's words.
    pub message: String,
}

impl Refusal {
    /// A refusal with the server's words.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The kinds of reason to refuse a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalCode {
    /// No permission.
    Forbidden,
    /// Larger than the document or a message may be.
    TooLarge,
    /// Not a valid change.
    Invalid,
    /// The clock of this device is too far ahead.
    Clock,
}

/// The state of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentStatus {
    /// Whether it has been read from this device's store.
    pub load: LoadState,
    /// Whether everything the server has was received at least once in this session.
    pub synced: bool,
    /// Changes that the server has not acknowledged.
    pub pending: usize,
    /// What every write has reached.
    pub saved: Tier,
    /// Set while the server does not take changes of this document.
    pub refused: Option<Refusal>,
}

impl Default for DocumentStatus {
    fn default() -> Self {
        Self { load: LoadState::Loading, synced: false, pending: 0, saved: Tier::Device, refused: None }
    }
}
