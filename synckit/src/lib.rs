//! Local-first state sync for Rust GUIs: documents, lists, counters and sets as observable values.

mod crdt;
pub mod document;
pub mod platform;
pub mod storage;
pub mod sync;
pub mod transport;
pub mod value;
pub mod version;
pub mod wire;
