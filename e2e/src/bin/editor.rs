//! Measures the editor in browser windows: how soon a keystroke shows, here and elsewhere, how long a large document takes
//! to open, what a tab takes of memory. Prints figures; asserts nothing about time.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::{Demo, Stage, Window};
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
/// How long after the navigation began the text was on the screen, in ms.
const OPENED: &str = "const [least, done] = arguments;
    const look = () => {
        const content = document.querySelector('.synckit-content');
        if (content === null || content.textContent.length < least) return setTimeout(look, 5);
        requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    };
    look();";

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
    keys(&ann, &bob).await?;

    println!("a document of {} KB, its server away:", LARGE / 1000);
    import(&stage, &ann, &prose(LARGE)).await?;
    ann.reads("it is saved", |paper| paper.is_synced()).await?;
    stage.server.kill();
    ann.reload().await?;
    let opened = ann.script_with_callback(OPENED, vec![(LARGE * 9 / 10).into()]).await?;
    println!(
        "  from IndexedDB, from the navigation to the painted text: {:.0} ms",
        opened.as_f64().unwrap_or_default()
    );
    if let Some(bytes) = stage.largest_renderer() {
        println!("  memory of its tab: {} MB", bytes / 1_000_000);
    }
    from_sqlite(&stage.new_folder()?.join("editor.sqlite")).await
}

/// Strikes keys in one window while the other looks on.
async fn keys(ann: &Window, bob: &Window) -> Result<()> {
    ann.script(NOTE_KEYS, Vec::new()).await?;
    bob.script(NOTE_ARRIVALS, Vec::new()).await?;
    ann.caret_behind("MIDDLE").await?;
    for _ in 0..KEYS {
        ann.write("§").await?;
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    ann.agrees_with(&[bob]).await?;
    let times = |window: Window, name: &'static str| async move {
        let times = window.script(&format!("return window.{name}"), Vec::new()).await?;
        serde_json::from_value::<Vec<f64>>(times).context("no times were noted")
    };
    let struck = times(ann.clone(), "struck").await?;
    for (name, window, what) in [("painted", ann, "here"), ("arrived", bob, "in the other window")] {
        let shown = times(window.clone(), name).await?;
        ensure!(shown.len() == struck.len(), "{} of {} keys were seen {what}", shown.len(), struck.len());
        let mut taken: Vec<f64> = shown.iter().zip(&struck).map(|(shown, struck)| shown - struck).collect();
        taken.sort_by(f64::total_cmp);
        let at = |share: usize| taken[(taken.len() - 1) * share / 100];
        println!("  struck until painted {what}: p50 {:.1} ms, p95 {:.1} ms", at(50), at(95));
    }
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
