//! Two tabs of one profile: both are live, with and without the server.
#![cfg(feature = "browser")]

use anyhow::Result;
use e2e::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn tabs_of_one_profile_follow_each_other_also_offline() -> Result<()> {
    let mut stage = Stage::new().await?;
    let profile = stage.profile().await?;
    let left = profile.window(&stage.server.url("/")).await?;
    let list = left.new_list().await?;
    let right = profile.window(&list).await?;
    left.add("online").await?;
    right.shows_titles(&["online"]).await?;
    right.is_synced().await?;

    stage.server.kill();
    left.shows("the missing server", |page| page.connection == "offline").await?;
    left.add("from the left").await?;
    right.shows("the left one's item", |page| page.item("from the left").is_some()).await?;
    right.add("from the right").await?;
    left.shows("the right one's item", |page| page.item("from the right").is_some()).await?;
    right.click_part("online", "todo-check").await?;
    left.shows("the check", |page| page.item("online").is_some_and(|item| item.done)).await?;

    let before = left.shows("the waiting changes on the device", |page| page.saved == "device").await?;
    right.reload().await?;
    right.shows("the same after a reload", |page| page.items == before.items).await?;

    stage.server.restart().await?;
    for window in [&left, &right] {
        window.shows("both in sync", |page| page.is_synced() && page.items == before.items).await?;
    }
    let other = stage.profile().await?.window(&list).await?;
    other.shows("everything, each item once", |page| page.items == before.items).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_one_tab_leaves_the_other_connected() -> Result<()> {
    let stage = Stage::new().await?;
    let profile = stage.profile().await?;
    let left = profile.window(&stage.server.url("/")).await?;
    let list = left.new_list().await?;
    let right = profile.window(&list).await?;
    right.is_synced().await?;
    // Whichever of them holds the connection: the other one has to do without.
    left.close().await?;
    right.add("still here").await?;
    right.is_synced().await?;

    let left = profile.window(&list).await?;
    left.shows_titles(&["still here"]).await?;
    right.close().await?;
    left.add("here as well").await?;
    left.is_synced().await?;
    let other = stage.profile().await?.window(&list).await?;
    other.shows("both items", |page| page.items.len() == 2).await?;
    Ok(())
}
