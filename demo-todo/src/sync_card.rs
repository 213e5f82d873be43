//! What the sync engine is doing: connected or not, what waits, where the work is saved.

use leptos::prelude::*;

use crate::icon::{Icon, icon};
use crate::model::{Connection, Status, Tier};

#[component]
pub(crate) fn SyncCard(#[prop(into)] status: Signal<Status>) -> impl IntoView {
    let pending = Memo::new(move |_| status.with(|status| status.pending));
    let saved = Memo::new(move |_| status.with(|status| status.saved));
    let state = move || match status.get().connection {
        Connection::Connected => ("connected", "Connected"),
        Connection::Connecting => ("connecting", "Connecting"),
        Connection::Offline { .. } => ("offline", "Offline"),
        Connection::Refused { .. } => ("refused", "Refused"),
        Connection::NeedsAuth { .. } => ("needs-auth", "Sign in"),
        Connection::Disabled => ("disabled", "This device only"),
    };
    let waiting = move || match pending.get() {
        0 => "All sent".to_owned(),
        count => format!("{count} waiting"),
    };
    let (tier, place) = (
        move || match saved.get() {
            Tier::Memory => "memory",
            Tier::Device => "device",
            Tier::Server => "server",
        },
        move || match saved.get() {
            Tier::Memory => "Only in memory",
            Tier::Device => "Saved on this device",
            Tier::Server => "Saved on the server",
        },
    );
    view! {
        <section class="sync" aria-label="Sync">
            <div class="sync-card">
                <div class="sync-line">
                    <span class="connection" role="status" data-testid="connection" data-state=move || state().0>
                        {move || state().1}
                    </span>
                    <span class="pending number" data-testid="pending" data-count=pending>{waiting}</span>
                </div>
                <div class="sync-line saved" data-testid="saved" data-tier=tier>
                    {move || icon(if saved.get() == Tier::Server { Icon::Cloud } else { Icon::Device })}
                    {place}
                    <button class="icon-button sync-more" type="button" aria-label="More about the sync" popovertarget="sync-sheet">
                        {icon(Icon::More)}
                    </button>
                </div>
            </div>
            <div class="sheet" id="sync-sheet" popover="auto">
                <h2>"Where your work is"</h2>
                <dl>
                    <dt>"Storage"</dt>
                    <dd>{move || status.get().storage}</dd>
                </dl>
            </div>
        </section>
    }
}
