//! Texts as fields, in lists and maps, and alone.

use synckit::Expand;
use synckit::prelude::*;

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Section {
    heading: String,
    body: Text,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Article {
    #[synckit(rename = "kopf")]
    head: Text,
    sections: List<Section>,
    notes: Map<Section>,
    appendix: Section,
}

fn article(seed: u64) -> ArticleRef {
    SyncKit::in_memory(seed).document::<Article>("article")
}

fn sample() -> Article {
    let section = |heading: &str, body: &str| Section { heading: heading.into(), body: body.into() };
    Article {
        head: "On text".into(),
        sections: List(vec![section("one", "first"), section("two", "")]),
        notes: Map([("a".to_owned(), section("note", "日本語"))].into()),
        appendix: section("end", "last"),
    }
}

#[test]
fn a_struct_with_texts_comes_back_as_it_was_written_also_elsewhere() {
    let (here, there) = (article(1), article(2));
    assert_eq!(here.get().unwrap(), Article::default());
    here.write(&sample()).unwrap();
    assert_eq!(here.get().unwrap(), sample());
    there.import(&here.export()).unwrap();
    assert_eq!(there.get().unwrap(), sample());
    let version = here.version();
    here.write(&sample().clone()).unwrap();
    assert_eq!(here.head().get().unwrap(), "On text");
    assert!(here.version().includes(&version));
}

#[test]
fn texts_of_elements_are_their_own_and_move_with_them() {
    let (a, b) = (article(1), article(2));
    a.write(&sample()).unwrap();
    b.import(&a.export()).unwrap();
    let first = a.sections().at(0).unwrap();
    a.sections().move_to(first.id(), 1).unwrap();
    b.sections().at(0).unwrap().body().push(" and more").unwrap();
    b.appendix().body().mark(0..4, "bold", true, Expand::After).unwrap();
    a.import(&b.export()).unwrap();
    b.import(&a.export()).unwrap();
    assert_eq!(a.get().unwrap(), b.get().unwrap());
    assert_eq!(first.body().get().unwrap(), "first and more");
    assert_eq!(a.sections().at(1).unwrap().body(), first.body());
    assert_eq!(a.appendix().body().spans()[0].marks.len(), 1);
}

#[test]
fn only_those_who_watch_a_text_are_called_for_it() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let article = article(1);
    article.write(&sample()).unwrap();
    let calls: [Arc<AtomicUsize>; 3] = Default::default();
    let count = |at: usize| {
        let calls = calls[at].clone();
        move || {
            calls.fetch_add(1, Ordering::SeqCst);
        }
    };
    let _watching = (
        article.head().observe(count(0)),
        article.appendix().body().observe(count(1)),
        article.observe(count(2)),
    );
    article.head().push("!").unwrap();
    article.appendix().body().mark(0..1, "bold", true, Expand::None).unwrap();
    article.appendix().heading().set("x").unwrap();
    assert_eq!(calls.each_ref().map(|calls| calls.load(Ordering::SeqCst)), [1, 1, 3]);
}

#[test]
fn a_text_alone_and_the_value_of_a_document_are_the_same_document() {
    let sync = SyncKit::in_memory(1);
    let text = sync.text("note");
    text.push("hello").unwrap();
    assert_eq!(sync.text("note"), text);
    assert_eq!(sync.text("note").get().unwrap(), "hello");
    assert_ne!(sync.text("other"), text);
    let watched = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = watched.clone();
    let _subscription = text.subscribe(move |now: &String| log.lock().unwrap().push(now.clone()));
    text.push("!").unwrap();
    assert_eq!(*watched.lock().unwrap(), ["hello!"]);
}
