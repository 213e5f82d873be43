//! Signals that other threads write while a component is rendered.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dioxus::prelude::*;
use support::Page;
use synckit::prelude::*;
use synckit_dioxus::{FieldRefExt, ObservableExt, use_document};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Note {
    title: String,
    votes: Counter,
}

/// How often a component was rendered, and whether the next time something is written in between.
#[derive(Clone, Default)]
struct Meeting {
    runs: Arc<AtomicUsize>,
    write: Arc<AtomicBool>,
}

impl PartialEq for Meeting {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.runs, &other.runs)
    }
}

impl Meeting {
    fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }

    /// Another thread writes, now, if it is to.
    fn write(&self, note: &NoteRef) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        if self.write.swap(false, Ordering::Relaxed) {
            let note = note.clone();
            let writer = thread::spawn(move || {
                note.title().set("after").unwrap();
                note.votes().increment(1).unwrap();
            });
            writer.join().unwrap();
        }
    }
}

#[component]
fn ReadTwice(meeting: Meeting) -> Element {
    let note = use_document::<Note>("note");
    let (title, votes) = (note.title().signal(), note.votes().signal());
    let (both, written) =
        (note.map_signal(|note| (note.title().get(), note.votes().get())), note.title().rw_signal());
    let held = (title.read(), votes.read(), both.read(), written.read());
    meeting.write(&note);
    let again = (title.read(), votes.read(), both.read(), written.read());
    assert!(*held.0 == *again.0 && *held.1 == *again.1 && *held.2 == *again.2 && *held.3 == *again.3);
    rsx! { "{held.0} {again.1}" }
}

#[tokio::test]
async fn what_is_read_stays_while_it_is_held_and_another_thread_writes() {
    let sync = SyncKit::in_memory(1);
    let note = sync.document::<Note>("note");
    note.title().set("before").unwrap();
    let meeting = Meeting::default();
    meeting.write.store(true, Ordering::Relaxed);
    let mut page = Page::new(sync, meeting.clone(), |meeting| rsx! { ReadTwice { meeting } });
    assert_eq!(page.html(), "before 0");
    page.turn().await;
    assert_eq!((page.html(), meeting.runs()), ("after 1".to_owned(), 2));
    page.turn().await;
    assert_eq!(meeting.runs(), 2, "nothing is left to do");

    // The same in a later rendering, when the signals have been there for long.
    note.title().set("before").unwrap();
    meeting.write.store(true, Ordering::Relaxed);
    page.turn().await;
    assert_eq!((page.html(), meeting.runs()), ("after 2".to_owned(), 4));
}

#[component]
fn Held(meeting: Meeting) -> Element {
    let votes = use_document::<Note>("note").votes().signal();
    meeting.runs.fetch_add(1, Ordering::Relaxed);
    let first = votes.read();
    for _ in 0..20 {
        thread::yield_now();
        assert_eq!(*first, *votes.read());
    }
    rsx! { "{first}" }
}

#[tokio::test]
async fn pages_that_read_while_others_write_end_with_what_was_written_last() {
    const EACH: i64 = 5_000;
    let sync = SyncKit::in_memory(1);
    let note = sync.document::<Note>("note");
    let meeting = Meeting::default();
    let mut page = Page::new(sync, meeting.clone(), |meeting| rsx! { Held { meeting } });
    let writers = [(); 2].map(|()| {
        let note = note.clone();
        thread::spawn(move || (0..EACH).for_each(|_| note.votes().increment(1).unwrap()))
    });
    let begin = Instant::now();
    while page.html() != (2 * EACH).to_string() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{} are shown", page.html());
        page.woken().await;
    }
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert!(meeting.runs() > 1);
    // By its own thread a page hears at once.
    let runs = meeting.runs();
    note.votes().increment(1).unwrap();
    page.turn().await;
    assert_eq!((page.html(), meeting.runs()), ((2 * EACH + 1).to_string(), runs + 1));
}
