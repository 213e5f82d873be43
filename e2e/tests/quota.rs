//! The browser refuses room by its own quota: the page says so, nothing that was saved is lost, and when there is room
//! again what waited is saved.
#![cfg(feature = "browser")]

use std::time::Duration;

use anyhow::{Context as _, Result};
use e2e::{Stage, Window};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_quota_is_shown_and_nothing_is_lost_from_indexeddb() -> Result<()> {
    a_full_quota_is_shown_and_nothing_is_lost("indexeddb").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_quota_is_shown_and_nothing_is_lost_from_private_files() -> Result<()> {
    a_full_quota_is_shown_and_nothing_is_lost("opfs").await
}

async fn a_full_quota_is_shown_and_nothing_is_lost(store: &str) -> Result<()> {
    let stage = Stage::new().await?;
    // Nobody listens there: what is not on this device is nowhere.
    let query = format!("?storage={store}&server=ws://127.0.0.1:9/v1/sync");
    let profile = stage.profile().await?;
    let window = profile.window(&stage.server.url(&format!("/{query}"))).await?;
    let list = window.new_list().await?;
    window.add("saved before").await?;
    window.shows("it is on the device", |page| page.items.len() == 1 && page.saved == "device").await?;
    let folder = profile.close().await?;

    // Another start of the browser: it remembers for half a minute how much room there was.
    let profile = stage.reopen(&folder).await?;
    let window = profile.window(&stage.server.url("/icon.svg")).await?;
    let origin = stage.server.url("");
    window
        .developer_tools("Storage.overrideQuotaForOrigin", json!({ "origin": origin, "quotaSize": 1 }))
        .await?;
    window.go(&list).await?;
    window.shows_titles(&["saved before"]).await?;
    window.add("no room").await?;
    let error = trouble(&window).await?;
    assert!(error.contains("free some space"), "the cause and its remedy: {error}");
    let page = window.page().await?;
    assert_eq!((page.items.len(), page.saved.as_str()), (2, "memory"), "it is shown, and shown as not saved");

    // What is stored is what was saved, as another page finds it.
    let second = profile.window(&list).await?;
    second.shows("what was saved", |page| page.item("saved before").is_some()).await?;
    second.close().await?;

    window.developer_tools("Storage.overrideQuotaForOrigin", json!({ "origin": origin })).await?;
    window.shows("all is saved in the end", |page| page.items.len() == 2 && page.saved == "device").await?;
    let gone = "return document.querySelector('[role=alert]') === null";
    window.wait_for_script("no error any more", Duration::from_secs(10), gone).await?;
    let folder = profile.close().await?;
    let window = stage.reopen(&folder).await?.window(&list).await?;
    window.shows_titles(&["saved before", "no room"]).await?;
    Ok(())
}

/// What the page says is wrong, once it says something.
async fn trouble(window: &Window) -> Result<String> {
    const ALERT: &str = "return document.querySelector('[role=alert]') !== null";
    window.wait_for_script("an error on the page", Duration::from_secs(60), ALERT).await?;
    let text = "return document.querySelector('[role=alert]')?.textContent ?? ''";
    let text = window.script(text, Vec::new()).await?;
    text.as_str().map(str::to_owned).context("the error has no text")
}
