//! The entries of a list, or what stands in their place.

use leptos::prelude::*;

use crate::model::DocumentRef;
use crate::page::{Filter, Page};
use crate::todo_row::TodoRow;

/// The entries that the filter shows. Keyed by element id: an entry that changes places keeps its part of the page.
#[component]
pub(crate) fn Rows() -> impl IntoView {
    let page = expect_context::<Page>();
    view! {
        <ul class="rows" aria-label="To do" data-dragging=move || page.drag.is_active().then_some("")>
            <For each=move || page.shown.get() key=DocumentRef::id children=|todo| view! { <TodoRow todo/> }/>
        </ul>
        <Show when=move || page.shown.with(Vec::is_empty)>
            <Empty/>
        </Show>
    }
}

/// What is seen while the list comes from the device: the shape of entries.
#[component]
pub(crate) fn Skeleton() -> impl IntoView {
    view! {
        <p class="visually-hidden">"Loading the list"</p>
        <div class="rows" aria-hidden="true">
            {["58%", "74%", "41%"].map(|width| view! {
                <div class="skeleton"><i></i><i style:width=width></i></div>
            })}
        </div>
    }
}

#[component]
fn Empty() -> impl IntoView {
    let page = expect_context::<Page>();
    let words = move || {
        let counts = page.counts.get();
        match page.filter.get() {
            Filter::Done if counts.all > 0 => ("Nothing done yet", "Whatever is checked off shows up here."),
            Filter::Active if counts.all > 0 => ("All done", "Everything on this list is checked off."),
            _ => (
                "A clean page",
                "Add the first thing above, then share the link: everybody who has it sees the same list.",
            ),
        }
    };
    view! {
        <div class="empty" data-testid="empty">
            <svg viewBox="0 0 120 84" fill="none" aria-hidden="true">
                <rect x="26" y="8" width="68" height="70" rx="10" fill="var(--hover)"/>
                <rect x="18.75" y="14.75" width="82.5" height="20.5" rx="8.25" fill="var(--surface-raised)" stroke="var(--line-strong)" stroke-width="1.5"/>
                <circle cx="31" cy="25" r="5.25" fill="var(--accent)"/>
                <path d="m28.6 25.1 1.7 1.7 3.1-3.6" stroke="var(--on-accent)" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>
                <path d="M42 25h38" stroke="var(--line-strong)" stroke-width="4" stroke-linecap="round"/>
                <circle cx="40" cy="48" r="4.5" stroke="var(--line-strong)" stroke-width="1.5"/>
                <path d="M50 48h29" stroke="var(--line)" stroke-width="4" stroke-linecap="round"/>
                <circle cx="40" cy="64" r="4.5" stroke="var(--line-strong)" stroke-width="1.5"/>
                <path d="M50 64h20" stroke="var(--line)" stroke-width="4" stroke-linecap="round"/>
            </svg>
            <strong>{move || words().0}</strong>
            <p>{move || words().1}</p>
        </div>
    }
}
