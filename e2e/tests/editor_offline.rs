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
    for round in 0..3 {
        let burst: String = (0..40).map(|number| format!("{round}-{number} ")).collect();
        ann.write(&burst).await?;
        // Right behind the last key. What the device has by then is what the page promises; the rest follows at once.
        let kept = ann.reads("the device has it", |paper| paper.saved != "memory").await?;
        ann.reload().await?;
        let after = ann.reads("the text", |paper| paper.ready && !paper.text.is_empty()).await?;
        assert_eq!(after.text, kept.text);
        ann.caret_behind(kept.text.trim_end()).await?;
        ann.write("| ").await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let text = ann.agrees_with(&[&bob]).await?;
    for round in 0..3 {
        for number in 0..40 {
            assert!(text.contains(&format!("{round}-{number} ")), "{round}-{number} is missing in {text}");
        }
    }
    Ok(())
}
