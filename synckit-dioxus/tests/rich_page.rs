//! The rich text editor in a real browser: the page's side is evaluated there, as on the desktop.
#![cfg(all(target_arch = "wasm32", feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use std::cell::RefCell;
use std::rc::Rc;

use dioxus::prelude::*;
use js_sys::{Function, Promise};
use synckit::prelude::*;
use synckit_dioxus::{RichText, SyncRichText, use_rich_text, use_synckit_provider, use_text};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element as PageElement, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A page that shows a text in an editor, and how a test changes that.
#[derive(Clone)]
struct Stage {
    element: HtmlElement,
    sync: SyncKit,
    parts: Rc<RefCell<Option<Parts>>>,
}

#[derive(Clone, Copy)]
struct Parts {
    editor: RichText,
    shown: Signal<Option<String>>,
    readonly: Signal<bool>,
    comments: Signal<Vec<String>>,
    links: Signal<usize>,
}

impl Stage {
    async fn new(sync: &SyncKit, id: &str) -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let element: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&element).unwrap();
        let stage = Self { element, sync: sync.clone(), parts: Rc::default() };
        let page = VirtualDom::new(root).with_root_context((stage.clone(), id.to_owned()));
        let root: PageElement = stage.element.clone().into();
        spawn_local(async move {
            dioxus_web::run(page, dioxus_web::Config::new().rootelement(root)).await;
        });
        until("an editor", || stage.element.query_selector(".synckit-block").unwrap().is_some()).await;
        sleep(50).await;
        stage
    }

    fn parts(&self) -> Parts {
        self.parts.borrow().unwrap()
    }

    /// Runs a script with the editable element.
    fn run(&self, script: &str) -> JsValue {
        let content = self.element.query_selector("[role=textbox]").unwrap().unwrap();
        Function::new_with_args("content", script).call1(&JsValue::NULL, &content).unwrap()
    }

    fn input(&self, kind: &str, data: &str) {
        self.run(&format!(
            "content.focus(); content.dispatchEvent(new InputEvent('beforeinput', \
             {{ inputType: '{kind}', data: '{data}', bubbles: true, cancelable: true }}))"
        ));
    }

    /// Each block as its kind and its markup.
    fn shown(&self) -> String {
        let script = "return Array.from(content.querySelectorAll('.synckit-block'), \
                      (block) => (block.dataset.kind ?? '') + '|' + block.innerHTML).join(' ')";
        self.run(script).as_string().unwrap()
    }
}

fn root() -> Element {
    let (stage, id) = use_hook(consume_context::<(Stage, String)>);
    use_synckit_provider(|| stage.sync.clone());
    let editor = use_rich_text();
    let shown = use_signal(|| Some(id.clone()));
    let readonly = use_signal(|| false);
    let mut comments = use_signal(Vec::new);
    let mut links = use_signal(|| 0);
    *stage.parts.borrow_mut() = Some(Parts { editor, shown, readonly, comments, links });
    let oncomment = use_callback(move |ids| comments.set(ids));
    let onlink = use_callback(move |_| links += 1);
    rsx! {
        if let Some(id) = shown() {
            Note { id, editor, readonly: readonly(), oncomment, onlink }
        }
    }
}

#[component]
fn Note(
    id: String,
    editor: RichText,
    readonly: bool,
    oncomment: Callback<Vec<String>>,
    onlink: Callback<Option<String>>,
) -> Element {
    rsx! {
        SyncRichText { text: use_text(id), editor, readonly, oncomment, onlink, label: "Note", class: "paper" }
    }
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

#[wasm_bindgen_test]
async fn typing_beside_others_with_a_toolbar() {
    let sync = SyncKit::in_memory(1);
    let note = sync.text("typing");
    note.push("Hello 🌍").unwrap();
    let stage = Stage::new(&sync, "typing").await;
    let parts = stage.parts();
    parts.editor.select(5, 5);
    until("the selection", || parts.editor.state().peek().focus == 5).await;
    for letter in ["a", "b", "c", "d"] {
        // Both at once: what others write is on its way to the page while the letter is on its way here.
        note.insert(0, "»").unwrap();
        stage.input("insertText", letter);
        sleep(5).await;
    }
    until("all of it", || note.get().unwrap() == "»»»»Helloabcd 🌍" && stage.shown() == "|»»»»Helloabcd 🌍")
        .await;

    parts.editor.select(4, 13);
    parts.editor.toggle("bold");
    parts.editor.block(Some("h1"));
    let markup = "h1|»»»»<strong>Helloabcd</strong> 🌍 |<br>";
    until("a heading", || stage.shown() == markup && note.spans().len() == 4).await;
    until("the toolbar", || {
        let state = parts.editor.state();
        let state = state.peek();
        state.marks == ["bold"]
            && state.block.as_deref() == Some("h1")
            && (state.anchor, state.focus) == (4, 13)
    })
    .await;
    note.mark(0..4, "comment:7", true, synckit::Expand::None).unwrap();
    until("a comment", || stage.element.query_selector("mark").unwrap().is_some()).await;
    stage.run("content.querySelector('mark').click()");
    until("the comment", || *parts.comments.peek() == ["7"]).await;
    stage.run(
        "content.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true }))",
    );
    until("somebody wants a link", || *parts.links.peek() == 1).await;
}

#[wasm_bindgen_test]
async fn an_editor_is_read_only_for_a_while_shows_another_text_and_goes() {
    let sync = SyncKit::in_memory(1);
    let (first, second) = (sync.text("first"), sync.text("second"));
    first.push("first").unwrap();
    second.push("second").unwrap();
    let stage = Stage::new(&sync, "first").await;
    let mut parts = stage.parts();
    assert!(stage.element.query_selector(".paper > .synckit-rich").unwrap().is_some());
    parts.readonly.set(true);
    until("read only", || stage.run("return content.contentEditable").as_string().unwrap() == "false").await;
    stage.input("insertText", "x");
    parts.readonly.set(false);
    until("to be written", || stage.run("return content.contentEditable").as_string().unwrap() == "true")
        .await;
    stage.input("insertText", "y");
    until("a letter", || first.get().unwrap() == "yfirst").await;

    stage.input("insertText", "z");
    parts.shown.set(Some("second".to_owned()));
    until("the other text", || stage.shown() == "|second").await;
    until("what was typed last", || first.get().unwrap() == "yzfirst").await;
    stage.input("insertText", "!");
    until("a letter there", || second.get().unwrap() == "!second").await;
    assert_eq!(first.get().unwrap(), "yzfirst");

    parts.shown.set(None);
    until("nothing", || stage.element.query_selector(".paper").unwrap().is_none()).await;
    second.push("?").unwrap();
    parts.editor.toggle("bold");
    sleep(50).await;
    assert_eq!(second.get().unwrap(), "!second?");
}
