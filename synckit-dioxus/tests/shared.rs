//! Two programs with a page each, the native store and the real server.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use dioxus::prelude::*;
use support::Page;
use synckit::prelude::*;
use synckit_dioxus::{ConnectionBadge, ObservableExt, use_document, use_presence};
use synckit_server::Server;
use synckit_server::settings::Settings;
use synckit_storage_native::{Native, NativeStorage};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Note {
    title: String,
    lines: List<String>,
}

#[derive(FieldValue, Clone, Debug, Default, PartialEq)]
struct Me {
    name: String,
}

/// What a page shows: who looks at it, and whether the part with presence is there.
#[derive(Clone, PartialEq)]
struct View {
    name: String,
    present: bool,
}

#[component]
fn NotePage() -> Element {
    let note = use_document::<Note>("note");
    let (title, lines) = (note.title().signal(), note.lines().signal());
    rsx! {
        "{title}: "
        for line in lines() {
            Line { key: "{line.id()}", line }
        }
    }
}

#[component]
fn Line(line: synckit::ItemRef<String>) -> Element {
    let line = line.signal();
    rsx! { "{line} " }
}

#[component]
fn Here(name: String) -> Element {
    let others = use_presence("note", Me { name });
    rsx! { for (peer, other) in others() { i { key: "{peer:?}", "{other.name}" } } }
}

fn view(view: View) -> Element {
    rsx! {
        NotePage {}
        if view.present {
            Here { name: view.name }
        }
        ConnectionBadge { label: |_| String::new() }
    }
}

async fn client(url: &str, file: &Path) -> SyncKit {
    let storage = NativeStorage::open_at(file).await.unwrap();
    // The pages below hold this thread up for as long as they render.
    let platform = Native::on_own_thread().unwrap();
    SyncKit::builder(platform).url(url).storage(storage).connect().await.unwrap()
}

/// Lets both pages run until the condition holds.
async fn until(pages: &mut [Page<View>; 2], what: &str, so: impl Fn(&[String; 2]) -> bool) {
    let begin = Instant::now();
    loop {
        let shown = pages.each_ref().map(|page| page.html());
        if so(&shown) {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}: {shown:?}");
        for page in &mut *pages {
            // Nothing else wakes it than what arrives.
            let _ = tokio::time::timeout(Duration::from_millis(20), page.woken()).await;
            page.turn().await;
        }
    }
}

#[tokio::test]
async fn two_pages_share_a_note_and_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.listen = Some(([127, 0, 0, 1], 0).into());
    settings.data = Some(folder.path().join("server.sqlite"));
    let server = Server::bind(settings.resolve().unwrap()).await.unwrap();
    let url = format!("ws://{}/v1/sync", server.address());
    let serving = tokio::spawn(server.run(std::future::pending::<()>()));

    let (ada, ben) = (
        client(&url, &folder.path().join("ada.sqlite")).await,
        client(&url, &folder.path().join("ben.sqlite")).await,
    );
    let mut pages = [(&ada, "Ada"), (&ben, "Ben")].map(|(sync, name)| {
        let first = View { name: name.to_owned(), present: true };
        Page::new(sync.clone(), first, view)
    });
    let connected = |shown: &[String; 2]| shown.iter().all(|html| html.contains(r#""connected""#));
    until(&mut pages, "connected", connected).await;
    until(&mut pages, "they see each other", |[ada, ben]| {
        ada.contains("<i>Ben</i>") && !ada.contains("Ada") && ben.contains("<i>Ada</i>")
    })
    .await;

    ada.document::<Note>("note").title().set("Soup").unwrap();
    ben.document::<Note>("note").lines().push("Boil".into()).unwrap();
    until(&mut pages, "written by both", |shown| shown.iter().all(|html| html.starts_with("Soup: Boil <")))
        .await;

    // Another name, then gone: the component that told of it went away.
    pages[0].change(|view| view.name = "Grace".into());
    until(&mut pages, "renamed", |[_, ben]| ben.contains("<i>Grace</i>") && !ben.contains("Ada")).await;
    pages[0].change(|view| view.present = false);
    until(&mut pages, "left", |[ada, ben]| !ada.contains("<i>") && !ben.contains("<i>")).await;

    // The page of one ends; what it wrote last arrives all the same.
    let [first, mut second] = pages;
    drop(first);
    ada.document::<Note>("note").title().set("Stew").unwrap();
    let begin = Instant::now();
    while !second.html().starts_with("Stew: Boil") {
        assert!(begin.elapsed() < Duration::from_secs(20), "{}", second.html());
        second.woken().await;
    }
    serving.abort();
}

#[tokio::test]
async fn a_page_that_ends_while_changes_arrive_leaves_nothing_behind() {
    let sync = SyncKit::in_memory(1);
    let note = sync.document::<Note>("note");
    let writer = {
        let note = note.clone();
        std::thread::spawn(move || {
            for number in 0..20_000 {
                note.title().set(number.to_string()).unwrap();
            }
        })
    };
    for _ in 0..50 {
        let mut page = Page::new(sync.clone(), (), |()| rsx! { NotePage {} });
        page.turn().await;
        drop(page);
    }
    writer.join().unwrap();
    assert_eq!(note.node().observer_count(), 0);
}
