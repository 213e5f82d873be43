//! SyncKit, behind the same traits as everybody else.

mod document;
mod fields;
mod sequence;

pub(crate) use document::Ours;
pub(crate) use fields::OurDocuments;
pub(crate) use sequence::OurSequence;

/// Its name in tables.
pub(crate) const NAME: &str = "synckit";
