//! The SyncKit server: relays, stores and acknowledges changes.
