//! Bytes that earlier versions have written are still read. The files in `tests/golden` are what users have on their disks:
//! they are added to when the encoding changes, never replaced.
//!
//! `SYNCKIT_WRITE_GOLDEN=1 cargo test -p synckit --test golden` writes those that are missing.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use synckit::prelude::*;
use synckit::version::VersionVector;
use synckit::wire::{Limits, Message, Update};
use synckit::{Cursor, Expand, PeerId, Set, Side, Value};

#[derive(FieldValue, Clone, Debug, PartialEq, Default)]
struct Date {
    year: i32,
    month: u8,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Step {
    name: String,
    note: Text,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Page {
    title: String,
    done: bool,
    due: Option<Date>,
    ratio: f64,
    words: Vec<String>,
    votes: Counter,
    tags: Set<String>,
    numbers: List<i64>,
    steps: List<Step>,
    people: Map<Step>,
    owner: Step,
    body: Text,
}

fn page(seed: u64) -> PageRef {
    SyncKit::in_memory(seed).document::<Page>("page")
}

fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect()
}

/// The bytes of a file. `write` makes them if it is not there and was asked for.
fn golden(name: &str, write: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let path = file(name);
    if std::env::var_os("SYNCKIT_WRITE_GOLDEN").is_some() && !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, write()).unwrap();
    }
    std::fs::read(&path).unwrap()
}

/// What a client reads from an update that `write` made.
fn read_update(name: &str, write: impl FnOnce(&PageRef)) -> PageRef {
    let bytes = golden(name, || {
        let page = page(1);
        write(&page);
        page.export_since(&VersionVector::new())
    });
    assert!(!Update::decode(&bytes).unwrap().is_empty());
    let page = page(2);
    page.import(&bytes).unwrap();
    page
}

#[test]
fn many_items_at_once() {
    let page = read_update("runs.bin", |page| {
        page.numbers().insert_all(0, (0..100).map(|number| number * number * 1_000_003)).unwrap();
        (0..20).for_each(|number| drop(page.numbers().insert(0, -number).unwrap()));
        page.numbers().insert_all(50, 0..10).unwrap();
        page.words().set(vec!["one".to_owned()]).unwrap();
        (0..20).for_each(|number| assert!(page.tags().insert(format!("grüße {number}")).unwrap()));
        (0..20)
            .step_by(3)
            .for_each(|number| assert!(page.tags().remove(&format!("grüße {number}")).unwrap()));
    });
    let mut expected: Vec<i64> = (0..20).rev().map(|number| -number).collect();
    expected.extend((0..100).map(|number| number * number * 1_000_003));
    expected.splice(50..50, 0..10);
    let numbers: Vec<i64> = page.numbers().elements().iter().map(|item| item.get().unwrap()).collect();
    assert_eq!(numbers, expected);
    let tags = (0..20).filter(|number| number % 3 != 0).map(|number| format!("grüße {number}")).collect();
    assert_eq!(page.tags().get().unwrap(), tags);
}

#[test]
fn fields() {
    let due = Date { year: 2026, month: 11 };
    let page = read_update("fields.bin", |page| {
        page.title().set("grüße 👩‍👩‍👧").unwrap();
        page.done().set(true).unwrap();
        page.due().set(Some(due.clone())).unwrap();
        page.ratio().set(-0.5).unwrap();
        page.words().set(vec!["a".to_owned(), "日本".to_owned()]).unwrap();
        page.owner().name().set("Ada").unwrap();
        page.title().clear().unwrap();
        page.title().set("grüße").unwrap();
    });
    let expected = Page {
        title: "grüße".into(),
        done: true,
        due: Some(Date { year: 2026, month: 11 }),
        ratio: -0.5,
        words: vec!["a".into(), "日本".into()],
        owner: Step { name: "Ada".into(), note: Text::default() },
        ..Page::default()
    };
    assert_eq!(page.get().unwrap(), expected);
}

#[test]
fn counters_and_sets() {
    let page = read_update("counters_and_sets.bin", |page| {
        page.votes().increment(1_000_000).unwrap();
        page.votes().decrement(1).unwrap();
        for tag in ["home", "urgent", "gone", "日本"] {
            page.tags().insert(tag).unwrap();
        }
        page.tags().remove(&"gone".to_owned()).unwrap();
    });
    assert_eq!(page.votes().get().unwrap(), 999_999);
    let tags = ["home", "urgent", "日本"].map(str::to_owned);
    assert_eq!(page.get().unwrap().tags, Set(tags.into()));
}

#[test]
fn lists() {
    let page = read_update("lists.bin", |page| {
        for number in 0..20 {
            page.numbers().insert(number as usize / 2, number).unwrap();
        }
        page.numbers().move_to(page.numbers().at(0).unwrap().id(), 19).unwrap();
        page.numbers().remove_range(3, 15).unwrap();
        page.numbers().at(1).unwrap().set(-7_i64).unwrap();
        let step = page.steps().push(Step { name: "one".into(), note: "first".into() }).unwrap();
        page.steps().push(Step::default()).unwrap();
        page.steps().move_before(step.id(), None).unwrap();
        step.note().push("!").unwrap();
    });
    let expected = List(vec![3, -7, 7, 6, 4, 2, 0, 1]);
    assert_eq!(page.get().unwrap().numbers, expected);
    let steps = vec![Step::default(), Step { name: "one".into(), note: "first!".into() }];
    assert_eq!(page.get().unwrap().steps, List(steps));
}

#[test]
fn maps() {
    let page = read_update("maps.bin", |page| {
        page.people().insert("bob", Step { name: "Bob".into(), note: "old".into() }).unwrap();
        page.people().insert("gone", Step::default()).unwrap();
        page.people().remove("gone").unwrap();
        page.people().insert("größe", Step { name: "é".into(), note: Text::default() }).unwrap();
    });
    let people = BTreeMap::from([
        ("bob".to_owned(), Step { name: "Bob".into(), note: "old".into() }),
        ("größe".to_owned(), Step { name: "é".into(), note: Text::default() }),
    ]);
    assert_eq!(page.get().unwrap().people, Map(people));
}

/// Two writers, runs that were typed into, deletions forward and backward, and every width of character.
fn write_text(here: &PageRef) {
    let there = page(3);
    let body = here.body();
    body.push("The quick brown fox 日本語 👩‍👩‍👧 e\u{301}").unwrap();
    there.import(&here.export()).unwrap();
    there.body().insert(10, "red ").unwrap();
    there.body().delete(0..4).unwrap();
    for _ in 0..4 {
        let len = body.len();
        body.delete(len - 1..len).unwrap();
    }
    body.insert(10, "and ").unwrap();
    body.delete(14..20).unwrap();
    here.undo_manager().undo();
    here.import(&there.export_since(&here.version())).unwrap();
}

fn write_marks(here: &PageRef) {
    write_text(here);
    let body = here.body();
    body.mark(0..9, "bold", true, Expand::After).unwrap();
    body.mark(2..14, "link", "https://example.org/".to_owned(), Expand::None).unwrap();
    body.mark(8..12, "comment:1", 7_i64, Expand::Both).unwrap();
    body.unmark(3..5, "bold").unwrap();
}

const TEXT: &str = "quick red and brown fox 日本語 👩\u{200d}👩\u{200d}";

#[test]
fn text() {
    let page = read_update("text.bin", write_text);
    assert_eq!(page.body().get().unwrap(), TEXT);
    // What the bytes say of deleted characters is known too: cursors on them, edits beside them.
    assert_eq!(page.body().utf16_len(), TEXT.encode_utf16().count());
}

/// Text and marks in short.
fn drawn(page: &PageRef) -> String {
    let draw = |(key, value): &(Arc<str>, Value)| match value {
        Value::Bool(true) => key.to_string(),
        Value::Int(number) => format!("{key}={number}"),
        Value::String(value) => format!("{key}={value}"),
        other => format!("{key}={other:?}"),
    };
    let spans = page.body().spans().into_iter();
    spans
        .map(|span| format!("[{}|{}]", span.text, span.marks.iter().map(draw).collect::<Vec<_>>().join(" ")))
        .collect()
}

const MARKED: &str = "[qu|bold][i|bold link=https://example.org/][ck|link=https://example.org/]\
    [ re|bold link=https://example.org/][d|bold comment:1=7 link=https://example.org/]\
    [ an|comment:1=7 link=https://example.org/][d |link=https://example.org/]\
    [brown fox 日本語 👩\u{200d}👩\u{200d}|]";

#[test]
fn marks() {
    let page = read_update("marks.bin", write_marks);
    assert_eq!(drawn(&page), MARKED);
}

#[test]
fn a_snapshot() {
    let bytes = golden("snapshot.bin", || {
        let page = page(1);
        write_marks(&page);
        page.title().set("whole").unwrap();
        page.votes().increment(3).unwrap();
        page.tags().insert("home").unwrap();
        page.numbers().push(5).unwrap();
        page.steps().push(Step { name: "one".into(), note: "first".into() }).unwrap();
        page.people().insert("bob", Step { name: "Bob".into(), note: "日本".into() }).unwrap();
        page.export()
    });
    let (loaded, merged) = (page(4), page(5));
    loaded.import(&bytes).unwrap();
    merged.title().set("before").unwrap();
    merged.import(&bytes).unwrap();
    assert_eq!(drawn(&loaded), MARKED);
    assert_eq!(drawn(&merged), MARKED);
    let expected = Page {
        title: "whole".into(),
        votes: Counter(3),
        tags: Set(["home".to_owned()].into()),
        numbers: List(vec![5]),
        steps: List(vec![Step { name: "one".into(), note: "first".into() }]),
        people: Map([("bob".to_owned(), Step { name: "Bob".into(), note: "日本".into() })].into()),
        body: TEXT.into(),
        ..Page::default()
    };
    assert_eq!(loaded.get().unwrap(), expected);
    // It is the state of a replica, not only its content: it can be written on and merged.
    loaded.body().insert(5, "er").unwrap();
    merged.import(&loaded.export_since(&merged.version())).unwrap();
    assert_eq!(merged.body().get().unwrap(), loaded.body().get().unwrap());
}

#[test]
fn history() {
    let write = |page: &PageRef| {
        page.title().set("before").unwrap();
        page.history().keep().unwrap();
        page.history().sign("Ada").unwrap();
        page.body().insert(0, "Grüße, world").unwrap();
        page.tags().insert("home").unwrap();
        page.history().checkpoint("greeting").unwrap();
        page.body().delete(5..12).unwrap();
        page.title().set("after").unwrap();
        page.tags().remove(&"home".to_owned()).unwrap();
    };
    let loaded = page(4);
    loaded
        .import(&golden("history.bin", || {
            let page = page(1);
            write(&page);
            page.export()
        }))
        .unwrap();
    let changes = read_update("history_changes.bin", write);
    for page in [loaded, changes] {
        assert_eq!(
            (page.body().get().unwrap(), page.title().get().unwrap()),
            ("Grüße".into(), "after".into())
        );
        let history = page.history();
        let begin = page.at(&history.floor().unwrap()).unwrap();
        assert_eq!((begin.title().get().unwrap(), begin.body().len()), ("before".into(), 0));
        let checkpoint = &history.checkpoints()[0];
        assert_eq!(checkpoint.name, "greeting");
        let greeting = page.at(&checkpoint.version).unwrap();
        assert_eq!(greeting.body().get().unwrap(), "Grüße, world");
        assert!(greeting.tags().contains(&"home".to_owned()));
        assert_eq!(history.author(page.body().blame(0..1)[0].replica).as_deref(), Some("Ada"));
    }
}

#[test]
fn messages() {
    let id = || Arc::<str>::from("page");
    let update = || Arc::new(Update::decode(&std::fs::read(file("fields.bin")).unwrap()).unwrap());
    let version = update().changes.iter().map(|change| (change.replica, change.last_seq())).collect();
    let messages = [
        Message::Hello { protocol: 1, peer: PeerId(7), token: "secret".into() },
        Message::Subscribe { document: id(), version },
        Message::Changes { document: id(), update: update() },
        Message::Presence { document: id(), peer: PeerId(9), state: vec![1, 2, 3] },
        Message::Unsubscribe { document: id() },
        Message::Ping { nonce: 300 },
    ];
    for (number, message) in messages.into_iter().enumerate() {
        let bytes = golden(&format!("message_{number}.bin"), || message.encode());
        assert_eq!(Message::decode(&bytes, &Limits::DEFAULT), Ok(message));
    }
}

#[test]
fn names() {
    let cursor: Cursor = ">910a2dec89025cc1-5".parse().unwrap();
    assert_eq!(cursor.to_string(), ">910a2dec89025cc1-5");
    assert_eq!("<".parse(), Ok(page(1).body().cursor_at(0, Side::Before)));
    let element: ElementId = "910a2dec89025cc1-5".parse().unwrap();
    assert_eq!(element.to_string(), "910a2dec89025cc1-5");
}
