//! The page of one document.

use std::time::Duration;

use dioxus::prelude::*;
use synckit_dioxus::{Caret, Carets, SyncInput, SyncRichText};

use crate::desk::Desk;
use crate::digest::{Digest, use_digest};
use crate::history::use_kept_history;
use crate::home::Device;
use crate::icon::{Icon, Picture};
use crate::keys::KeysButton;
use crate::model::{
    Connection, DocumentRef, LoadState, ObservableExt, Page, PageRef, document_id, use_document, use_status,
    use_synckit,
};
use crate::notices::Notices;
use crate::panel::{Panel, PanelButtons};
use crate::past::PastText;
use crate::people::{Faces, use_others};
use crate::platform;
use crate::search::{Search, place_of};
use crate::share::CopyLink;
use crate::theme::ThemeToggle;
use crate::toolbar::{LinkField, Toolbar};
use crate::transfer::ExportMenu;
use crate::undo::UndoButtons;

#[component]
pub(crate) fn PageView(page: String, menu: Signal<bool>) -> Element {
    let mut menu = menu;
    let device = use_context::<Device>();
    let notices = use_context::<Notices>();
    let document = use_document::<Page>(document_id(&page));
    device.remember(page.clone(), &document);
    let sync = use_synckit();
    let presence = use_hook(|| sync.presence::<Caret>(&document_id(&page)));
    let others = use_others(&presence);
    let status = document.status().signal();
    use_effect(move || {
        let status = status.read();
        if let LoadState::Failed { reason } = &status.load {
            notices.fail(reason);
        }
        if let Some(refused) = &status.refused {
            notices.fail(format!("The server did not take a change: {}", refused.message));
        }
    });
    let ready = use_ready(&document);
    platform::use_told_paint();
    let digest = use_digest(&document.body());
    let desk = Desk::provide(&document, digest);
    let keeping = use_kept_history(&document, ready, device.name);
    let (pasting, dropping, composing) = (keeping.clone(), keeping.clone(), keeping.clone());
    rsx! {
        header { class: "top",
            button {
                class: "icon-button menu",
                r#type: "button",
                aria_label: "Your documents",
                aria_expanded: "{menu}",
                aria_controls: "side",
                onclick: move |_| menu.toggle(),
                Icon { of: Picture::Menu }
            }
            span { class: "spring" }
            Faces { others, name: (device.name)() }
            CopyLink { page: page.clone() }
            ExportMenu { page: document.clone() }
            KeysButton {}
            ThemeToggle {}
        }
        div { class: "tools",
            UndoButtons { undo: document.undo_manager() }
            Toolbar {}
            span { class: "spring" }
            PanelButtons {}
        }
        LinkField {}
        article {
            class: "paper",
            onkeydown: move |event| keeping.pressed(&event),
            onpaste: move |_| pasting.begin(),
            ondrop: move |_| dropping.begin(),
            oncompositionstart: move |_| composing.begin(),
            TitleField { page: document.clone() }
            if let Some(past) = (desk.past)() {
                PastText { past }
            } else if ready() {
                TextField { id: page.clone(), page: document.clone(), carets: Carets::new(presence, (device.name)()) }
            } else {
                Skeleton {}
            }
            Length { digest }
        }
        Panel {}
    }
}

/// Whether the document is as this device and, where it answers soon, the server know it. A hook.
fn use_ready(document: &PageRef) -> Memo<bool> {
    let status = document.status().signal();
    let client = use_status();
    let empty = document.body().map_signal(|body| body.is_empty());
    let mut was_ready = use_signal(|| false);
    use_memo(move || {
        // Read once: between two reads another thread may write, and the first one would be in the way.
        let (loading, synced) = {
            let status = status.read();
            (status.load == LoadState::Loading, status.synced)
        };
        // A document that was shared by its address has nothing on this device yet: the server's answer is worth a moment.
        let awaited = !synced
            && empty()
            && matches!(client.read().connection, Connection::Connecting | Connection::Connected);
        // What has been shown once is not taken back while the connection comes and goes.
        let ready = *was_ready.peek() || (!loading && !awaited);
        if ready && !*was_ready.peek() {
            was_ready.set(true);
        }
        ready
    })
}

/// The title of the document, which is also the field to edit it.
#[component]
fn TitleField(page: PageRef) -> Element {
    let notices = use_context::<Notices>();
    let title = page.title().signal();
    rsx! {
        document::Title { if title.read().is_empty() { "Untitled" } else { "{title}" } }
        h1 {
            SyncInput {
                text: page.title(),
                class: "title",
                "data-testid": "title",
                aria_label: "Title of the document",
                placeholder: "Untitled",
                maxlength: "200",
                onerror: move |error| notices.fail(error),
            }
        }
    }
}

/// The text, with the carets of the others.
#[component]
fn TextField(id: String, page: PageRef, carets: Carets) -> Element {
    let mut desk = use_context::<Desk>();
    let notices = use_context::<Notices>();
    let search = use_context::<Search>();
    let body = page.body();
    use_effect(move || {
        let Some(words) = search.take_sought(&id) else { return };
        let body = body.clone();
        spawn(async move {
            if let Some(place) = place_of(&body, &words).await {
                // The field is bound by an effect of its own, after this one.
                platform::sleep(Duration::ZERO).await;
                desk.show(place.start, place.end);
            }
        });
    });
    rsx! {
        SyncRichText {
            class: "text",
            "data-testid": "text",
            text: page.body(),
            editor: desk.editor,
            carets,
            label: "Text",
            placeholder: "Write something, or paste it",
            oncomment: move |ids: Vec<String>| desk.show_comments(&ids),
            onlink: move |_| desk.ask_for_link(),
            onerror: move |error| notices.fail(error),
        }
    }
}

/// How long the text is.
#[component]
fn Length(digest: Signal<Digest>) -> Element {
    let digest = digest.read();
    let plural =
        |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let minutes = digest.words.div_ceil(230);
    rsx! {
        p { class: "length number", "data-testid": "length", "data-words": "{digest.words}",
            if digest.known {
                span { {plural(digest.words, "word")} }
                span { {plural(digest.characters, "character")} }
            }
            if minutes > 1 {
                span { "{minutes} min to read" }
            }
        }
    }
}

/// What is seen while the document comes from the device.
#[component]
fn Skeleton() -> Element {
    rsx! {
        p { class: "visually-hidden", "Loading the document" }
        div { class: "skeleton", aria_hidden: "true",
            for width in ["92%", "97%", "88%", "54%"] {
                i { width }
            }
        }
    }
}
