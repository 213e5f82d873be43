//! Local-first state sync for Rust GUIs: documents, lists, counters and sets as observable values.

pub mod platform;
pub mod storage;
pub mod transport;
pub mod version;
