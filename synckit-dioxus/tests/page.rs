//! Text fields in a real browser: the page's side is evaluated there, as on the desktop.
#![cfg(all(target_arch = "wasm32", feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use std::cell::RefCell;
use std::rc::Rc;

use dioxus::prelude::*;
use js_sys::{Function, Promise};
use synckit::TextRef;
use synckit::prelude::*;
use synckit_dioxus::{SyncTextarea, use_synckit_provider, use_text};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element as PageElement, HtmlElement, HtmlTextAreaElement};

wasm_bindgen_test_configure!(run_in_browser);

/// What a page shows, and how a test changes that.
#[derive(Clone)]
struct Stage {
    element: HtmlElement,
    shown: Rc<RefCell<Option<Signal<Option<String>>>>>,
}

impl Stage {
    /// A page that shows the text with an id in a field.
    fn new(sync: &SyncKit, id: &str) -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let element = document.create_element("div").unwrap();
        document.body().unwrap().append_child(&element).unwrap();
        let stage = Self { element: element.unchecked_into(), shown: Rc::default() };
        let start = Start { sync: sync.clone(), id: id.to_owned(), stage: stage.clone() };
        let page = VirtualDom::new(root).with_root_context(start);
        let root: PageElement = stage.element.clone().into();
        spawn_local(async move {
            dioxus_web::run(page, dioxus_web::Config::new().rootelement(root)).await;
        });
        stage
    }

    fn show(&self, id: Option<&str>) {
        let mut shown = self.shown.borrow().unwrap();
        shown.set(id.map(str::to_owned));
    }

    fn field(&self) -> Option<HtmlTextAreaElement> {
        self.element.query_selector("textarea").unwrap().map(JsCast::unchecked_into)
    }

    /// The field, once it is bound.
    async fn bound(&self) -> HtmlTextAreaElement {
        until("a field", || self.field().is_some_and(|field| field.has_attribute("data-synckit-field")))
            .await;
        sleep(100).await;
        self.field().unwrap()
    }
}

#[derive(Clone)]
struct Start {
    sync: SyncKit,
    id: String,
    stage: Stage,
}

fn root() -> Element {
    let start = use_hook(consume_context::<Start>);
    use_synckit_provider(|| start.sync.clone());
    let shown = use_signal(|| Some(start.id.clone()));
    *start.stage.shown.borrow_mut() = Some(shown);
    rsx! {
        if let Some(id) = shown() {
            Note { id }
        }
    }
}

#[component]
fn Note(id: String) -> Element {
    rsx! { SyncTextarea { text: use_text(id), rows: 3 } }
}

async fn sleep(ms: u32) {
    let wait = Function::new_with_args("resolve", &format!("setTimeout(resolve, {ms})"));
    let promise = Promise::new(&mut |resolve, _| drop(wait.call1(&JsValue::NULL, &resolve).unwrap()));
    JsFuture::from(promise).await.unwrap();
}

async fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..500 {
        if so() {
            return;
        }
        sleep(10).await;
    }
    unreachable!("never came: {what}");
}

fn type_in(field: &HtmlElement, text: &str) {
    let insert = Function::new_with_args(
        "field, text",
        "field.focus(); document.execCommand('insertText', false, text)",
    );
    insert.call2(&JsValue::NULL, field, &text.into()).unwrap();
}

fn key(field: &HtmlElement, key: &str) {
    let press = Function::new_with_args(
        "field, key",
        "field.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true }))",
    );
    press.call2(&JsValue::NULL, field, &key.into()).unwrap();
}

fn written(text: &TextRef) -> String {
    text.get().unwrap()
}

#[wasm_bindgen_test]
async fn typing_beside_others_and_undo() {
    let sync = SyncKit::in_memory(1);
    let note = sync.text("typing");
    note.push("Hello 🌍").unwrap();
    let stage = Stage::new(&sync, "typing");
    let field = stage.bound().await;
    assert_eq!((field.value(), field.rows()), ("Hello 🌍".into(), 3));
    field.focus().unwrap();
    field.set_selection_range(5, 5).unwrap();
    for letter in ["a", "b", "c", "d"] {
        // Both at once: what others write is on its way to the page while the letter is on its way here.
        note.insert(0, "»").unwrap();
        type_in(&field, letter);
        sleep(5).await;
    }
    until("all of it", || written(&note) == "»»»»Helloabcd 🌍" && field.value() == "»»»»Helloabcd 🌍").await;
    assert_eq!(field.selection_start().unwrap(), Some(13));

    let letters = written(&note).chars().count();
    key(&field, "z");
    until("undo", || written(&note).chars().count() < letters && field.value() == written(&note)).await;
    key(&field, "y");
    until("redo", || written(&note).chars().count() == letters && field.value() == written(&note)).await;
}

#[wasm_bindgen_test]
async fn another_text_and_the_end() {
    let sync = SyncKit::in_memory(2);
    let (first, second) = (sync.text("first"), sync.text("second"));
    second.push("second").unwrap();
    let stage = Stage::new(&sync, "first");
    let field = stage.bound().await;
    // It is typed and shown something else in one go: the letters belong to what was shown.
    type_in(&field, "typed");
    stage.show(Some("second"));
    until("the other text", || stage.field().is_some_and(|field| field.value() == "second")).await;
    until("the letters", || written(&first) == "typed").await;
    assert_eq!(written(&second), "second");
    let field = stage.field().unwrap();
    field.set_selection_range(6, 6).unwrap();
    type_in(&field, "!");
    until("a letter", || written(&second) == "second!").await;

    type_in(&field, "?");
    stage.show(None);
    until("no field", || stage.field().is_none()).await;
    until("the last letter", || written(&second) == "second!?").await;
    second.push("nobody shows it").unwrap();
    sleep(100).await;
    assert_eq!(written(&first), "typed");
}
