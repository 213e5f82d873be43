//! What the tests of text fields share: a document, a place in the page, and what visitors do.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "every test file uses a part of it; a failed assumption stops the test"
)]

use js_sys::{Function, Promise};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::task::tick;
use synckit::TextRef;
use synckit::prelude::*;
use synckit_leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement};

#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Note {
    pub(crate) title: String,
    pub(crate) body: Text,
}

pub(crate) fn note() -> NoteRef {
    SyncKit::in_memory(1).document::<Note>("note")
}

/// The same document on another device.
pub(crate) fn other(note: &NoteRef, seed: u64) -> NoteRef {
    let other = SyncKit::in_memory(seed).document::<Note>("note");
    other.import(&note.export()).unwrap();
    other
}

pub(crate) fn stage() -> HtmlElement {
    let stage = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&stage).unwrap();
    stage.unchecked_into()
}

pub(crate) async fn rendered() {
    for _ in 0..4 {
        tick().await;
    }
}

pub(crate) async fn sleep(ms: u32) {
    let wait = Function::new_with_args("resolve", &format!("setTimeout(resolve, {ms})"));
    let promise = Promise::new(&mut |resolve, _| drop(wait.call1(&JsValue::NULL, &resolve).unwrap()));
    JsFuture::from(promise).await.unwrap();
}

/// Runs a script with a field, as a visitor's browser would do things to it.
pub(crate) fn act(field: &HtmlElement, script: &str) -> JsValue {
    Function::new_with_args("field", script).call1(&JsValue::NULL, field).unwrap()
}

pub(crate) fn type_in(field: &HtmlElement, text: &str) {
    let insert = Function::new_with_args(
        "field, text",
        "field.focus(); document.execCommand('insertText', false, text)",
    );
    insert.call2(&JsValue::NULL, field, &text.into()).unwrap();
}

pub(crate) fn key(field: &HtmlElement, key: &str, shift: bool) -> bool {
    let event = format!(
        "return field.dispatchEvent(new KeyboardEvent('keydown', \
         {{ key: '{key}', ctrlKey: true, shiftKey: {shift}, bubbles: true, cancelable: true }}))"
    );
    act(field, &event).as_bool().unwrap()
}

/// The first field of a stage.
pub(crate) fn field(stage: &HtmlElement) -> HtmlTextAreaElement {
    stage.query_selector("textarea").unwrap().unwrap().unchecked_into()
}

pub(crate) fn select(field: &HtmlTextAreaElement, from: u32, to: u32) {
    field.focus().unwrap();
    field.set_selection_range(from, to).unwrap();
}

pub(crate) fn selection(field: &HtmlTextAreaElement) -> (u32, u32) {
    (field.selection_start().unwrap().unwrap(), field.selection_end().unwrap().unwrap())
}

pub(crate) fn mount_text(
    text: &TextRef,
    stage: &HtmlElement,
) -> UnmountHandle<impl leptos::tachys::view::Mountable + use<>> {
    let text = text.clone();
    mount_to(stage.clone(), move || view! { <SyncTextarea text attr:class="note" attr:rows=4/> })
}
