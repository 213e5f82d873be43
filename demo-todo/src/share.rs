//! The copy-link button: a list is shared by its address.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::address::path_of;
use crate::icon::{Icon, icon};
use crate::notices::Notices;

/// Copies the address of a list. Without the query, which speaks of this visit only.
#[component]
pub(crate) fn CopyLink(list: String) -> impl IntoView {
    let notices = expect_context::<Notices>();
    let copied = RwSignal::new(false);
    let link = format!("{}{}", location().origin().unwrap_or_default(), path_of(&list));
    let copy = move |_| {
        let link = link.clone();
        // There is no clipboard on a page that did not come by https or from this machine.
        let has_clipboard = js_sys::Reflect::has(&window().navigator(), &"clipboard".into()).unwrap_or(false);
        spawn_local(async move {
            if has_clipboard
                && JsFuture::from(window().navigator().clipboard().write_text(&link)).await.is_ok()
            {
                notices.announce("Link copied");
                copied.try_set(true);
                set_timeout(
                    move || {
                        copied.try_set(false);
                    },
                    Duration::from_secs(2),
                );
            } else {
                notices.toast(format!("Copy this address: {link}"), None);
            }
        });
    };
    view! {
        <button class="button" type="button" on:click=copy aria-label="Copy the link to this list">
            {icon(Icon::Link)}
            <span class="swap" aria-hidden="true">
                <span data-off=move || copied.get().then_some("")>"Copy link"</span>
                <span data-off=move || (!copied.get()).then_some("")>"Copied"</span>
            </span>
        </button>
    }
}
