//! The frame of the program: the lists at the side, one list in the middle.

use leptos::prelude::*;

use crate::address::{Address, query};
use crate::list_page::ListPage;
use crate::model::{Connection, HomeRef, Status, Tier, TodoListRef};
use crate::notices::{NoticeArea, Notices};
use crate::sidebar::Sidebar;
use crate::sync_card::SyncCard;

#[component]
pub(crate) fn App() -> impl IntoView {
    let _notices = Notices::provide();
    let address = Address::provide();
    let menu = RwSignal::new(query("look").is_some_and(|l| l.contains("menu")));
    let look = query("look").unwrap_or_default();
    let status = RwSignal::new(if look.contains("offline") {
        Status {
            connection: Connection::Offline { since: 0, retry_at: 0 },
            storage: "IndexedDB".into(),
            pending: 3,
            saved: Tier::Device,
            error: None,
        }
    } else {
        Status {
            connection: Connection::Connected,
            storage: "IndexedDB, protected from eviction".into(),
            pending: 0,
            saved: Tier::Server,
            error: None,
        }
    });
    if look.contains("error") {
        expect_context::<Notices>()
            .check::<(), _>(Err("no room left on this device (quota 2 MB): free some space and try again"));
    }
    if look.contains("toast") {
        expect_context::<Notices>().toast("Deleted “Charge the head torches”", Some(Callback::new(|()| ())));
    }
    let ready = Signal::stored(!look.contains("loading"));
    let empty = look.contains("empty");
    if address.list().get_untracked().is_none() {
        address.replace("coast");
    }
    view! {
        <div class="app" data-menu=move || menu.get().then_some("open")>
            <Sidebar home=HomeRef::sample() menu/>
            <div class="veil" on:click=move |_| menu.set(false)></div>
            <main class="main">
                <div class="page">
                    {move || address.list().get().map(|id| view! { <ListPage id list=TodoListRef::sample(!empty) ready menu/> })}
                </div>
            </main>
            <SyncCard status/>
            <NoticeArea/>
        </div>
    }
}
