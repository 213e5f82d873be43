//! SyncKit, behind the same traits as everybody else.

mod document;
mod fields;

pub(crate) use document::Ours;
pub(crate) use fields::OurDocuments;

/// Its name in tables.
pub(crate) const NAME: &str = "synckit";
