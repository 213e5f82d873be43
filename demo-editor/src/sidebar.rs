//! The documents this device has seen, and how to find one of them.

use std::rc::Rc;

use dioxus::prelude::*;

use crate::address::{Address, page_in, path_of};
use crate::home::Device;
use crate::icon::{Icon, Mark, Picture};
use crate::keys::focus;
use crate::model::{DocumentRef, Observable, ObservableExt, SeenPage, SeenPageRef};
use crate::names::random_id;
use crate::notices::Notices;
use crate::search::{Passage, Search};
use crate::transfer::ImportButton;

#[component]
pub(crate) fn Sidebar(menu: Signal<bool>) -> Element {
    let mut menu = menu;
    let address = use_context::<Address>();
    let home = use_context::<Device>().home();
    let search = use_context::<Search>();
    let mut words = search.words;
    let found = home.map_signal(move |home| {
        let mut found = home.documents().elements();
        found.retain(|seen| search.finds(seen));
        found
    });
    let mut open = move |page: &str| {
        menu.set(false);
        search.seek(page);
        words.set(String::new());
        address.open(page);
    };
    let key = move |event: KeyboardEvent| match event.key() {
        Key::ArrowDown => {
            event.prevent_default();
            focus(&place(0));
        }
        Key::Enter => {
            let pasted = page_in(&words.peek());
            let first = || found.peek().first().and_then(|seen| seen.page().get().ok());
            let page = pasted.or_else(first);
            if let Some(page) = page {
                open(&page);
            }
        }
        Key::Escape => words.set(String::new()),
        _ => {}
    };
    let pasted = page_in(&words.read());
    let is_busy = (search.is_busy)();
    let nothing = found.read().is_empty() && pasted.is_none();
    rsx! {
        aside { class: "side", id: "side",
            Brand {}
            div { class: "search",
                Icon { of: Picture::Search }
                input {
                    r#type: "search",
                    id: "search",
                    "data-testid": "search",
                    aria_label: "Find a document, or paste an address",
                    aria_keyshortcuts: "Control+Alt+F",
                    aria_controls: "documents",
                    placeholder: "Find, or paste an address",
                    autocomplete: "off",
                    value: words,
                    oninput: move |event| words.set(event.value()),
                    onkeydown: key,
                }
            }
            nav { aria_labelledby: "documents-head",
                div { class: "documents-head",
                    h2 { id: "documents-head", "Your documents" }
                    ImportButton {}
                    button {
                        class: "icon-button",
                        r#type: "button",
                        "data-testid": "document-new",
                        aria_label: "New document",
                        aria_keyshortcuts: "Control+Alt+N",
                        title: "New document (Ctrl+Alt+N)",
                        onclick: move |_| open(&random_id()),
                        Icon { of: Picture::Plus }
                    }
                }
                ul { class: "documents", id: "documents", "data-testid": "documents", aria_busy: "{is_busy}",
                    for (number, seen) in found().into_iter().enumerate() {
                        Entry { key: "{seen.id()}", number, seen, menu }
                    }
                }
                if let Some(page) = pasted {
                    button { class: "button wide", r#type: "button", onclick: move |_| open(&page),
                        Icon { of: Picture::Document }
                        "Open this address"
                    }
                } else if nothing {
                    p { class: "nothing", if is_busy { "Looking through the texts" } else { "Nothing found" } }
                }
            }
        }
    }
}

/// The sign and the name of the program.
#[component]
pub(crate) fn Brand() -> Element {
    rsx! {
        div { class: "brand",
            Mark {}
            span { class: "brand-name", "Editor" }
        }
    }
}

/// The link of the document with this number in the list.
fn place(number: usize) -> String {
    format!("[data-testid=document-link][data-place='{number}']")
}

/// One document of the list.
#[component]
fn Entry(number: usize, seen: SeenPageRef, menu: Signal<bool>) -> Element {
    let mut menu = menu;
    let search = use_context::<Search>();
    let address = use_context::<Address>();
    let device = use_context::<Device>();
    let notices = use_context::<Notices>();
    let page = seen.page().signal();
    let title = seen.title().signal();
    let beginning = seen.beginning().signal();
    let name = use_memo(move || if title.read().is_empty() { "Untitled".to_owned() } else { title() });
    let is_current = address.page().as_ref() == Some(&*page.read());
    let click = move |event: MouseEvent| {
        // A click with a key held asks the browser for a new tab or window: leave it alone.
        if event.modifiers().is_empty() {
            event.prevent_default();
            menu.set(false);
            search.seek(&page.peek());
            address.open(&page.peek());
        }
    };
    let key = move |event: KeyboardEvent| {
        let to = match event.key() {
            Key::ArrowDown => place(number + 1),
            Key::ArrowUp if number > 0 => place(number - 1),
            Key::ArrowUp | Key::Escape => "#search".to_owned(),
            _ => return,
        };
        event.prevent_default();
        focus(&to);
    };
    let passage = search.passage(&page.read());
    let id = seen.id();
    let forget = move |_| {
        let home = device.home();
        let place = home.documents().index_of(id).unwrap_or_default();
        let entry = SeenPage { page: page(), title: title(), beginning: beginning() };
        if notices.check(home.documents().remove(id)).is_some() {
            // The document itself belongs to everybody who has its address.
            let undo = Rc::new(move || {
                notices.check(home.documents().insert(place, entry.clone()));
            });
            notices.toast(format!("Removed “{name}” from this device's list"), Some(undo));
        }
    };
    rsx! {
        li {
            a {
                class: "document-link",
                "data-testid": "document-link",
                href: path_of(&page.read()),
                aria_current: is_current.then_some("page"),
                "data-place": "{number}",
                onclick: click,
                onkeydown: key,
                span { class: "name", "{name}" }
                span { class: "beginning",
                    if let Some(Passage { before, words, behind }) = passage {
                        "{before}"
                        mark { "{words}" }
                        "{behind}"
                    } else if beginning.read().is_empty() {
                        "Nothing written yet"
                    } else {
                        "{beginning}"
                    }
                }
            }
            if !is_current {
                button {
                    class: "icon-button document-forget",
                    r#type: "button",
                    "data-testid": "document-forget",
                    aria_label: "Remove {name} from your documents",
                    title: "Remove from your documents",
                    onclick: forget,
                    Icon { of: Picture::Close }
                }
            }
        }
    }
}
