//! The frame of the program: the lists at the side, one list in the middle, the state of the sync below.

use leptos::prelude::*;
use synckit::SyncKit;
use synckit_leptos::provide_synckit;

use crate::address::Address;
use crate::home::Device;
use crate::list_page::ListPage;
use crate::notices::{NoticeArea, Notices};
use crate::sidebar::Sidebar;
use crate::sync_card::SyncCard;

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
