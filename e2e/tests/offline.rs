//! Without the server: work goes on, a reload loses nothing, and coming back brings everybody together.
#![cfg(feature = "browser")]

use std::time::{Duration, Instant};

use anyhow::Result;
use e2e::Stage;

/// Attempts to connect are at most 750 ms apart in the first minute without a server. The rest is for a slow machine, in an
/// unoptimized build, with other tests beside it: alone it is in sync within a second.
const SOON: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn work_goes_on_without_the_server_and_survives_a_reload() -> Result<()> {
    let mut stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    ann.add("before").await?;
    bob.shows_titles(&["before"]).await?;
    ann.is_synced().await?;

    stage.server.kill();
    ann.shows("the missing server", |page| page.connection == "offline").await?;
    for title in ["offline one", "offline two"] {
        ann.add(title).await?;
    }
    ann.click_part("before", "todo-check").await?;
    ann.shows("three waiting changes", |page| page.pending >= 3 && page.saved == "device").await?;
    let before = ann.page().await?;

    ann.reload().await?;
    let after = ann.shows("the same after a reload", |page| page.items == before.items).await?;
    assert_eq!(after.list, before.list);
    ann.shows("the same changes waiting", |page| page.pending == before.pending).await?;
    bob.add("from bob").await?;

    stage.server.restart().await?;
    let reachable = Instant::now();
    for window in [&ann, &bob] {
        window
            .shows("everything from both", |page| {
                page.is_synced() && page.items.len() == 4 && page.item("before").is_some_and(|item| item.done)
            })
            .await?;
    }
    let time = reachable.elapsed();
    println!("in sync {} ms after the server was reachable", time.as_millis());
    assert!(time < SOON, "in sync only after {time:?}");
    assert_eq!(ann.page().await?.titles(), bob.page().await?.titles(), "the same order everywhere");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browsers_offline_mode_is_noticed() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    ann.set_offline(true).await?;
    ann.shows("being offline", |page| page.connection == "offline").await?;
    ann.add("in a tunnel").await?;
    ann.shows("a waiting change", |page| page.pending == 1).await?;
    assert_eq!(bob.page().await?.titles(), [""; 0], "nothing can have arrived");

    ann.set_offline(false).await?;
    bob.shows_titles(&["in a tunnel"]).await?;
    ann.is_synced().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_offline_outlives_the_browser() -> Result<()> {
    let mut stage = Stage::new().await?;
    let profile = stage.profile().await?;
    let ann = profile.window(&stage.server.url("/")).await?;
    let list = ann.new_list().await?;
    ann.is_synced().await?;
    stage.server.kill();
    ann.add("written offline").await?;
    ann.shows("it is on the device", |page| page.saved == "device" && page.pending > 0).await?;
    let folder = profile.close().await?;

    let profile = stage.reopen(&folder).await?;
    let ann = profile.window(&list).await?;
    ann.shows("it is still waiting", |page| page.item("written offline").is_some() && page.pending > 0)
        .await?;
    stage.server.restart().await?;
    ann.is_synced().await?;
    let bob = stage.profile().await?.window(&list).await?;
    bob.shows_titles(&["written offline"]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_server_is_only_a_pause() -> Result<()> {
    let mut stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    stage.server.stop()?;
    ann.add("while it restarts").await?;
    stage.server.restart().await?;
    bob.shows_titles(&["while it restarts"]).await?;
    ann.is_synced().await?;
    Ok(())
}
