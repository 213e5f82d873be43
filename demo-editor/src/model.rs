//! The documents of the program, and what it uses of SyncKit to work with them.

pub(crate) use synckit::prelude::*;
pub(crate) use synckit::storage::StorageMode;
pub(crate) use synckit::{
    Connection, DocumentStatusRef, LoadState, PeerId, Status, TextSpan, UndoManager, Value, WriteError,
};
pub(crate) use synckit_dioxus::prelude::*;

/// A document that is shared by whoever knows its address. Document `editor/<id>`.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct Page {
    /// A text as the body is, so that two people who name it at once lose nothing.
    pub(crate) title: Text,
    /// The text, with the marks of a rich text; what a comment is about carries the mark `comment:<its id>`.
    pub(crate) body: Text,
    pub(crate) comments: List<Comment>,
}

/// A remark about a stretch of the text.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct Comment {
    /// The name of who wrote it.
    pub(crate) author: String,
    /// When, in ms since 1970.
    pub(crate) written: i64,
    pub(crate) words: String,
    pub(crate) resolved: bool,
    pub(crate) replies: List<Reply>,
}

/// An answer to a comment.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct Reply {
    pub(crate) author: String,
    /// In ms since 1970.
    pub(crate) written: i64,
    pub(crate) words: String,
}

/// What this device knows by itself and tells nobody. Local document `home`.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct Home {
    /// The name others see.
    pub(crate) name: String,
    /// `light` or `dark`; empty as long as the system decides.
    pub(crate) look: String,
    /// The document that was open last.
    pub(crate) last: String,
    /// The documents that were opened here, the newest first.
    pub(crate) documents: List<SeenPage>,
}

/// A document that was opened on this device.
#[derive(Document, Debug, Clone, PartialEq, Default)]
pub(crate) struct SeenPage {
    /// The id in its address.
    pub(crate) page: String,
    /// Its title and how it began when it was open last: what the search looks at.
    pub(crate) title: String,
    pub(crate) beginning: String,
}

/// The document of a page.
pub(crate) fn document_id(page: &str) -> String {
    format!("editor/{page}")
}
