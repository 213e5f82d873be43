//! Undo and redo of one's own actions, by button and by keyboard.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};
use synckit::UndoManager;

use crate::icon::{Icon, icon};
use crate::model::ObservableExt;
use crate::notices::Notices;

/// What a key combination asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Undo,
    Redo,
}

/// The two buttons, and the shortcuts of the whole page.
#[component]
pub(crate) fn HistoryButtons(undo: UndoManager) -> impl IntoView {
    let steps = undo.signal();
    let can_undo = move || steps.with(|steps| steps.undo > 0);
    let can_redo = move || steps.with(|steps| steps.redo > 0);
    let notices = expect_context::<Notices>();
    let step = Callback::new(move |step| {
        let (done, words) = match step {
            Step::Undo => (undo.undo(), "Undone"),
            Step::Redo => (undo.redo(), "Redone"),
        };
        notices.announce(if done { words } else { "Nothing left" });
    });
    let listener = window_event_listener(ev::keydown, move |event| {
        let Some(asked) = shortcut(&event) else { return };
        if !is_text_being_edited() {
            event.prevent_default();
            step.run(asked);
        }
    });
    on_cleanup(move || listener.remove());
    // Disabled by ARIA only: a button that is disabled for real drops the focus of the one who just pressed it.
    view! {
        <div class="history" role="group" aria-label="History">
            <button
                class="icon-button"
                type="button"
                data-testid="undo"
                aria-label="Undo"
                title="Undo (Ctrl+Z)"
                aria-keyshortcuts="Control+Z Meta+Z"
                aria-disabled=move || (!can_undo()).to_string()
                on:click=move |_| step.run(Step::Undo)
            >
                {icon(Icon::Undo)}
            </button>
            <button
                class="icon-button"
                type="button"
                data-testid="redo"
                aria-label="Redo"
                title="Redo (Ctrl+Shift+Z)"
                aria-keyshortcuts="Control+Shift+Z Meta+Shift+Z Control+Y"
                aria-disabled=move || (!can_redo()).to_string()
                on:click=move |_| step.run(Step::Redo)
            >
                {icon(Icon::Redo)}
            </button>
        </div>
    }
}

fn shortcut(event: &KeyboardEvent) -> Option<Step> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return None;
    }
    match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
        ("z", false) => Some(Step::Undo),
        ("z", true) | ("y", false) => Some(Step::Redo),
        _ => None,
    }
}

/// Whether the focus is in a text with something in it: there the browser's own undo is meant.
fn is_text_being_edited() -> bool {
    let Some(active) = document().active_element() else { return false };
    match active.dyn_ref::<HtmlInputElement>() {
        Some(input) => input.type_() == "text" && !input.value().is_empty(),
        None => active.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable),
    }
}
