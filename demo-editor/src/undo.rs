//! Undo and redo of one's own changes.

use dioxus::prelude::*;

use crate::icon::{Icon, Picture};
use crate::model::{ObservableExt, UndoManager};
use crate::notices::Notices;

/// The two buttons. The keys belong to the text, which hears of them first.
#[component]
pub(crate) fn UndoButtons(undo: UndoManager) -> Element {
    let steps = undo.signal();
    let notices = use_context::<Notices>();
    let redo = undo.clone();
    let tell = move |done: bool, words: &str| notices.announce(if done { words } else { "Nothing left" });
    // Disabled by ARIA only: a button that is disabled for real drops the focus of the one who just pressed it.
    rsx! {
        div { class: "group", role: "group", aria_label: "Undo",
            button {
                class: "tool",
                r#type: "button",
                "data-testid": "undo",
                aria_label: "Undo",
                title: "Undo (Ctrl+Z)",
                aria_keyshortcuts: "Control+Z Meta+Z",
                aria_disabled: "{steps.read().undo == 0}",
                onclick: move |_| tell(undo.undo(), "Undone"),
                Icon { of: Picture::Undo }
            }
            button {
                class: "tool",
                r#type: "button",
                "data-testid": "redo",
                aria_label: "Redo",
                title: "Redo (Ctrl+Shift+Z)",
                aria_keyshortcuts: "Control+Shift+Z Meta+Shift+Z Control+Y",
                aria_disabled: "{steps.read().redo == 0}",
                onclick: move |_| tell(redo.redo(), "Redone"),
                Icon { of: Picture::Redo }
            }
        }
    }
}
