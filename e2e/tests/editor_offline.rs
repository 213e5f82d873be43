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
