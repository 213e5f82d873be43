//! The editor without the server: both write on, and all of it comes together.
#![cfg(feature = "browser")]

use std::time::Duration;

use anyhow::Result;
use e2e::{Demo, Stage};

const ENTER: char = '\u{e007}';

#[tokio::test(flavor = "multi_thread")]
async fn both_write_offline_and_come_together() -> Result<()> {
    let mut stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    ann.begin(&format!("first{ENTER}second{ENTER}third")).await?;
    bob.reads_text("first\nsecond\nthird").await?;
    ann.agrees_with(&[&bob]).await?;

    stage.server.kill();
    for window in [&ann, &bob] {
        window.reads("the missing server", |paper| paper.connection == "offline").await?;
    }
    ann.caret_behind("first").await?;
    ann.write(" by ann").await?;
    bob.caret_behind("third").await?;
    bob.write(&format!(" by bob{ENTER}fourth")).await?;
    ann.reads("waiting changes", |paper| paper.pending > 0 && paper.saved == "device").await?;
    ann.reload().await?;
    ann.reads_text("first by ann\nsecond\nthird").await?;

    stage.server.restart().await?;
    let text = ann.agrees_with(&[&bob]).await?;
    assert_eq!(text, "first by ann\nsecond\nthird by bob\nfourth");
    let other = stage.profile().await?.window(&ann.url().await?).await?;
    assert_eq!(other.reads_text(&text).await?.text, text, "what the server has");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_in_the_middle_of_a_burst_loses_nothing_that_was_kept() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    ann.begin("start ").await?;
    bob.reads_text("start ").await?;
    // Types by itself until the page goes away, as fast as a page lets it.
    const BURST: &str = "let number = 0;
        const step = () => { document.execCommand('insertText', false, `${number++} `); setTimeout(step, 4); };
        step();";
    let mut whole = "start ".to_owned();
    for _ in 0..3 {
        ann.caret_behind(&whole).await?;
        ann.script(BURST, Vec::new()).await?;
        tokio::time::sleep(Duration::from_millis(400)).await;
        bob.reads("the burst", |paper| {
            paper.text.strip_prefix(&whole).is_some_and(|burst| burst.split_whitespace().count() > 6)
        })
        .await?;
        // What the other one has by now has been on this device before.
        let arrived = bob.paper().await?.text;
        ann.reload().await?;
        let after = ann.reads("the text", |paper| paper.ready && !paper.text.is_empty()).await?.text;
        assert!(after.starts_with(&whole), "{whole:?} is missing in {after:?}");
        assert!(after.starts_with(&arrived), "{arrived:?} is missing in {after:?}");
        let burst = &after[whole.len()..];
        let count = burst.split_whitespace().count();
        let expected: String = (0..count).map(|number| format!("{number} ")).collect();
        assert!(expected.starts_with(burst), "something in the middle of {burst:?} is missing");
        assert!(count > 5, "the burst was none: {after:?}");
        whole = after;
    }
    assert_eq!(ann.agrees_with(&[&bob]).await?, whole);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_nobody_wrote_in_waits_for_nothing() -> Result<()> {
    let mut stage = Stage::of(Demo::Editor).await?;
    let ann = stage.profile().await?.window(&stage.server.url("/")).await?;
    let first = ann.reads("a document", |paper| paper.ready && paper.connection == "connected").await?;
    assert_eq!(first.pending, 0);
    stage.server.kill();
    ann.reads("the missing server", |paper| paper.connection == "offline").await?;
    let before = ann.url().await?;
    ann.press(&['\u{e009}', '\u{e00a}', 'n']).await?;
    ann.reads("another document", |paper| paper.ready && paper.documents.len() == 2).await?;
    assert_ne!(ann.url().await?, before);
    // Keys that write nothing change nothing of that.
    ann.click(".synckit-content").await?;
    ann.strike("\u{e012}\u{e010}").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(ann.paper().await?.pending, 0, "nothing was written");
    ann.reload().await?;
    ann.reads("the document again", |paper| paper.ready && paper.pending == 0).await?;

    // The first letter is in the history already, with who wrote it, and what goes before it is an empty page.
    ann.begin("I").await?;
    ann.reads("waiting changes", |paper| paper.pending > 0 && paper.saved == "device").await?;
    stage.server.restart().await?;
    ann.reads("everything sent", e2e::Paper::is_synced).await?;
    ann.click("[data-testid=tab-history]").await?;
    const FIRST: &str = "const slider = document.querySelector('[data-testid=history-slider]');
        if (slider === null) return false;
        if (Number(slider.value) !== 0) {
            slider.value = 0;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            return false;
        }
        const past = document.querySelector('[data-testid=past]');
        return past !== null && [...past.querySelectorAll('.past-block')].every((block) => block.textContent === '');";
    ann.wait_for_script("the empty page", Duration::from_secs(20), FIRST).await?;
    Ok(())
}
