//! The README's programs for Dioxus, as they stand there (`cargo xtask tidy` compares), rendered without a renderer.
#![cfg(all(not(target_arch = "wasm32"), feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use dioxus::prelude::*;
use synckit::prelude::*;
use synckit_dioxus::prelude::*;

#[component]
fn App(sync: SyncKit) -> Element {
    use_synckit_provider(move || sync);
    let shopping = use_document::<Shopping>("shopping");
    let items = shopping.items().signal();
    let add = move |_| drop(shopping.items().push(Item { name: "Milk".into(), bought: false }));
    rsx! {
        ConnectionBadge {}
        button { onclick: add, "Add milk" }
        for item in items() {
            ItemRow { key: "{item.id()}", item }
        }
    }
}

#[component]
fn ItemRow(item: ItemRef) -> Element {
    let (name, bought) = (item.name().signal(), item.bought().rw_signal());
    rsx! { p { input { r#type: "checkbox", checked: bought, onchange: move |event| bought.set(event.checked()) } "{name}" } }
}

#[cfg(feature = "client")]
#[component]
fn Start() -> Element {
    let started = use_resource(|| connect("shopping", "ws://127.0.0.1:8787/v1/sync"));
    match &*started.read() {
        Some(Ok(sync)) => rsx! { App { sync: sync.clone() } },
        Some(Err(error)) => rsx! { "{error}" },
        None => rsx! { "One moment" },
    }
}

#[component]
fn Note() -> Element {
    let carets = Carets::new(use_synckit().presence::<Caret>("note-456"), "Ada");
    rsx! { SyncTextarea { text: use_text("note-456"), carets, rows: 8 } }
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Shopping {
    items: List<Item>,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Item {
    name: String,
    bought: bool,
}

/// What is shown at first.
fn shown(mut page: VirtualDom) -> String {
    page.rebuild_in_place();
    dioxus_ssr::render(&page)
}

#[test]
fn the_shopping_list_shows_its_items() {
    let sync = SyncKit::in_memory(1);
    let shopping = sync.document::<Shopping>("shopping");
    shopping.items().push(Item { name: "Milk".into(), bought: false }).unwrap();
    shopping.items().push(Item { name: "Oats".into(), bought: true }).unwrap();
    let shown = shown(VirtualDom::new_with_props(App, AppProps { sync }));
    assert!(shown.contains("Milk") && shown.contains("Oats") && shown.contains("Add milk"), "{shown}");
}

#[cfg(feature = "client")]
#[test]
fn the_program_waits_for_its_store() {
    assert!(shown(VirtualDom::new(Start)).contains("One moment"));
}

#[component]
fn Noted(sync: SyncKit) -> Element {
    use_synckit_provider(move || sync);
    rsx! { Note {} }
}

#[test]
fn the_note_is_a_text_field() {
    let sync = SyncKit::in_memory(1);
    sync.text("note-456").insert(0, "Hello").unwrap();
    let shown = shown(VirtualDom::new_with_props(Noted, NotedProps { sync }));
    assert!(shown.contains("<textarea"), "{shown}");
}
