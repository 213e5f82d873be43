//! Measures the editor in browser windows: how soon a keystroke shows, here and elsewhere, how long a large document takes
//! to open, what a tab takes of memory. Prints figures; asserts nothing about time.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::{Demo, Desktop, Screen, Stage, Window, store_text};
use serde_json::json;
use synckit::prelude::*;
use synckit_storage_native::{Native, NativeStorage};

/// How many characters the document has in which keys are struck.
const CHARACTERS: usize = 100_000;
const KEYS: usize = 200;
/// How large the document is that is opened, in bytes.
const LARGE: usize = 1_000_000;

/// Notes, for every key, when it was struck and when the frame that shows it was done, in ms since 1970.
const NOTE_KEYS: &str = "window.struck = []; window.painted = [];
    const now = () => performance.timeOrigin + performance.now();
    const after = new MessageChannel();
    let waiting = 0;
    after.port1.onmessage = () => { for (; waiting > 0; waiting--) window.painted.push(now()); };
    document.querySelector('.synckit-content').addEventListener('beforeinput', () => {
        window.struck.push(now());
        // Behind the frame: the callback runs before it is painted, the message arrives when it has been.
        requestAnimationFrame(() => { waiting++; after.port2.postMessage(null); });
    }, true);";
/// Notes when a frame was done in which the text had one character more than before.
const NOTE_ARRIVALS: &str = "window.arrived = [];
    const content = document.querySelector('.synckit-content');
    const now = () => performance.timeOrigin + performance.now();
    const after = new MessageChannel();
    const marks = () => (content.textContent.match(/§/g) ?? []).length;
    let seen = marks(), waiting = 0;
    after.port1.onmessage = () => { for (; waiting > 0; waiting--) window.arrived.push(now()); };
    new MutationObserver((changes) => {
        if (!changes.some((change) => (change.target.textContent + [...change.addedNodes].map((node) => node.textContent)).includes('§'))) return;
        const have = marks();
        const more = have - seen;
        seen = have;
        if (more > 0) requestAnimationFrame(() => { waiting += more; after.port2.postMessage(null); });
    }).observe(content, { subtree: true, childList: true, characterData: true });";
/// Notes, from the very beginning of a page, when a database was asked for first, and when the text was painted: the time that
/// the browser itself gives for the frame in which the largest paragraph was first on the screen.
const NOTE_OPENING: &str = "window.opening = {};
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...name) {
        opening.asked ??= performance.now();
        return open.apply(this, name);
    };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.element?.closest('.synckit-content')) opening.painted ??= entry.renderTime;
        }
    }).observe({ type: 'largest-contentful-paint', buffered: true });";
/// What was noted, once the text was painted and all of it is there: since the navigation began, in ms.
const OPENED: &str = "const [least, done] = arguments;
    const look = () => {
        const content = document.querySelector('.synckit-content');
        if (!opening.painted || !content || content.textContent.length < least) return setTimeout(look, 20);
        done([opening.asked, opening.painted]);
    };
    setTimeout(look, 500);";
/// Opens the document of this name from the list, and tells how long that took until its text was painted, in ms.
const CHOSEN: &str = "const [name, done] = arguments;
    const entries = [...document.querySelectorAll('[data-testid=document-link]')];
    const entry = entries.find((entry) => entry.querySelector('.name').textContent === name);
    const start = performance.now();
    const after = new MessageChannel();
    after.port1.onmessage = () => done(performance.now() - start);
    const seen = new MutationObserver(() => {
        const block = document.querySelector('.synckit-content .synckit-block');
        if (document.querySelector('[data-testid=title]')?.value !== name || !block?.textContent) return;
        seen.disconnect();
        requestAnimationFrame(() => after.port2.postMessage(null));
    });
    seen.observe(document, { subtree: true, childList: true, characterData: true });
    entry.click();";
/// Pastes a text, and notes how long that took until it was painted and how long the page was busy without a break at most.
const PASTE: &str = "const [text, done] = arguments;
    const content = document.querySelector('.synckit-content');
    const pasted = window.pasted = { longest: 0 };
    new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) pasted.longest = Math.max(pasted.longest, duration);
    }).observe({ type: 'longtask' });
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    const after = new MessageChannel();
    content.focus();
    // A task of its own, as a key is.
    setTimeout(() => {
        const start = performance.now();
        after.port1.onmessage = () => { pasted.painted = performance.now() - start; done(null); };
        content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
        requestAnimationFrame(() => after.port2.postMessage(null));
    }, 100);";
/// How often a text is pasted.
const PASTES: usize = 5;
/// How often a document is opened.
const OPENINGS: usize = 7;

#[tokio::main]
async fn main() -> Result<()> {
    let mut stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    let text = prose(CHARACTERS);
    import(&stage, &ann, &text).await?;
    let address = ann.url().await?;
    bob.go(&address).await?;
    bob.reads("the long text", |paper| paper.text.len() > CHARACTERS * 9 / 10).await?;
    println!("a document of {CHARACTERS} characters, {KEYS} keys in its middle:");
    keys(&ann, Some(&bob)).await?;

    println!("the same where no screen sets the pace, so without the wait for the next picture:");
    let cat = stage.unpaced_profile().await?.window(&address).await?;
    cat.reads("the long text", |paper| paper.is_synced() && paper.text.len() > CHARACTERS * 9 / 10).await?;
    // Others would draw at the same time.
    ann.go("about:blank").await?;
    bob.go("about:blank").await?;
    keys(&cat, None).await?;
    cat.close().await?;
    ann.go(&address).await?;
    ann.reads("the long text", |paper| paper.is_synced() && paper.text.len() > CHARACTERS * 9 / 10).await?;

    println!("{} KB pasted into an empty document, {PASTES} times:", LARGE / 1000);
    paste(&stage, &ann, "in paragraphs", &prose(LARGE).replace("\n\n", "\n")).await?;
    let line = "The quick brown fox jumps over it\n";
    paste(&stage, &ann, "in short lines", &line.repeat(LARGE / line.len())).await?;
    ann.go(&address).await?;
    ann.reads("the long text", |paper| paper.is_synced() && paper.text.len() > CHARACTERS * 9 / 10).await?;

    println!("a document of {} KB, its server away, {OPENINGS} times:", LARGE / 1000);
    import(&stage, &ann, &prose(LARGE)).await?;
    ann.reads("it is saved", |paper| paper.is_synced()).await?;
    let large = ann.url().await?;
    // The program itself is kept by the browser at the second visit.
    ann.reload().await?;
    ann.reads("it is there again", |paper| paper.is_synced()).await?;
    stage.server.kill();
    ann.developer_tools("Page.enable", json!({})).await?;
    ann.developer_tools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": NOTE_OPENING })).await?;
    let (mut whole, mut own) = (Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        ann.reload().await?;
        let noted = ann.script_with_callback(OPENED, vec![(LARGE * 9 / 10).into()]).await?;
        let (asked, painted): (f64, f64) = serde_json::from_value(noted).context("no times were noted")?;
        whole.push(painted);
        own.push(painted - asked);
    }
    print_all("from IndexedDB, from the navigation to the painted text", &mut whole);
    print_all("of that, since the store was asked for first", &mut own);
    if let Some(bytes) = stage.largest_renderer() {
        println!("  memory of its tab: {} MB", bytes / 1_000_000);
    }
    let mut chosen = Vec::new();
    for _ in 0..OPENINGS {
        // Another page, so that the program begins anew and has nothing of the document in memory.
        ann.go(&stage.server.url("/d/elsewhere")).await?;
        ann.reads("an empty document", |paper| {
            paper.ready && paper.documents.iter().any(|name| name == "Long")
        })
        .await?;
        let taken = ann.script_with_callback(CHOSEN, vec!["Long".into()]).await?;
        ensure!(ann.url().await? == large, "another document was opened");
        chosen.push(taken.as_f64().context("no time was noted")?);
    }
    print_all("from IndexedDB, from its entry in the list to the painted text", &mut chosen);
    from_sqlite(&stage.new_folder()?.join("editor.sqlite")).await?;
    on_the_desktop(&stage.new_folder()?).await
}

fn print_all(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (times.first(), times.last()) else { return };
    println!("  {what}: {:.0} ms (median; {least:.0} to {most:.0})", times[times.len() / 2]);
}

/// Strikes keys in one window while another looks on.
async fn keys(ann: &Window, bob: Option<&Window>) -> Result<()> {
    ann.script(NOTE_KEYS, Vec::new()).await?;
    if let Some(bob) = bob {
        bob.script(NOTE_ARRIVALS, Vec::new()).await?;
    }
    ann.caret_behind("MIDDLE").await?;
    for _ in 0..KEYS {
        ann.write("§").await?;
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    ann.agrees_with(&bob.into_iter().collect::<Vec<_>>()).await?;
    let times = |window: Window, name: &'static str| async move {
        let times = window.script(&format!("return window.{name}"), Vec::new()).await?;
        serde_json::from_value::<Vec<f64>>(times).context("no times were noted")
    };
    let struck = times(ann.clone(), "struck").await?;
    let shown = std::iter::once(("painted", ann, "here"));
    for (name, window, what) in shown.chain(bob.map(|bob| ("arrived", bob, "in the other window"))) {
        let shown = times(window.clone(), name).await?;
        ensure!(shown.len() == struck.len(), "{} of {} keys were seen {what}", shown.len(), struck.len());
        let mut taken: Vec<f64> = shown.iter().zip(&struck).map(|(shown, struck)| shown - struck).collect();
        taken.sort_by(f64::total_cmp);
        let at = |share: usize| taken[(taken.len() - 1) * share / 100];
        println!("  struck until painted {what}: p50 {:.1} ms, p95 {:.1} ms", at(50), at(95));
    }
    Ok(())
}

/// Pastes a text into new documents.
async fn paste(stage: &Stage, window: &Window, what: &str, text: &str) -> Result<()> {
    let (mut painted, mut longest) = (Vec::new(), Vec::new());
    for number in 0..PASTES {
        window.go(&stage.server.url(&format!("/d/{}-{number}", what.replace(' ', "-")))).await?;
        window.reads("an empty document", |paper| paper.ready && paper.is_synced()).await?;
        window.script_with_callback(PASTE, vec![text.into()]).await?;
        // Writing, storing and sending it go on behind the frame, and are told of as well.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let least = text.len() * 9 / 10;
        window.reads("what was pasted", |paper| paper.text.len() > least && paper.is_synced()).await?;
        let noted = window.script("return [pasted.painted, pasted.longest]", Vec::new()).await?;
        let (shown, busy): (f64, f64) = serde_json::from_value(noted).context("no times were noted")?;
        painted.push(shown);
        longest.push(busy);
    }
    print_all(&format!("{what}, until it was painted"), &mut painted);
    print_all(&format!("{what}, the longest task"), &mut longest);
    Ok(())
}

/// Makes a document of a text.
async fn import(stage: &Stage, window: &Window, text: &str) -> Result<()> {
    let file = stage.new_folder()?.join("Long.md");
    std::fs::write(&file, text)?;
    let before = window.url().await?;
    window.type_into("[data-testid=import]", &file.to_string_lossy()).await?;
    let least = text.len() * 9 / 10;
    window.reads("the imported text", |paper| paper.title == "Long" && paper.text.len() > least).await?;
    ensure!(window.url().await? != before, "the import made no document");
    window.reads("it is saved", |paper| paper.is_synced()).await?;
    Ok(())
}

/// The same text from a file of SQLite: until its characters can be read, without a window.
async fn from_sqlite(file: &Path) -> Result<()> {
    let text = prose(LARGE);
    let id = "editor/large";
    {
        let storage = NativeStorage::builder_at(file).open().await?;
        let sync = SyncKit::builder(Native::new()?).storage(storage).connect().await?;
        let document = sync.text(id);
        document.push(&text)?;
        while sync.status().get()?.saved == Tier::Memory {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let start = Instant::now();
    let storage = NativeStorage::builder_at(file).open().await?;
    let sync = SyncKit::builder(Native::new()?).storage(storage).connect().await?;
    let document = sync.text(id);
    while document.len() < text.chars().count() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!("  from SQLite, from opening the file to the whole text: {} ms", start.elapsed().as_millis());
    Ok(())
}

/// The same text in the desktop program: until it is painted in its window.
async fn on_the_desktop(folder: &Path) -> Result<()> {
    let screen = Screen::start()?;
    store_text(folder, "large", &prose(LARGE).replace("\n\n", "\n")).await?;
    let (mut whole, mut own) = (Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        let (started, asked) = Desktop::first_paint(&screen, folder, "/d/large")?;
        whole.push(started.as_secs_f64() * 1000.0);
        own.push(asked.as_secs_f64() * 1000.0);
    }
    print_all("from SQLite, from starting the desktop program to the painted text", &mut whole);
    print_all("of that, since its file was asked for", &mut own);
    Ok(())
}

/// Words in paragraphs, of about so many characters, with one word that stands out in the middle.
fn prose(characters: usize) -> String {
    const WORDS: [&str; 12] = [
        "water", "light", "harbour", "slowly", "between", "mountain", "a", "of", "the", "and", "quiet",
        "morning",
    ];
    let mut text = String::with_capacity(characters + 100);
    let mut number = 7_usize;
    let mut middle = false;
    while text.len() < characters {
        for _ in 0..60 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(WORDS[(number >> 33) % WORDS.len()]);
            text.push(' ');
        }
        if !middle && text.len() > characters / 2 {
            middle = true;
            text.push_str("MIDDLE");
        }
        text.push_str("\n\n");
    }
    text
}
