//! The frame of the program: the lists at the side, one list in the middle, the state of the sync below.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use synckit::SyncKit;
use synckit_leptos::provide_synckit;

use crate::address::Address;
use crate::home::Device;
use crate::list_page::ListPage;
use crate::notices::{NoticeArea, Notices};
use crate::sidebar::Sidebar;
use crate::sync_card::SyncCard;

fn focus(selector: &str) {
    let element = document().query_selector(selector).ok().flatten();
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that is not shown does not take the focus, and need not.
        let _ = element.focus();
    }
}

#[component]
pub(crate) fn App(sync: SyncKit) -> impl IntoView {
    provide_synckit(sync);
    Notices::provide();
    let address = Address::provide();
    Device::provide(address);
    // Only narrow windows hide the side.
    let menu = RwSignal::new(false);
    let close_by_key = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && menu.get_untracked() {
            menu.set(false);
        }
    });
    on_cleanup(move || close_by_key.remove());
    // The focus goes where the visitor looks, and back.
    Effect::new(move |before: Option<bool>| {
        let open = menu.get();
        if before.is_some_and(|before| before != open) {
            let target = if open { ".side .list-link" } else { ".menu" };
            request_animation_frame(move || focus(target));
        }
        open
    });
    view! {
        <div class="app" data-menu=move || menu.get().then_some("open")>
            <Sidebar menu/>
            <div class="veil" on:click=move |_| menu.set(false)></div>
            <main class="main">
                // Another address is another page, from the ground up: nothing of the last list stays behind.
                <div class="page">{move || address.list().get().map(|id| view! { <ListPage id menu/> })}</div>
            </main>
            <SyncCard/>
            <NoticeArea/>
        </div>
    }
}
