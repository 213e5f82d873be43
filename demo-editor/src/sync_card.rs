//! What the sync engine is doing: connected or not, what waits, where the work is saved.

use dioxus::prelude::*;

use crate::clock;
use crate::icon::{Icon, Picture};
use crate::model::{Connection, ConnectionBadge, StorageMode, Tier, use_status};

#[component]
pub(crate) fn SyncCard() -> Element {
    let status = use_status();
    let pending = use_memo(move || status.read().pending);
    let saved = use_memo(move || status.read().saved);
    let waiting = match pending() {
        0 => "All sent",
        // Every letter is a change: how many there are tells nobody anything.
        _ => "Waiting to be sent",
    };
    let (tier, place) = match saved() {
        Tier::Memory => ("memory", "Not saved yet"),
        Tier::Device => ("device", "Saved on this device"),
        Tier::Server => ("server", "Saved on the server"),
    };
    rsx! {
        section { class: "sync", aria_label: "Sync",
            div { class: "sync-card",
                div { class: "sync-line", "data-testid": "connection-line",
                    ConnectionBadge {}
                    span { class: "pending number", "data-testid": "pending", "data-count": "{pending}", "{waiting}" }
                }
                div { class: "sync-line saved", "data-testid": "saved", "data-tier": tier,
                    Icon { of: if saved() == Tier::Server { Picture::Cloud } else { Picture::Device } }
                    span { "{place}" }
                    button {
                        class: "icon-button sync-more",
                        r#type: "button",
                        aria_label: "More about the sync",
                        popovertarget: "sync-sheet",
                        Icon { of: Picture::More }
                    }
                }
            }
            Sheet {}
        }
    }
}

/// The details, for those who want to know.
#[component]
fn Sheet() -> Element {
    let status = use_status();
    let connection = match &status.read().connection {
        Connection::Connected => "Connected: changes go out and come in as they happen.".to_owned(),
        Connection::Connecting => "Looking for the server.".to_owned(),
        Connection::Offline { since, .. } => {
            let ago = clock::ago(i64::try_from(*since).unwrap_or_default());
            format!("Not reachable ({ago}). Everything keeps working; it is tried again all the time.")
        }
        Connection::Disabled => "There is no server: everything stays on this device.".to_owned(),
        Connection::Refused { reason } | Connection::NeedsAuth { reason } => reason.clone(),
        _ => "Unknown.".to_owned(),
    };
    let waiting = match status.read().pending {
        0 => "Nothing: the server has everything.".to_owned(),
        1 => "One change, to be sent as soon as the server is there.".to_owned(),
        count => format!("{count} changes, to be sent as soon as the server is there."),
    };
    let storage = match &status.read().storage {
        StorageMode::Persistent { backend, protected, reason } => {
            let name = match *backend {
                "indexeddb" => "IndexedDB",
                "opfs" => "The browser's private file system",
                "sqlite" => "A SQLite file",
                other => other,
            };
            let eviction = if *protected { "never cleared" } else { "cleared only when space runs out" };
            format!("{name}, {eviction} ({reason})")
        }
        mode => mode.to_string(),
    };
    rsx! {
        div { class: "sheet", id: "sync-sheet", popover: "auto",
            h2 { "Where your work is" }
            dl {
                dt { "Server" }
                dd { "{connection}" }
                dt { "Waiting" }
                dd { "{waiting}" }
                dt { "Device" }
                dd { "data-testid": "storage", "{storage}" }
            }
        }
    }
}
