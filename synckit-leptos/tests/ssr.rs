//! Rendering on the server: `cargo test -p synckit-leptos --features ssr --test ssr`.
#![cfg(feature = "ssr")]

mod hydration;
mod support;

use hydration::{Card, client};
use leptos::prelude::*;
use support::{Counted, Recipe};
use synckit::prelude::*;
use synckit_leptos::{ObservableExt, provide_synckit};

fn rendered(sync: &SyncKit) -> String {
    let owner = Owner::new();
    let html = owner.with(|| {
        provide_synckit(sync.clone());
        Card().to_html()
    });
    owner.cleanup();
    html
}

fn render(sync: &SyncKit) -> String {
    let html = rendered(sync);
    // Comments are marks for hydration.
    let mut text = String::new();
    for part in html.split("<!--") {
        text.push_str(part.split_once("-->").map_or(part, |(_, rest)| rest));
    }
    text.replace("<!>", "")
}

#[test]
fn an_empty_client_renders_the_loading_state() {
    let html = render(&client(false));
    assert!(html.contains(r#"data-state="disabled""#), "{html}");
    assert!(html.contains("<h1></h1>") || html.contains("<h1> </h1>"), "{html}");
    assert!(html.contains("<ul></ul>"), "{html}");
}

#[test]
fn a_client_with_contents_renders_them() {
    let html = render(&client(true));
    assert!(html.contains("<h1>Soup &amp; more</h1>"), "{html}");
    assert!(html.contains("<li>Boil</li><li>Serve</li>"), "{html}");
}

/// The test of hydration takes over these pages in a browser.
#[test]
fn the_pages_of_the_browser_test_are_what_is_rendered() {
    for (page, (name, full)) in hydration::PAGES.into_iter().zip([("empty", false), ("full", true)]) {
        let html = rendered(&client(full));
        if std::env::var_os("SYNCKIT_WRITE_GOLDEN").is_some() {
            let folder =
                [env!("CARGO_MANIFEST_DIR"), "tests", "hydration"].iter().collect::<std::path::PathBuf>();
            std::fs::write(folder.join(name).with_extension("html"), &html).unwrap();
            continue;
        }
        assert_eq!(page, html, "SYNCKIT_WRITE_GOLDEN=1 writes it anew");
    }
}

#[test]
fn nothing_is_subscribed_to() {
    let title = Counted::new(SyncKit::in_memory(1).document::<Recipe>("soup").title());
    let owner = Owner::new();
    let signal = owner.with(|| title.signal());
    assert_eq!(signal.get_untracked(), "");
    assert_eq!(title.live(1), 0);
}

#[cfg(feature = "text")]
#[test]
fn text_fields_render_what_is_in_the_text() {
    use synckit_leptos::{SyncInput, SyncTextarea};

    #[component]
    fn Fields(text: synckit::TextRef, title: FieldRef<String>) -> impl IntoView {
        view! {
            <SyncTextarea text=text.clone() attr:rows=3/>
            <SyncInput text/>
            <SyncInput field=title attr:placeholder="Title"/>
        }
    }
    let sync = SyncKit::in_memory(1);
    let text = sync.text("note");
    let title = sync.document::<Recipe>("soup").title();
    let render = || {
        let owner = Owner::new();
        let html = owner.with(|| view! { <Fields text=text.clone() title=title.clone()/> }.to_html());
        owner.cleanup();
        html
    };
    let empty = render();
    // A page that is loaded shows exactly what stands between the tags.
    assert!(empty.contains("></textarea>") && empty.contains(r#"rows="3""#), "{empty}");
    text.push("\na < b & c\r\n\"d\"").unwrap();
    title.set("\"Soup\" & more").unwrap();
    let full = render();
    assert!(full.contains(">\n\na &lt; b &amp; c\u{200b}\n\"d\"</textarea>"), "{full}");
    assert!(full.contains(r#"value=" a &lt; b &amp; c  &quot;d&quot;""#), "{full}");
    assert!(full.contains("&quot;Soup&quot; &amp; more"), "{full}");
}
