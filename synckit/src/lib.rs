//! Local-first state sync for Rust GUIs: documents, lists, counters and sets as observable values.
