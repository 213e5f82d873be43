//! Undo and redo: one's own actions, not those of others.
#![cfg(feature = "browser")]

use anyhow::Result;
use e2e::Stage;

const CONTROL: char = '\u{e009}';
const SHIFT: char = '\u{e008}';

#[tokio::test(flavor = "multi_thread")]
async fn buttons_undo_ones_own_actions_only() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    ann.add("from ann").await?;
    bob.shows_titles(&["from ann"]).await?;
    ann.click_part("from ann", "todo-check").await?;
    bob.shows("the check", |page| page.item("from ann").is_some_and(|item| item.done)).await?;
    bob.add("from bob").await?;
    ann.shows("both items", |page| page.items.len() == 2).await?;

    ann.click_on("undo").await?;
    for window in [&ann, &bob] {
        window
            .shows("no check", |page| {
                page.items.len() == 2 && page.item("from ann").is_some_and(|item| !item.done)
            })
            .await?;
    }
    ann.click_on("undo").await?;
    for window in [&ann, &bob] {
        window.shows_titles(&["from bob"]).await?;
    }
    ann.click_on("redo").await?;
    bob.shows("the item again", |page| page.item("from ann").is_some_and(|item| !item.done)).await?;
    ann.click_on("redo").await?;
    bob.shows("the check again", |page| page.item("from ann").is_some_and(|item| item.done)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_undo_and_redo() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    for title in ["one", "two", "three"] {
        ann.add(title).await?;
    }
    let page = ann.shows("three items", |page| page.items.len() == 3).await?;
    ann.click_part("two", "todo-delete").await?;
    bob.shows("two items", |page| page.items.len() == 2).await?;

    ann.press(&[CONTROL, 'z']).await?;
    // Back in its place, as the same item.
    for window in [&ann, &bob] {
        window.shows("the deleted item", |now| now.items == page.items).await?;
    }
    ann.press(&[CONTROL, SHIFT, 'z']).await?;
    for window in [&ann, &bob] {
        window.shows("two items again", |page| page.items.len() == 2 && page.item("two").is_none()).await?;
    }
    Ok(())
}
