//! One list in two windows of two people: what one does is what the other sees.
#![cfg(feature = "browser")]

use anyhow::Result;
use e2e::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn items_are_added_edited_checked_and_deleted() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    bob.shows("the empty state", |page| page.empty).await?;

    ann.add("milk").await?;
    bob.shows_titles(&["milk"]).await?;
    bob.add("bread").await?;
    ann.shows("both items", |page| page.items.len() == 2).await?;

    ann.rename("milk", "oat milk").await?;
    bob.shows("the new title", |page| page.item("oat milk").is_some()).await?;

    bob.click_part("oat milk", "todo-check").await?;
    ann.shows("the check", |page| page.item("oat milk").is_some_and(|item| item.done)).await?;
    ann.click_part("oat milk", "todo-check").await?;
    bob.shows("no check", |page| page.item("oat milk").is_some_and(|item| !item.done)).await?;

    ann.click_part("bread", "todo-delete").await?;
    bob.shows_titles(&["oat milk"]).await?;
    ann.shows_titles(&["oat milk"]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_written_title_survives_changes_by_others() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    ann.add("milk").await?;
    bob.shows_titles(&["milk"]).await?;

    ann.type_into("[data-testid=new-todo]", "half a ti").await?;
    bob.add("bread").await?;
    bob.click_part("milk", "todo-check").await?;
    ann.shows("both changes", |page| page.items.len() == 2 && page.items.iter().any(|item| item.done))
        .await?;
    ann.type_into("[data-testid=new-todo]", "tle\u{e007}").await?;
    bob.shows("the whole title", |page| page.item("half a title").is_some()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_dragged_and_moved_by_keyboard() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    for title in ["one", "two", "three", "four"] {
        ann.add(title).await?;
        ann.shows("the item", |page| page.item(title).is_some()).await?;
    }
    // Whether new items come first or last is the demo's choice; the test speaks of places.
    let page = ann.page().await?;
    let [first, second, third, fourth] = page.titles()[..] else { anyhow::bail!("four items, not {page:?}") };
    bob.shows_titles(&[first, second, third, fourth]).await?;

    ann.drag(first, third).await?;
    ann.shows_titles(&[second, third, first, fourth]).await?;
    bob.shows_titles(&[second, third, first, fourth]).await?;
    bob.drag(fourth, second).await?;
    ann.shows_titles(&[fourth, second, third, first]).await?;

    ann.move_up_by_keyboard(third).await?;
    bob.shows_titles(&[fourth, third, second, first]).await?;
    ann.shows_titles(&[fourth, third, second, first]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_of_both_windows_add_up() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    ann.add("pizza").await?;
    bob.shows_titles(&["pizza"]).await?;
    for _ in 0..5 {
        ann.click_part("pizza", "todo-vote").await?;
        bob.click_part("pizza", "todo-vote").await?;
    }
    for window in [&ann, &bob] {
        window.shows("ten votes", |page| page.item("pizza").is_some_and(|item| item.votes == 10)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_each_windows_own_and_clearing_is_for_all() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    for title in ["one", "two", "three"] {
        ann.add(title).await?;
    }
    ann.click_part("two", "todo-check").await?;
    bob.shows("the check", |page| page.item("two").is_some_and(|item| item.done)).await?;

    ann.click_on("filter-active").await?;
    ann.shows("what is open", |page| page.items.len() == 2 && page.item("two").is_none()).await?;
    assert_eq!(bob.page().await?.items.len(), 3, "the other window's filter has not changed");
    ann.click_on("filter-done").await?;
    ann.shows_titles(&["two"]).await?;
    ann.click_on("filter-all").await?;
    ann.shows("everything", |page| page.items.len() == 3).await?;

    ann.click_on("clear-done").await?;
    for window in [&ann, &bob] {
        window.shows("what is left", |page| page.items.len() == 2 && page.item("two").is_none()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_has_an_address_of_its_own() -> Result<()> {
    let stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    ann.add("in the first list").await?;
    bob.shows_titles(&["in the first list"]).await?;
    let first = ann.url().await?;

    let second = ann.new_list().await?;
    ann.shows_titles(&[]).await?;
    ann.add("in the second list").await?;
    assert_eq!(bob.page().await?.titles(), ["in the first list"]);
    bob.go(&second).await?;
    bob.shows_titles(&["in the second list"]).await?;
    bob.go(&first).await?;
    bob.shows_titles(&["in the first list"]).await?;
    Ok(())
}
