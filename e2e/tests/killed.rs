//! The browser's processes are killed in a burst of writes, the page's own or all of them, and the same profile is opened
//! again: what a page showed as saved on the device is there, whichever store it has.
#![cfg(all(feature = "browser", target_os = "linux"))]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::{Page, Part, Stage, Window};

/// What is killed, after how many items of a burst are shown as saved, and milliseconds later.
const ROUNDS: [(Part, usize, u64); 6] = [
    (Part::Renderer, 4, 0),
    (Part::Browser, 9, 3),
    (Part::Renderer, 15, 11),
    (Part::Browser, 2, 7),
    (Part::Renderer, 22, 5),
    (Part::Browser, 30, 0),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_indexeddb_was_shown_to_have_survives() -> Result<()> {
    what_was_shown_as_saved_survives("indexeddb").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_private_files_were_shown_to_have_survives() -> Result<()> {
    what_was_shown_as_saved_survives("opfs").await
}

async fn what_was_shown_as_saved_survives(store: &str) -> Result<()> {
    let stage = Stage::new().await?;
    let folder = stage.new_folder()?;
    // Nobody listens there: what is not on this device is nowhere.
    let query = format!("?storage={store}&server=ws://127.0.0.1:9/v1/sync");
    let profile = stage.reopen(&folder).await?;
    let list = profile.window(&stage.server.url(&format!("/{query}"))).await?.new_list().await?;
    ensure!(list.ends_with(&query), "the query is kept: {list}");
    profile.close().await?;

    let mut before = Vec::new();
    for (round, (part, enough, later)) in (1..).zip(ROUNDS) {
        let prefix = format!("round {round} item ");
        let profile = stage.reopen(&folder).await?;
        let window = profile.window(&list).await?;
        window.shows("what was there before", |page| page.ready && has_all(page, &before)).await?;
        window.start_waves(&prefix, 5_000, 5).await?;
        let promised = until_stored(&window, enough).await?;
        tokio::time::sleep(Duration::from_millis(later)).await;
        stage.kill(part)?;
        // A browser that was killed cannot be closed any more.
        let _ = profile.close().await;

        let now = titles(&stage, &folder, &list, &before).await?;
        let written: Vec<_> = now.iter().filter(|title| title.starts_with(&prefix)).collect();
        println!("{store}, {part:?}: {promised} items shown as saved, {} there", written.len());
        assert!(written.len() >= promised, "{promised} were shown as saved, there are {written:?}");
        for number in 1..=written.len() {
            let title = format!("{prefix}{number}");
            assert!(written.contains(&&title), "{title} is missing before others: {written:?}");
        }
        assert_eq!(now.len(), before.len() + written.len(), "each item once: {now:?}");
        before = now;
    }
    Ok(())
}

/// What is on the device now, of which these items are known.
async fn titles(stage: &Stage, folder: &Path, list: &str, known: &[String]) -> Result<Vec<String>> {
    let profile = stage.reopen(folder).await?;
    let window = profile.window(list).await?;
    let on_device = |page: &Page| page.ready && page.saved == "device" && has_all(page, known);
    window.shows("a list from the device", on_device).await?;
    // A document is shown as a whole; had it not been read yet, it would be empty now and not in a moment.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let page = window.page().await?;
    profile.close().await.context("after a look at what is there")?;
    Ok(page.items.into_iter().map(|item| item.title).collect())
}

fn has_all(page: &Page, titles: &[String]) -> bool {
    let shown: std::collections::HashSet<_> = page.titles().into_iter().collect();
    titles.iter().all(|title| shown.contains(title.as_str()))
}

/// How many items are shown as saved on the device, once they are at least this many.
async fn until_stored(window: &Window, enough: usize) -> Result<usize> {
    let start = Instant::now();
    loop {
        let burst = window.burst().await?;
        if burst.stored >= enough {
            return Ok(burst.stored);
        }
        ensure!(start.elapsed() < Duration::from_secs(60), "{enough} items are not stored: {burst:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
