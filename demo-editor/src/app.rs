//! The frame of the program: the documents at the side, one document in the middle, the state of the sync below.

use dioxus::prelude::*;
use synckit_dioxus::use_synckit_provider;

use crate::address::Address;
use crate::home::Device;
use crate::keys;
use crate::notices::{NoticeArea, Notices};
use crate::opening::{self, Opened};
use crate::page::PageView;
use crate::platform;
use crate::search::Search;
use crate::sidebar::{Brand, Sidebar};
use crate::sync_card::SyncCard;

/// Waits for the store and what is in it, then shows the program.
pub(crate) fn start() -> Element {
    let started = use_resource(opening::opened);
    match &*started.read() {
        Some(Ok(opened)) => rsx! { App { opened: opened.clone() } },
        Some(Err(error)) => {
            rsx! { p { class: "failed", role: "alert", "The program could not start: {error}" } }
        }
        // A page has its frame already.
        None if platform::HAS_FRAME => rsx! {},
        None => rsx! { Frame {} },
    }
}

/// What is shown for the moment until the store is open.
#[component]
fn Frame() -> Element {
    rsx! {
        div { class: "app", aria_busy: "true",
            aside { class: "side", Brand {} }
            main { class: "main" }
        }
    }
}

#[component]
fn App(opened: Opened) -> Element {
    use_synckit_provider(|| opened.sync.clone());
    // By now the page holds what it shows.
    use_effect(move || opened.release());
    Notices::provide();
    let address = Address::provide();
    Device::provide(address);
    Search::provide();
    // Only narrow windows hide the side.
    let mut menu = use_signal(|| false);
    keys::use_shortcuts(menu);
    let page = address.page();
    rsx! {
        div { class: "app", "data-menu": menu().then_some("open"),
            Sidebar { menu }
            div { class: "veil", onclick: move |_| menu.set(false) }
            main { class: "main",
                // Another address is another page, from the ground up: nothing of the last document stays behind.
                for page in page {
                    PageView { key: "{page}", page: page.clone(), menu }
                }
            }
            SyncCard {}
            NoticeArea {}
        }
    }
}
