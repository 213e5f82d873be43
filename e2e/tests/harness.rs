//! The harness itself: what it reads and types is what is on a page.
#![cfg(feature = "browser")]

use anyhow::Result;
use e2e::{Driver, Item, Profile};

const PAGE: &str = "data:text/html,<h1 data-testid=list-title>Shopping</h1><input data-testid=new-todo>\
    <ul><li data-testid=todo data-id=a1><input type=checkbox data-testid=todo-check checked>\
    <span data-testid=todo-title> Milk </span><b data-testid=todo-vote-count>3</b>\
    <button data-testid=todo-delete onclick=\"this.parentNode.remove()\">x</button></ul>\
    <i data-testid=connection data-state=offline></i><i data-testid=pending data-count=2></i>\
    <i data-testid=saved data-tier=device></i>";

#[tokio::test(flavor = "multi_thread")]
async fn windows_are_read_and_used_one_by_one() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let driver = Driver::start()?;
    let profile = Profile::open(&driver, folder.path()).await?;
    let first = profile.window(PAGE).await?;
    let second = profile.window(PAGE).await?;

    let page = first.page().await?;
    assert!(page.ready && !page.is_synced() && !page.empty);
    assert_eq!(
        (page.list.as_str(), page.connection.as_str(), page.saved.as_str()),
        ("Shopping", "offline", "device")
    );
    assert_eq!(page.pending, 2);
    assert_eq!(page.items, [Item { id: "a1".into(), title: "Milk".into(), done: true, votes: 3 }]);

    first.type_into("[data-testid=new-todo]", "abc").await?;
    second.click_part("Milk", "todo-delete").await?;
    assert_eq!(second.shows_titles(&[]).await?.items.len(), 0);
    assert_eq!(first.page().await?.titles(), ["Milk"]);
    let typed = first.script("return document.querySelector('input').value", Vec::new()).await?;
    assert_eq!(typed, "abc");
    // Ctrl+A, then a letter: it replaces everything.
    first.press(&['\u{e009}', 'a']).await?;
    first.press(&['z']).await?;
    first
        .wait_for_script(
            "one letter",
            std::time::Duration::from_secs(5),
            "return document.querySelector('input').value === 'z'",
        )
        .await?;

    first.set_offline(true).await?;
    assert_eq!(first.script("return navigator.onLine", Vec::new()).await?, false);
    first.set_dark(true).await?;
    assert_eq!(
        first.script("return matchMedia('(prefers-color-scheme: dark)').matches", Vec::new()).await?,
        true
    );

    let picture = folder.path().join("deep/picture.png");
    first.screenshot(&picture).await?;
    assert!(std::fs::read(&picture)?.starts_with(b"\x89PNG"));
    second.close().await?;
    assert_eq!(profile.close().await?, folder.path());
    Ok(())
}
