//! What the sync engine is doing: connected or not, what waits, where the work is saved.

use leptos::prelude::*;
use synckit::storage::StorageMode;

use crate::icon::{Icon, icon};
use crate::model::{Connection, ConnectionBadge, Tier, use_status};

#[component]
pub(crate) fn SyncCard() -> impl IntoView {
    let status = use_status();
    let pending = Memo::new(move |_| status.with(|status| status.pending));
    let saved = Memo::new(move |_| status.with(|status| status.saved));
    let waiting = move || match pending.get() {
        0 => "All sent".to_owned(),
        count => format!("{count} waiting"),
    };
    let tier = move || match saved.get() {
        Tier::Memory => "memory",
        Tier::Device => "device",
        Tier::Server => "server",
    };
    let place = move || match saved.get() {
        Tier::Memory => "Not saved yet",
        Tier::Device => "Saved on this device",
        Tier::Server => "Saved on the server",
    };
    view! {
        <section class="sync" aria-label="Sync">
            <div class="sync-card">
                <div class="sync-line">
                    <ConnectionBadge attr:data-testid="connection"/>
                    <span class="pending number" data-testid="pending" data-count=pending>{waiting}</span>
                </div>
                <div class="sync-line saved" data-testid="saved" data-tier=tier>
                    {move || icon(if saved.get() == Tier::Server { Icon::Cloud } else { Icon::Device })}
                    <span>{place}</span>
                    <button
                        class="icon-button sync-more"
                        type="button"
                        aria-label="More about the sync"
                        popovertarget="sync-sheet"
                    >
                        {icon(Icon::More)}
                    </button>
                </div>
            </div>
            <Sheet/>
        </section>
    }
}

/// The details, for those who want to know.
#[component]
fn Sheet() -> impl IntoView {
    let status = use_status();
    let connection = move || match status.with(|status| status.connection.clone()) {
        Connection::Connected => "Connected: changes go out and come in as they happen.".to_owned(),
        Connection::Connecting => "Looking for the server.".to_owned(),
        Connection::Offline { since, .. } => {
            format!(
                "Not reachable since {}. Everything keeps working; it is tried again all the time.",
                time(since)
            )
        }
        Connection::Disabled => "There is no server: everything stays on this device.".to_owned(),
        Connection::Refused { reason } | Connection::NeedsAuth { reason } => reason,
        _ => "Unknown.".to_owned(),
    };
    let waiting = move || match status.with(|status| status.pending) {
        0 => "Nothing: the server has everything.".to_owned(),
        1 => "One change, to be sent as soon as the server is there.".to_owned(),
        count => format!("{count} changes, to be sent as soon as the server is there."),
    };
    let storage = move || {
        status.with(|status| match &status.storage {
            StorageMode::Persistent { backend, protected, reason } => {
                let name = match *backend {
                    "indexeddb" => "IndexedDB",
                    "opfs" => "The browser's private file system",
                    other => other,
                };
                let eviction = if *protected {
                    "never cleared by the browser"
                } else {
                    "cleared only when space runs out"
                };
                format!("{name}, {eviction} ({reason})")
            }
            mode => mode.to_string(),
        })
    };
    view! {
        <div class="sheet" id="sync-sheet" popover="auto">
            <h2>"Where your work is"</h2>
            <dl>
                <dt>"Server"</dt>
                <dd>{connection}</dd>
                <dt>"Waiting"</dt>
                <dd>{waiting}</dd>
                <dt>"Device"</dt>
                <dd data-testid="storage">{storage}</dd>
            </dl>
        </div>
    }
}

/// The time of day of a moment in ms since 1970.
fn time(ms: u64) -> String {
    let date = js_sys::Date::new(&(ms as f64).into());
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
