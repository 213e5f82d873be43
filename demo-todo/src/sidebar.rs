//! The lists this device has seen.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::address::{Address, path_of};
use crate::home::Device;
use crate::icon::{Icon, icon};
use crate::model::{DocumentRef, ObservableExt, SeenListRef};
use crate::names::random_list_id;
use crate::notices::Notices;

#[component]
pub(crate) fn Sidebar(menu: RwSignal<bool>) -> impl IntoView {
    let address = expect_context::<Address>();
    let lists = expect_context::<Device>().home().lists().signal();
    let new_list = move |_| {
        menu.set(false);
        address.open(&random_list_id());
    };
    view! {
        <aside class="side" id="side">
            <div class="brand">
                <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
                    <rect width="32" height="32" rx="9" fill="var(--accent)"/>
                    <path d="m8.5 16.6 4.2 4.2 7.6-9.6" fill="none" stroke="var(--on-accent)" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round"/>
                    <path d="m16.4 20.9 7.4-9.7" fill="none" stroke="var(--on-accent)" stroke-opacity=".55" stroke-width="2.8" stroke-linecap="round"/>
                </svg>
                <span class="brand-name">"To-do"</span>
            </div>
            <nav aria-labelledby="lists-head">
                <div class="lists-head">
                    <h2 id="lists-head">"Your lists"</h2>
                    <button class="icon-button" type="button" data-testid="list-new" aria-label="New list" title="New list" on:click=new_list>
                        {icon(Icon::Plus)}
                    </button>
                </div>
                <ul class="lists">
                    <For each=move || lists.get() key=DocumentRef::id children=move |seen| view! { <SeenList seen menu/> }/>
                </ul>
            </nav>
        </aside>
    }
}

#[component]
fn SeenList(seen: SeenListRef, menu: RwSignal<bool>) -> impl IntoView {
    let address = expect_context::<Address>();
    let device = expect_context::<Device>();
    let notices = expect_context::<Notices>();
    let list = seen.list().signal();
    let title = seen.title().signal();
    let name =
        move || Some(title.get()).filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled list".into());
    let is_current = move || address.list().get().as_ref() == Some(&list.get());
    let open = move |event: MouseEvent| {
        // A click with a key held asks the browser for a new tab or window: leave it alone.
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        event.prevent_default();
        menu.set(false);
        address.open(&list.get_untracked());
    };
    let id = seen.id();
    let forget = move |_| {
        notices.check(device.home().lists().remove(id));
        notices.announce("Removed from this device's lists");
    };
    view! {
        <li>
            <a
                class="list-link"
                data-testid="list-link"
                href=move || path_of(&list.get())
                aria-current=move || is_current().then_some("page")
                on:click=open
            >
                {icon(Icon::List)}
                <span class="name">{name}</span>
            </a>
            <button
                class="icon-button list-forget"
                type="button"
                aria-label=move || format!("Remove {} from your lists", name())
                title="Remove from your lists"
                hidden=is_current
                on:click=forget
            >
                {icon(Icon::Close)}
            </button>
        </li>
    }
}
