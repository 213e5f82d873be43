//! Fields that are written, status, and what is the Dioxus adapter's own.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dioxus::prelude::*;
use support::Page;
use synckit::prelude::*;
use synckit::{Connection, ItemRef, ReadError};
use synckit_dioxus::{
    ConnectionBadge, FieldRefExt, FieldSignal, ObservableExt, connection_name, try_use_synckit, use_counter,
    use_document, use_list, use_status,
};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Note {
    title: String,
    done: bool,
    votes: Counter,
    steps: List<Step>,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Step {
    text: String,
    done: bool,
}

/// The same document as another version of the program knows it.
#[derive(Document, Clone, Debug, Default, PartialEq)]
struct OtherNote {
    title: bool,
}

/// What a component gives out to its test.
#[derive(Clone)]
struct Out<T>(Arc<Mutex<Option<T>>>);

impl<T> Default for Out<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Out<T> {
    fn set(&self, value: T) {
        *self.0.lock().unwrap() = Some(value);
    }

    fn get(&self) -> T {
        self.0.lock().unwrap().clone().unwrap()
    }
}

impl<T> PartialEq for Out<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Signals belong to the thread of their page, so what gives them out does too.
#[derive(Clone, Default)]
struct Local<T>(std::rc::Rc<std::cell::RefCell<Option<T>>>);

impl<T> PartialEq for Local<T> {
    fn eq(&self, other: &Self) -> bool {
        std::rc::Rc::ptr_eq(&self.0, &other.0)
    }
}

type TitleSignal = FieldSignal<String>;

#[component]
fn TitleInput(id: String, out: Local<TitleSignal>) -> Element {
    let title = use_document::<Note>(id).title().rw_signal();
    *out.0.borrow_mut() = Some(title);
    let error = title.error();
    rsx! {
        input { value: title, oninput: move |event| title.set(event.value()) }
        p { "{title}" }
        if let Some(error) = &*error.read() {
            p { "{error}" }
        }
    }
}

fn title_input((id, out): (Option<String>, Local<TitleSignal>)) -> Element {
    rsx! {
        if let Some(id) = id {
            TitleInput { id, out }
        }
    }
}

#[tokio::test]
async fn a_two_way_signal_writes_the_field_and_reads_it() {
    let sync = SyncKit::in_memory(1);
    let (soup, salad) = (sync.document::<Note>("soup"), sync.document::<Note>("salad"));
    let out = Local::<TitleSignal>(std::rc::Rc::default());
    let mut page = Page::new(sync, (Some("soup".to_owned()), out.clone()), title_input);
    let title = out.0.borrow().unwrap();
    page.dom.in_runtime(|| title.set("Soup".into()));
    assert_eq!(soup.title().get().unwrap(), "Soup");
    assert_eq!(page.dom.in_runtime(|| title.cloned()), "Soup", "there before anything was rendered");
    page.turn().await;
    assert_eq!(page.html(), r#"<input value="Soup"/><p>Soup</p>"#);
    soup.title().set("Stew").unwrap();
    page.turn().await;
    assert_eq!(page.html(), r#"<input value="Stew"/><p>Stew</p>"#);

    // Another id: the same signal is of the other document.
    page.change(|(id, _)| *id = Some("salad".into()));
    page.turn().await;
    page.dom.in_runtime(|| title.set("Salad".into()));
    page.turn().await;
    assert_eq!(page.html(), r#"<input value="Salad"/><p>Salad</p>"#);
    assert_eq!((soup.title().get().unwrap(), salad.title().get().unwrap()), ("Stew".into(), "Salad".into()));

    // The component is gone: the signal does nothing more, and does not panic.
    page.change(|(id, _)| *id = None);
    page.turn().await;
    page.dom.in_runtime(|| title.set("Too late".into()));
    assert_eq!(salad.title().get().unwrap(), "Salad");
    assert_eq!(salad.node().observer_count(), 0);
}

#[tokio::test]
async fn a_write_that_fails_keeps_the_field_and_tells_why() {
    let sync = SyncKit::in_memory(1);
    let soup = sync.document::<Note>("soup");
    let out = Local::<TitleSignal>(std::rc::Rc::default());
    let mut page = Page::new(sync, (Some("soup".to_owned()), out.clone()), title_input);
    let title = out.0.borrow().unwrap();
    page.dom.in_runtime(|| title.set("Soup".into()));
    page.dom.in_runtime(|| title.set("x".repeat(2 << 20)));
    page.turn().await;
    let reason = page.dom.in_runtime(|| title.error().cloned()).unwrap().to_string();
    assert!(!reason.is_empty() && page.html().contains("<p>Soup</p><p>"), "{}", page.html());
    assert_eq!(soup.title().get().unwrap(), "Soup");
    page.dom.in_runtime(|| title.set("Stew".into()));
    page.turn().await;
    assert_eq!(page.html(), r#"<input value="Stew"/><p>Stew</p>"#);
}

type Results = Out<Result<String, ReadError>>;

#[component]
fn Checked(out: Results) -> Element {
    let note = use_document::<Note>("soup");
    let (title, result) = (note.title().signal(), note.title().result_signal());
    out.set(result());
    rsx! { "{title}" }
}

#[tokio::test]
async fn a_value_of_another_type_keeps_what_was_there_and_can_be_asked_for() {
    let sync = SyncKit::in_memory(1);
    let (note, other) = (sync.document::<Note>("soup"), sync.document::<OtherNote>("soup"));
    note.title().set("Soup").unwrap();
    let out = Results::default();
    let mut page = Page::new(sync, out.clone(), |out| rsx! { Checked { out } });
    assert_eq!((page.html(), out.get()), ("Soup".to_owned(), Ok("Soup".to_owned())));
    other.title().set(true).unwrap();
    page.turn().await;
    assert_eq!(page.html(), "Soup");
    assert!(matches!(out.get(), Err(ReadError::WrongType { .. })));
    note.title().set("Stew").unwrap();
    page.turn().await;
    assert_eq!((page.html(), out.get()), ("Stew".to_owned(), Ok("Stew".to_owned())));
}

#[component]
fn Left(runs: Out<usize>, counter: Local<Arc<AtomicUsize>>) -> Element {
    let mut minimum = use_signal(|| 0_usize);
    let note = use_document::<Note>("soup");
    let left = note.map_signal(move |note| {
        let left = note.steps().elements().iter().filter(|step| step.done().get() == Ok(false)).count();
        left.max(minimum())
    });
    if let Some(counter) = &*counter.0.borrow() {
        runs.set(counter.fetch_add(1, Ordering::SeqCst) + 1);
    }
    // Set from the outside by a wish in the document, to have a signal that the closure reads.
    let votes = note.votes().signal();
    use_effect(move || minimum.set(usize::try_from(votes()).unwrap_or(0)));
    rsx! { "{left}" }
}

#[tokio::test]
async fn a_mapped_signal_sees_the_whole_handle_and_other_signals() {
    let sync = SyncKit::in_memory(1);
    let note = sync.document::<Note>("soup");
    for text in ["Boil", "Salt", "Serve"] {
        note.steps().push(Step { text: text.into(), done: false }).unwrap();
    }
    let runs = Out::<usize>::default();
    let counter = Local(std::rc::Rc::new(std::cell::RefCell::new(Some(Arc::new(AtomicUsize::new(0))))));
    let mut page =
        Page::new(sync, (runs.clone(), counter), |(runs, counter)| rsx! { Left { runs, counter } });
    page.turn().await;
    let begin = runs.get();
    assert_eq!(page.html(), "3");
    note.steps().at(0).unwrap().done().set(true).unwrap();
    page.turn().await;
    assert_eq!((page.html(), runs.get()), ("2".to_owned(), begin + 1));
    note.steps().at(1).unwrap().text().set("Pepper").unwrap();
    page.turn().await;
    assert_eq!(runs.get(), begin + 1, "computed again, but it is the same");
    note.votes().increment(5).unwrap();
    page.turn().await;
    assert_eq!(page.html(), "5", "a signal that it reads has changed");
}

#[component]
fn Everything() -> Element {
    let likes = use_counter("likes").signal();
    let tags = use_list::<String>("tags").signal();
    let status = use_status();
    rsx! {
        "{likes} {status.read().pending} "
        for tag in tags() {
            Tag { key: "{tag.id()}", tag }
        }
    }
}

#[component]
fn Tag(tag: ItemRef<String>) -> Element {
    let text = tag.signal();
    rsx! { "{text} " }
}

#[tokio::test]
async fn counters_lists_and_status_of_a_client() {
    let sync = SyncKit::in_memory(1);
    let mut page = Page::new(sync.clone(), (), |()| rsx! { Everything {} });
    let (likes, tags) = (sync.counter("likes"), sync.list::<String>("tags"));
    likes.increment(2).unwrap();
    tags.push("red".into()).unwrap();
    let green = tags.push("green".into()).unwrap();
    page.turn().await;
    assert_eq!(page.html(), "2 0 red green ");
    tags.move_to(green.id(), 0).unwrap();
    green.set("blue").unwrap();
    page.turn().await;
    assert_eq!(page.html(), "2 0 blue red ");
}

#[component]
fn Header(german: bool) -> Element {
    let label =
        use_callback(|connection: Connection| format!("Verbindung: {}", connection_name(&connection)));
    rsx! {
        if german {
            ConnectionBadge { label }
        } else {
            ConnectionBadge {}
        }
    }
}

#[tokio::test]
async fn the_badge_tells_the_connection_in_a_word() {
    let mut page = Page::new(SyncKit::in_memory(1), false, |german| rsx! { Header { german } });
    let english =
        r#"<span class="synckit-connection" role="status" data-state="disabled">On this device</span>"#;
    assert_eq!(page.html(), english);
    page.change(|german| *german = true);
    page.turn().await;
    assert_eq!(page.html(), english.replace("On this device", "Verbindung: disabled"));
}

#[component]
fn Asking() -> Element {
    rsx! { if try_use_synckit().is_some() { "there" } else { "not there" } }
}

#[tokio::test]
async fn a_client_that_nobody_provides_can_be_asked_for() {
    let mut alone = VirtualDom::new(Asking);
    alone.rebuild_in_place();
    assert_eq!(dioxus_ssr::render(&alone), "not there");
    let page = Page::new(SyncKit::in_memory(1), (), |()| rsx! { Asking {} });
    assert_eq!(page.html(), "there");
}
