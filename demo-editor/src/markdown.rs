//! Markdown in and out.

use dioxus::prelude::*;

#[component]
pub(crate) fn ImportButton() -> Element {
    rsx! {}
}
