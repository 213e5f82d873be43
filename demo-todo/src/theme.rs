//! Light or dark: what the system prefers, until the visitor says otherwise.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;

use crate::icon::{Icon, icon};

/// Where the choice is kept. The page reads it before the first paint, long before any document could be loaded.
const KEY: &str = "look";
const DARK: &str = "(prefers-color-scheme: dark)";

/// A button between the light and the dark look.
#[component]
pub(crate) fn ThemeToggle() -> impl IntoView {
    let dark = RwSignal::new(is_dark());
    // The system may change its mind at sunset; whoever has chosen a look keeps it.
    let system = window().match_media(DARK).ok().flatten();
    let follow = Closure::<dyn FnMut()>::new(move || {
        dark.try_set(is_dark());
    });
    if let Some(system) = &system {
        let _ = system.add_event_listener_with_callback("change", follow.as_ref().unchecked_ref());
    }
    let kept = StoredValue::new_local((system, follow));
    on_cleanup(move || {
        kept.with_value(|(system, follow)| {
            if let Some(system) = system {
                let _ = system.remove_event_listener_with_callback("change", follow.as_ref().unchecked_ref());
            }
        });
    });
    let toggle = move |_| {
        let now = !dark.get_untracked();
        dark.set(now);
        let look = if now { "dark" } else { "light" };
        if let Some(root) = document().document_element() {
            // The look is cosmetic: a browser that refuses storage shows it until the page is left.
            let _ = root.set_attribute("data-look", look);
        }
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, look);
        }
    };
    view! {
        <button
            class="icon-button"
            type="button"
            aria-label="Dark look"
            aria-pressed=move || dark.get().to_string()
            title="Light or dark"
            on:click=toggle
        >
            {move || icon(if dark.get() { Icon::Sun } else { Icon::Moon })}
        </button>
    }
}

fn is_dark() -> bool {
    let chosen = document().document_element().and_then(|root| root.get_attribute("data-look"));
    match chosen.as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => prefers(DARK),
    }
}

/// Whether a media query holds.
pub(crate) fn prefers(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}
