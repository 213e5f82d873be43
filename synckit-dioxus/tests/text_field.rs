//! Text fields in a page without a renderer: what is said to the page and what comes of its answers. The page's own side runs
//! in real browsers, in the tests of the scripts and of the demo.
#![cfg(all(not(target_arch = "wasm32"), feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod support;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use dioxus::document::{Document as PageDocument, Eval, EvalError, Evaluator};
use dioxus::prelude::*;
use generational_box::{AnyStorage, Owner, UnsyncStorage};
use serde_json::{Value, json};
use support::Page;
use synckit::prelude::*;
use synckit_dioxus::{SyncInput, SyncTextarea, use_text};

/// One script that runs in the page: what it was sent, and what it has said that nobody has read yet.
#[derive(Clone, Default)]
struct Script(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    source: String,
    sent: VecDeque<String>,
    said: VecDeque<String>,
    reader: Option<Waker>,
}

impl Script {
    fn say(&self, message: Value) {
        self.say_raw(&message.to_string());
    }

    fn say_raw(&self, message: &str) {
        let mut state = self.0.borrow_mut();
        state.said.push_back(message.to_owned());
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// What it was sent since the last time.
    fn sent(&self) -> Vec<Value> {
        let sent: Vec<String> = self.0.borrow_mut().sent.drain(..).collect();
        let read = |message: String| serde_json::from_str(&message).unwrap_or(Value::String(message));
        sent.into_iter().map(read).collect()
    }
}

impl Evaluator for Script {
    fn send(&self, data: Value) -> Result<(), EvalError> {
        // Nothing: the script is to end.
        self.0.borrow_mut().sent.push_back(data.as_str().unwrap_or("null").to_owned());
        Ok(())
    }

    fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Result<Value, EvalError>> {
        let mut state = self.0.borrow_mut();
        match state.said.pop_front() {
            Some(message) => Poll::Ready(Ok(Value::String(message))),
            None => {
                state.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn poll_join(&mut self, _: &mut Context<'_>) -> Poll<Result<Value, EvalError>> {
        Poll::Pending
    }
}

/// A document whose scripts are in the hands of the test.
#[derive(Clone)]
struct Scripts {
    running: Rc<RefCell<Vec<Script>>>,
    owner: Owner<UnsyncStorage>,
}

impl Default for Scripts {
    fn default() -> Self {
        Self { running: Rc::default(), owner: UnsyncStorage::owner() }
    }
}

impl PartialEq for Scripts {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.running, &other.running)
    }
}

impl PageDocument for Scripts {
    fn eval(&self, source: String) -> Eval {
        let script = Script::default();
        script.0.borrow_mut().source = source;
        self.running.borrow_mut().push(script.clone());
        Eval::new(self.owner.insert(Box::new(script) as Box<dyn Evaluator>))
    }
}

impl Scripts {
    fn last(&self) -> Script {
        self.running.borrow().last().cloned().unwrap()
    }

    fn count(&self) -> usize {
        self.running.borrow().len()
    }
}

#[derive(Clone, PartialEq)]
struct View {
    scripts: Scripts,
    id: Option<String>,
}

#[component]
fn Editor(id: String) -> Element {
    let text = use_text(id);
    rsx! { SyncTextarea { text, rows: 4, class: "note", "aria-label": "Note" } }
}

#[component]
fn Editing(view: View) -> Element {
    use_context_provider(|| Rc::new(view.scripts.clone()) as Rc<dyn PageDocument>);
    rsx! { if let Some(id) = view.id { Editor { id } } }
}

fn page(sync: &SyncKit, id: &str) -> (Page<View>, Scripts) {
    let scripts = Scripts::default();
    let view = View { scripts: scripts.clone(), id: Some(id.to_owned()) };
    (Page::new(sync.clone(), view, |view| rsx! { Editing { view } }), scripts)
}

#[tokio::test]
async fn a_field_and_its_text_tell_each_other_what_happens() {
    let sync = SyncKit::in_memory(1);
    let note = sync.text("note");
    note.push("Hello").unwrap();
    let (mut page, scripts) = page(&sync, "note");
    // As a server renders it, before any effect has run.
    let html = page.html();
    assert!(
        html.contains(">Hello</textarea>")
            && html.contains("rows=4")
            && html.contains(r#"aria-label="Note""#),
        "{html}"
    );
    assert!(!html.contains("data-synckit-field"), "{html}");
    page.turn().await;
    assert!(page.html().contains("data-synckit-field"), "{}", page.html());
    assert_eq!(scripts.count(), 1);
    let script = scripts.last();
    assert!(script.0.borrow().source.contains("function bind("));
    assert_eq!(script.sent(), [json!({"type": "reset", "number": 1, "seen": 0, "delta": ["Hello"]})]);
    script.say(json!({"type": "applied", "number": 1}));
    script
        .say(json!({"type": "edit", "number": 1, "applied": 1, "delta": [5, "!"], "anchor": 6, "focus": 6}));
    page.turn().await;
    assert_eq!(note.get().unwrap(), "Hello!");
    assert_eq!(script.sent(), Vec::<Value>::new());
    // Another thread, as where messages of a server arrive.
    let elsewhere = note.clone();
    std::thread::spawn(move || elsewhere.insert(0, "» ").unwrap()).join().unwrap();
    page.woken().await;
    assert_eq!(script.sent(), [json!({"type": "patch", "number": 2, "seen": 1, "delta": ["» "]})]);
    script.say(json!({"type": "applied", "number": 2}));
    script.say(json!({"type": "undo"}));
    page.turn().await;
    assert_eq!(script.sent()[0]["type"], "patch");
}

#[tokio::test]
async fn another_text_is_bound_anew_and_what_was_under_way_is_kept() {
    let sync = SyncKit::in_memory(1);
    let (first, second) = (sync.text("first"), sync.text("second"));
    second.push("second").unwrap();
    let (mut page, scripts) = page(&sync, "first");
    page.turn().await;
    let before = scripts.last();
    before.say(json!({"type": "applied", "number": 1}));
    page.turn().await;
    page.change(|view| view.id = Some("second".into()));
    page.turn().await;
    assert_eq!(scripts.count(), 2);
    let after = scripts.last();
    assert_eq!(after.sent()[0]["delta"], json!(["second"]));
    assert_eq!(before.sent().last(), Some(&Value::Null));
    // What the page had said before it let go.
    before.say(json!({"type": "edit", "number": 1, "applied": 1, "delta": ["typed"]}));
    before.say_raw("released");
    page.turn().await;
    assert_eq!((first.get().unwrap(), second.get().unwrap()), ("typed".into(), "second".into()));
    assert_eq!(before.sent().last(), Some(&Value::Null));
    first.push("!").unwrap();
    second.push("!").unwrap();
    page.turn().await;
    assert_eq!(before.sent(), Vec::<Value>::new());

    // The component goes; what is typed in that moment is written.
    after.say(json!({"type": "applied", "number": 1}));
    page.turn().await;
    page.change(|view| view.id = None);
    page.turn().await;
    assert_eq!(after.sent().last(), Some(&Value::Null));
    after.say(json!({"type": "edit", "number": 1, "applied": 2, "delta": [7, "?"]}));
    after.say_raw("released");
    page.turn().await;
    assert_eq!(second.get().unwrap(), "second!?");
}

#[derive(synckit::Document, Clone, Debug, Default, PartialEq)]
struct Note {
    title: String,
}

#[component]
fn Title(scripts: Scripts, title: FieldRef<String>) -> Element {
    use_context_provider(|| Rc::new(scripts.clone()) as Rc<dyn PageDocument>);
    rsx! { SyncInput { field: title, placeholder: "Title" } }
}

#[tokio::test]
async fn an_input_of_a_field_writes_it_and_leaves_no_subscription() {
    let sync = SyncKit::in_memory(1);
    let note = sync.document::<Note>("note");
    note.title().set("Soup").unwrap();
    let scripts = Scripts::default();
    let mut page = Page::new(sync, Some((scripts.clone(), note.title())), |shown| {
        rsx! {
            if let Some((scripts, title)) = shown {
                Title { scripts, title }
            }
        }
    });
    page.turn().await;
    let script = scripts.last();
    script.say(json!({"type": "applied", "number": 1}));
    script.say(json!({"type": "edit", "number": 1, "applied": 1, "delta": [4, "s"]}));
    page.turn().await;
    assert_eq!(note.title().get().unwrap(), "Soups");
    assert!(note.node().observer_count() > 0);
    page.change(|shown| *shown = None);
    page.turn().await;
    assert_eq!(note.node().observer_count(), 0);
    assert_eq!(script.sent().last(), Some(&Value::Null));
}
