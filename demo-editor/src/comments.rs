//! Comments: on which passage, by whom, with answers, until they are resolved.

use std::rc::Rc;

use dioxus::prelude::*;

use crate::clock;
use crate::desk::{Desk, Draft};
use crate::digest::Passage;
use crate::home::Device;
use crate::icon::{Icon, Picture};
use crate::model::{Comment, CommentRef, DocumentRef, List, Observable, ObservableExt, Reply, ReplyRef};
use crate::names::{color, initials};
use crate::notices::Notices;
use crate::platform;

/// The longest comment, in characters.
const LONGEST: &str = "4000";

/// All comments of the document, in the order of the text.
#[component]
pub(crate) fn Comments() -> Element {
    let desk = use_context::<Desk>();
    // Of the whole document: what is in a comment may change, too.
    let comments = desk.page().map_signal(|page| {
        let is_resolved = |comment: &CommentRef| comment.resolved().get().unwrap_or_default();
        let comments = page.comments().elements().into_iter();
        comments.map(|comment| (is_resolved(&comment), comment)).collect::<Vec<_>>()
    });
    let mut resolved_too = use_signal(|| false);
    let digest = desk.digest.read();
    let passage_of = |comment: &CommentRef| {
        let id = comment.id().to_string();
        digest.passages.iter().position(|passage| passage.comment == id)
    };
    let mut shown: Vec<_> = comments()
        .into_iter()
        .map(|(is_resolved, comment)| (passage_of(&comment), is_resolved, comment))
        .collect();
    // What a comment was about may be deleted: such comments come last.
    shown.sort_by_key(|(place, _, _)| place.unwrap_or(usize::MAX));
    let all = shown.len();
    let open = shown.iter().filter(|(_, is_resolved, _)| !is_resolved).count();
    if !resolved_too() {
        shown.retain(|(_, is_resolved, _)| !is_resolved);
    }
    let draft = (desk.draft)();
    let nothing = shown.is_empty() && draft.is_none();
    rsx! {
        div { class: "comments", "data-testid": "comments",
            if let Some(draft) = draft {
                Composer { draft }
            }
            if nothing {
                p { class: "hint", "Select a passage and press Ctrl+Alt+M, or the button above the text, to say something about it." }
            }
            for (place, _, comment) in shown {
                Card { key: "{comment.id()}", comment, passage: place.map(|place| digest.passages[place].clone()) }
            }
            if all > open {
                button {
                    class: "button",
                    r#type: "button",
                    aria_pressed: "{resolved_too}",
                    onclick: move |_| resolved_too.toggle(),
                    if resolved_too() { "Hide what is resolved" } else { "Show {all - open} resolved" }
                }
            }
        }
    }
}

/// The field for a new comment.
#[component]
fn Composer(draft: Draft) -> Element {
    let mut desk = use_context::<Desk>();
    let device = use_context::<Device>();
    let notices = use_context::<Notices>();
    let quote = draft.quote.clone();
    let send = move |words: String| {
        let comment = Comment {
            author: device.name.cloned(),
            written: platform::now(),
            words,
            resolved: false,
            replies: List::default(),
        };
        if let Some(id) = notices.check(desk.comment_on(&draft, comment)) {
            desk.active.set(Some(id));
            notices.announce("Comment added");
        }
        desk.draft.set(None);
        desk.focus_text();
    };
    let cancel = move |()| {
        desk.draft.set(None);
        desk.focus_text();
    };
    rsx! {
        div { class: "card active",
            blockquote { "{quote}" }
            WordsField { label: "Comment", test_id: "comment-words", send, cancel, at_once: true }
        }
    }
}

#[component]
fn Card(comment: CommentRef, passage: Option<Passage>) -> Element {
    let mut desk = use_context::<Desk>();
    let device = use_context::<Device>();
    let notices = use_context::<Notices>();
    let id = comment.id().to_string();
    let author = comment.author().signal();
    let written = comment.written().signal();
    let words = comment.words().signal();
    let resolved = comment.resolved().signal();
    let replies = comment.replies().signal();
    let mut answering = use_signal(|| false);
    let is_active = desk.active.read().as_ref() == Some(&id);
    let show = {
        let (id, passage) = (id.clone(), passage.clone());
        move |_| {
            desk.active.set(Some(id.clone()));
            if let Some(passage) = &passage {
                desk.show(passage.start, passage.end);
            }
        }
    };
    let resolve = {
        let comment = comment.clone();
        move |_| {
            notices.check(comment.resolved().set(!resolved()));
        }
    };
    let delete = {
        let comment = comment.clone();
        move |_| {
            if notices.check(desk.delete_comment(comment.id())).is_some() {
                let undo = desk.page().undo_manager();
                notices.toast(
                    "Comment deleted",
                    Some(Rc::new(move || {
                        undo.undo();
                    })),
                );
            }
        }
    };
    let answer = move |words: String| {
        let reply = Reply { author: device.name.cloned(), written: platform::now(), words };
        notices.check(comment.replies().push(reply));
        answering.set(false);
    };
    rsx! {
        div { class: if is_active { "card active" } else { "card" }, "data-testid": "comment", "data-resolved": resolved().then_some(""),
            button { class: "passage", r#type: "button", title: "Show it in the text", onclick: show,
                match &passage {
                    Some(passage) => rsx! { blockquote { "{passage.quote}" } },
                    None => rsx! { blockquote { class: "gone", "What this was about has been deleted" } },
                }
            }
            Said { author: author(), written: written(), words: words() }
            for reply in replies() {
                Answer { key: "{reply.id()}", reply }
            }
            if answering() {
                WordsField { label: "Reply", test_id: "reply-words", send: answer, cancel: move |()| answering.set(false), at_once: true }
            } else {
                div { class: "card-foot",
                    button { class: "button small", r#type: "button", "data-testid": "reply", onclick: move |_| answering.set(true), "Reply" }
                    button { class: "button small", r#type: "button", "data-testid": "resolve", onclick: resolve,
                        Icon { of: Picture::Check }
                        if resolved() { "Open again" } else { "Resolve" }
                    }
                    span { class: "spring" }
                    button { class: "icon-button small", r#type: "button", aria_label: "Delete this comment", title: "Delete", onclick: delete,
                        Icon { of: Picture::Trash }
                    }
                }
            }
        }
    }
}

#[component]
fn Answer(reply: ReplyRef) -> Element {
    let author = reply.author().signal();
    let written = reply.written().signal();
    let words = reply.words().signal();
    rsx! { Said { author: author(), written: written(), words: words() } }
}

/// What somebody said.
#[component]
fn Said(author: String, written: i64, words: String) -> Element {
    rsx! {
        div { class: "said",
            span { class: "avatar", style: "--color:{color(&author)}", aria_hidden: "true", {initials(&author)} }
            p { class: "who",
                strong { "{author}" }
                span { {clock::ago(written)} }
            }
            p { class: "words", "{words}" }
        }
    }
}

/// A field for a few sentences: Enter sends, Shift+Enter breaks the line, Escape goes away.
#[component]
fn WordsField(
    label: &'static str,
    test_id: &'static str,
    send: Callback<String>,
    cancel: Callback<()>,
    at_once: bool,
) -> Element {
    let mut words = use_signal(String::new);
    let submit = move || {
        let text = words.peek().trim().to_owned();
        if !text.is_empty() {
            send.call(text);
        }
    };
    let key = move |event: KeyboardEvent| match event.key() {
        // Enter that ends the composition of a character is not meant for the field.
        Key::Enter if !event.is_composing() && !event.modifiers().shift() => {
            event.prevent_default();
            submit();
        }
        Key::Escape => {
            event.stop_propagation();
            cancel.call(());
        }
        _ => {}
    };
    rsx! {
        div { class: "words-field",
            textarea {
                "data-testid": test_id,
                aria_label: label,
                placeholder: "{label}…",
                rows: "2",
                maxlength: LONGEST,
                value: words,
                oninput: move |event| words.set(event.value()),
                onkeydown: key,
                onmounted: move |element| async move {
                    if at_once {
                        let _ = element.set_focus(true).await;
                    }
                },
            }
            div { class: "card-foot",
                span { class: "spring" }
                button { class: "button small", r#type: "button", onclick: move |_| cancel.call(()), "Cancel" }
                button {
                    class: "button small primary",
                    r#type: "button",
                    "data-testid": "send",
                    aria_disabled: "{words.read().trim().is_empty()}",
                    onclick: move |_| submit(),
                    {label}
                }
            }
        }
    }
}
