//! Leptos adapter of SyncKit: documents as signals.
