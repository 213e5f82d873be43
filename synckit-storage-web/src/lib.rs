//! SyncKit in the browser: IndexedDB and OPFS storage, WebSocket transport, several tabs.
