//! The README's programs for Leptos, as they stand there (`cargo xtask tidy` compares), in a real browser.
#![cfg(all(target_arch = "wasm32", feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

use leptos::prelude::*;
use synckit::prelude::*;
use synckit_leptos::prelude::*;
use synckit_storage_web::{Web, WebStorage};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Shopping {
    items: List<Item>,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Item {
    name: String,
    bought: bool,
}

#[component]
fn App(sync: SyncKit) -> impl IntoView {
    provide_synckit(sync);
    let shopping = use_document::<Shopping>(|| "shopping".to_owned()).get_untracked();
    let (list, items) = (shopping.items(), shopping.items().signal());
    let add = move |_| {
        let _ = list.push(Item { name: "Milk".into(), bought: false });
    };
    view! {
        <ConnectionBadge/>
        <button on:click=add>"Add milk"</button>
        <For each=move || items.get() key=ItemRef::id let:item>
            <p><input type="checkbox" bind:checked=item.bought().rw_signal()/> {item.name().signal()}</p>
        </For>
    }
}

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let storage = WebStorage::open("shopping").await;
        let client = SyncKit::builder(Web).url("ws://127.0.0.1:8787/v1/sync").storage(storage);
        match client.connect().await {
            Ok(sync) => mount_to_body(move || view! { <App sync/> }),
            Err(error) => leptos::logging::error!("{error}"),
        }
    });
}

#[component]
fn Note(sync: SyncKit) -> impl IntoView {
    let carets = Carets::new(sync.presence::<Caret>("note-456"), "Ada");
    view! { <SyncTextarea text=sync.text("note-456") carets attr:rows=8/> }
}

fn page() -> web_sys::Element {
    let document = web_sys::window().unwrap().document().unwrap();
    let page = document.create_element("div").unwrap();
    document.body().unwrap().append_child(&page).unwrap();
    page
}

#[wasm_bindgen_test]
async fn the_shopping_list_takes_what_is_added() {
    let sync = SyncKit::in_memory(1);
    let root = page();
    let shown = root.clone();
    let _app = leptos::mount::mount_to(root.unchecked_into(), move || view! { <App sync/> });
    let button = shown.query_selector("button").unwrap().unwrap();
    button.unchecked_ref::<web_sys::HtmlElement>().click();
    button.unchecked_ref::<web_sys::HtmlElement>().click();
    leptos::task::tick().await;
    let rows = shown.query_selector_all("p").unwrap();
    assert_eq!(rows.length(), 2, "{}", shown.inner_html());
    assert!(rows.get(0).unwrap().text_content().unwrap().contains("Milk"));
}

#[wasm_bindgen_test]
async fn the_note_shows_its_text() {
    let sync = SyncKit::in_memory(1);
    sync.text("note-456").insert(0, "Hello").unwrap();
    let root = page();
    let shown = root.clone();
    let _app = leptos::mount::mount_to(root.unchecked_into(), move || view! { <Note sync/> });
    leptos::task::tick().await;
    let field = shown.query_selector("textarea").unwrap().unwrap();
    assert_eq!(field.unchecked_into::<web_sys::HtmlTextAreaElement>().value(), "Hello");
}
