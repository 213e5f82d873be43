//! Where the documents are kept and which server they are shared by.

use leptos::prelude::*;
use synckit::{ConnectError, SyncKit};
use synckit_storage_web::{Backend, Web, WebStorage};

use crate::address::query;

/// The name of the store on this device.
const STORE: &str = "synckit-todo";

/// Starts the client: the best store this browser has, and the server that this page came from.
pub(crate) async fn connect() -> Result<SyncKit, ConnectError> {
    let mut storage = WebStorage::builder(STORE);
    match query("storage").as_deref() {
        Some("opfs") => storage = storage.backend(Backend::Opfs),
        Some("indexeddb") => storage = storage.backend(Backend::IndexedDb),
        Some("memory") => storage = storage.backend(Backend::Memory),
        _ => {}
    }
    let server = query("server").unwrap_or_else(same_origin);
    SyncKit::builder(Web).url(server).storage(storage.open().await).connect().await
}

fn same_origin() -> String {
    let scheme = if location().protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/v1/sync", location().host().unwrap_or_default())
}
