//! The history of a document: a slider over its versions, who wrote what, and the way back.

use std::rc::Rc;

use dioxus::prelude::*;
use synckit::version::{ReplicaId, VersionVector};
use synckit::{Checkpoint, History, HistoryEntry};

use crate::clock;
use crate::desk::Desk;
use crate::icon::{Icon, Picture};
use crate::model::{DocumentRef, ObservableExt, PageRef, WriteError};
use crate::names::{color, initials};
use crate::notices::Notices;

/// A pause in somebody's writing after which it counts as another version, in ms.
const PAUSE: u64 = 30_000;
/// The longest name of a version, in characters.
const LONGEST_NAME: &str = "80";

/// A version that is looked at instead of the document as it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Past {
    pub(crate) version: VersionVector,
    pub(crate) time: u64,
}

/// The history of a document that the visitor may write to: everything is kept from the first letter on, and what is written here is
/// signed. Nothing is as long as they only look: a document that nobody wrote in is not stored, sent or waited for.
#[derive(Clone, PartialEq)]
pub(crate) struct Keeping {
    page: PageRef,
    ready: Memo<bool>,
    name: ReadSignal<String>,
    notices: Notices,
}

/// A hook.
pub(crate) fn use_kept_history(page: &PageRef, ready: Memo<bool>, name: ReadSignal<String>) -> Keeping {
    let keeping = Keeping { page: page.clone(), ready, name, notices: use_context::<Notices>() };
    let steps = page.undo_manager().signal();
    use_effect({
        let keeping = keeping.clone();
        // Whatever it was that wrote: a button, a menu, a comment.
        move || {
            if steps.read().undo > 0 {
                keeping.begin();
            }
        }
    });
    keeping
}

impl Keeping {
    /// Somebody is about to write, or has written.
    pub(crate) fn begin(&self) {
        // Not before it is known whether the document keeps its history already.
        if (self.ready)() && !self.name.read().is_empty() {
            self.notices.check(keep_and_sign(&self.page, &self.name.read()));
        }
    }

    /// Somebody presses a key in the document: one that writes comes here before what it writes is in the text.
    pub(crate) fn pressed(&self, event: &KeyboardEvent) {
        let held = event.modifiers();
        let writes = matches!(event.key(), Key::Character(_) | Key::Enter | Key::Process | Key::Unidentified);
        if writes && !held.ctrl() && !held.meta() {
            self.begin();
        }
    }
}

/// Keeps everything that is written to a document from now on, and signs what is written here.
pub(crate) fn keep_and_sign(page: &PageRef, name: &str) -> Result<(), WriteError> {
    let history = page.history();
    history.keep()?;
    history.sign(name)
}

/// Who made a version and how much of it; the first one is where the history begins, by nobody.
fn words_for(history: &History, entry: &HistoryEntry) -> (String, String) {
    match entry.replica {
        None => ("The beginning".to_owned(), "An empty page".to_owned()),
        replica => (author(history, replica), edits(entry)),
    }
}

/// Who made a version, as the visitor knows them.
fn author(history: &History, replica: Option<ReplicaId>) -> String {
    replica.and_then(|replica| history.author(replica)).unwrap_or_else(|| "Somebody".to_owned())
}

/// What a version's time is called.
fn when(ms: u64) -> String {
    clock::ago(i64::try_from(ms).unwrap_or_default())
}

#[component]
pub(crate) fn HistoryPanel() -> Element {
    let mut desk = use_context::<Desk>();
    let notices = use_context::<Notices>();
    let page = desk.page();
    let history = page.history();
    // Read again in the pauses of writing, as the outline is.
    let versions = use_memo({
        let history = history.clone();
        move || {
            let _ = desk.digest.read();
            history.sessions(PAUSE)
        }
    });
    let checkpoints = history.map_signal(History::checkpoints);
    let mut name = use_signal(String::new);
    let versions = versions.read();
    let last = versions.len().saturating_sub(1);
    let past = (desk.past)();
    let place = past
        .as_ref()
        .and_then(|past| versions.iter().position(|entry| entry.version == past.version))
        .unwrap_or(last);
    let shown = versions.get(place).cloned();
    let go = {
        let versions = versions.clone();
        move |place: usize| {
            let entry = versions.get(place).filter(|_| place < versions.len().saturating_sub(1));
            desk.past.set(entry.map(|entry| Past { version: entry.version.clone(), time: entry.until }));
        }
    };
    let slide = {
        let mut go = go.clone();
        move |event: FormEvent| go(event.value().parse().unwrap_or(last))
    };
    let keep_name = {
        let history = history.clone();
        move |event: FormEvent| {
            event.prevent_default();
            let words = name.peek().trim().to_owned();
            if !words.is_empty() && notices.check(history.checkpoint(&words)).is_some() {
                notices.announce(format!("This version is named {words}"));
                name.set(String::new());
            }
        }
    };
    rsx! {
        div { class: "history", "data-testid": "history", "data-versions": "{versions.len()}",
            if versions.len() < 2 {
                p { class: "hint", "Every change is kept from now on. Write something, and its versions show up here." }
            } else {
                div { class: "slider",
                    input {
                        r#type: "range",
                        "data-testid": "history-slider",
                        aria_label: "Version",
                        aria_valuetext: shown.as_ref().map(|entry| when(entry.until)),
                        min: "0",
                        max: "{last}",
                        value: "{place}",
                        oninput: slide,
                    }
                    p { class: "slider-ends",
                        span { "the beginning" }
                        span { "now" }
                    }
                }
                Restore {}
            }
            if past.is_none() {
            form { class: "name-version", onsubmit: keep_name,
                input {
                    r#type: "text",
                    "data-testid": "checkpoint-name",
                    aria_label: "A name for the version as it is now",
                    placeholder: "Name this version",
                    maxlength: LONGEST_NAME,
                    autocomplete: "off",
                    value: name,
                    oninput: move |event| name.set(event.value()),
                }
                button { class: "button small", r#type: "submit", aria_disabled: "{name.read().trim().is_empty()}", "Keep" }
            }
            }
            ol { class: "versions",
                for checkpoint in checkpoints().into_iter().rev() {
                    Named { key: "{checkpoint.id}", checkpoint }
                }
                for (at, entry) in versions.iter().enumerate().rev() {
                    li { key: "{at}",
                        button {
                            class: "version",
                            r#type: "button",
                            "data-testid": "version",
                            aria_current: (at == place).then_some("true"),
                            onclick: {
                                let mut go = go.clone();
                                move |_| go(at)
                            },
                            Written { history: history.clone(), entry: entry.clone() }
                            span { class: "when",
                                if at == last {
                                    "now"
                                } else if entry.replica.is_some() {
                                    {when(entry.until)}
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How much one version changed.
fn edits(entry: &HistoryEntry) -> String {
    match entry.edits {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    }
}

/// By whom a version is.
#[component]
fn Written(history: History, entry: HistoryEntry) -> Element {
    let (name, what) = words_for(&history, &entry);
    let is_somebodys = entry.replica.is_some();
    rsx! {
        if is_somebodys {
            span { class: "avatar", style: "--color:{color(&name)}", aria_hidden: "true", {initials(&name)} }
        } else {
            Icon { of: Picture::Document }
        }
        strong { "{name}" }
        span { class: "what number", "{what}" }
    }
}

/// A version that somebody has given a name.
#[component]
fn Named(checkpoint: Checkpoint) -> Element {
    let mut desk = use_context::<Desk>();
    let is_shown = desk.past.read().as_ref().is_some_and(|past| past.version == checkpoint.version);
    let past = Past { version: checkpoint.version.clone(), time: checkpoint.time };
    rsx! {
        li {
            button {
                class: "version named",
                r#type: "button",
                "data-testid": "checkpoint",
                aria_current: is_shown.then_some("true"),
                onclick: move |_| desk.past.set(Some(past.clone())),
                Icon { of: Picture::Flag }
                strong { "{checkpoint.name}" }
                span { class: "when", {when(checkpoint.time)} }
            }
        }
    }
}

/// What can be done with a version that is looked at.
#[component]
fn Restore() -> Element {
    let mut desk = use_context::<Desk>();
    let notices = use_context::<Notices>();
    let Some(past) = (desk.past)() else { return rsx! {} };
    let restore = move |_| {
        let page = desk.page();
        // The old text as a new change: nothing is lost, and it can be undone.
        if notices.check(page.body().restore(&past.version)).is_some() {
            desk.past.set(None);
            let undo = page.undo_manager();
            let undo = Rc::new(move || {
                undo.undo();
            });
            notices.toast(format!("The text is as it was {}", when(past.time)), Some(undo));
        }
    };
    rsx! {
        div { class: "restore",
            button { class: "button small primary", r#type: "button", "data-testid": "restore", onclick: restore, "Restore this version" }
            button { class: "button small", r#type: "button", "data-testid": "back-to-now", onclick: move |_| desk.past.set(None), "Back to now" }
        }
    }
}
