//! The server dies in the middle of a burst of changes, as in a power cut.
#![cfg(feature = "browser")]

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::{Page, Stage, Window};

/// How many items of a burst have to be saved before the server is killed; a different moment in every round.
const ROUNDS: [usize; 3] = [10, 25, 45];

/// What a window showed as saved on the server is there after the crash even if that window never comes back; what was
/// still waiting arrives when it does.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_as_saved_survives_and_the_rest_arrives() -> Result<()> {
    let mut stage = Stage::new().await?;
    let profile = stage.profile().await?;
    let window = profile.window(&stage.server.url("/")).await?;
    let list = window.new_list().await?;
    window.is_synced().await?;
    let mut folder = profile.close().await?;
    let mut all = Vec::new();

    for (round, enough) in (1..).zip(ROUNDS) {
        let prefix = format!("round {round} item ");
        let profile = stage.reopen(&folder).await?;
        let ann = profile.window(&list).await?;
        ann.is_synced().await?;
        ann.start_burst(&prefix, 400, 4).await?;
        wait_until_saved(&ann, enough).await?;
        stage.server.kill();
        ann.shows("the missing server", |page| page.connection == "offline").await?;
        let burst = ann.stop_burst().await?;
        ann.shows("the waiting changes on the device", |page| page.saved == "device" && page.pending > 0)
            .await?;
        // Nobody is left who could send again what the server had promised to keep.
        folder = profile.close().await?;
        all.extend((1..=burst.added).map(|number| format!("{prefix}{number}")));
        let promised = &all[..all.len() - burst.added + burst.saved];
        println!("round {round}: {} added, {} shown as saved when the server died", burst.added, burst.saved);

        stage.server.restart().await?;
        let bob = stage.profile().await?.window(&list).await?;
        bob.shows("everything that was shown as saved", |page| has_all(page, promised)).await?;

        let profile = stage.reopen(&folder).await?;
        let ann = profile.window(&list).await?;
        ann.is_synced().await?;
        for window in [&ann, &bob] {
            let page = window.shows("everything", |page| has_all(page, &all) && page.is_synced()).await?;
            assert_eq!(page.items.len(), all.len(), "each item once");
        }
        folder = profile.close().await?;
    }
    Ok(())
}

fn has_all(page: &Page, titles: &[String]) -> bool {
    let shown: std::collections::HashSet<_> = page.titles().into_iter().collect();
    titles.iter().all(|title| shown.contains(title.as_str()))
}

async fn wait_until_saved(window: &Window, enough: usize) -> Result<()> {
    let start = Instant::now();
    loop {
        let burst = window.burst().await?;
        if burst.saved >= enough {
            return Ok(());
        }
        ensure!(
            start.elapsed() < Duration::from_secs(30),
            "{enough} items are not saved after 30 seconds: {burst:?}"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
