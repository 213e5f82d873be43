//! Derive macro of SyncKit: `#[derive(Document)]`.
