//! Every state that the editor can be in, to be looked at; not for the documentation.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use e2e::{Stage, Window};

use crate::LOOKS;

const SETTLED: Duration = Duration::from_millis(700);
const CONTROL: char = '\u{e009}';
const ALT: char = '\u{e00a}';
const TAB: char = '\u{e004}';

/// Name, the page (empty: the document), and what is done on it.
const STATES: [(&str, &str, &str); 10] = [
    ("empty", "/d/nothing-yet", ""),
    ("outline", "", "document.querySelector('[data-testid=tab-outline]').click()"),
    ("comments", "", "document.querySelector('[data-testid=tab-comments]').click()"),
    (
        "past",
        "",
        "document.querySelector('[data-testid=tab-history]').click();
         setTimeout(() => {
            const slider = document.querySelector('[data-testid=history-slider]');
            slider.value = Math.max(1, slider.max - 1);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
         }, 200)",
    ),
    (
        "search-without-result",
        "",
        "document.querySelector('.menu').click();
         const search = document.querySelector('#search');
         search.value = 'nowhere to be found';
         search.dispatchEvent(new Event('input', { bubbles: true }))",
    ),
    (
        "search-with-result",
        "",
        "document.querySelector('.menu').click();
         const search = document.querySelector('#search');
         search.value = 'maple syrup';
         search.dispatchEvent(new Event('input', { bubbles: true }))",
    ),
    ("documents", "", "document.querySelector('.menu').click()"),
    ("keys", "", "document.getElementById('keys-sheet').togglePopover()"),
    ("export", "", "document.querySelector('[data-testid=export]').click()"),
    (
        "notice",
        "",
        "document.querySelector('.menu').click();
         document.querySelector('[data-testid=document-forget]')?.click()",
    ),
];

pub(crate) async fn take(
    stage: &mut Stage,
    ann: &Window,
    bob: &Window,
    address: &str,
    folder: &Path,
) -> Result<()> {
    let picture = async |state: &str, suffix: &str| {
        tokio::time::sleep(SETTLED).await;
        let file = folder.join(format!("{state}{suffix}.png"));
        ann.screenshot(&file).await?;
        println!("{}", file.display());
        anyhow::Ok(())
    };
    for (suffix, width, height, dark) in LOOKS {
        ann.set_size(width, height).await?;
        ann.set_dark(dark).await?;
        for (state, page, script) in STATES {
            let page = if page.is_empty() { address.to_owned() } else { stage.server.url(page) };
            ann.go(&page).await?;
            ann.reads("the page", |paper| paper.ready && paper.is_synced()).await?;
            ann.script(script, Vec::new()).await?;
            picture(state, suffix).await?;
        }
        ann.go(address).await?;
        ann.reads("the page", |paper| paper.ready && paper.is_synced()).await?;
        ann.select("oat milk").await?;
        ann.press(&[CONTROL, 'k']).await?;
        picture("link", suffix).await?;
        ann.select("Getting there").await?;
        ann.press(&[CONTROL, ALT, 'm']).await?;
        picture("comment", suffix).await?;
        ann.go(address).await?;
        ann.reads("the page", |paper| paper.ready && paper.is_synced()).await?;
        // Where the keyboard is.
        ann.press(&[CONTROL, ALT, 't']).await?;
        for _ in 0..2 {
            ann.press(&['\u{e008}', TAB]).await?;
        }
        picture("focus", suffix).await?;
        // Others select, too.
        bob.select("Flour, eggs, oat milk").await?;
        picture("selected", suffix).await?;
    }
    // What is seen without a server.
    stage.server.kill();
    for (suffix, width, height, dark) in LOOKS {
        ann.set_size(width, height).await?;
        ann.set_dark(dark).await?;
        ann.go(address).await?;
        ann.reads("it is offline", |paper| paper.ready && paper.connection == "offline").await?;
        picture("offline", suffix).await?;
        ann.go(&stage.server.url("/d/from-somebody-else")).await?;
        ann.reads("nothing has arrived", |paper| paper.connection != "connected").await?;
        picture("offline-empty", suffix).await?;
    }
    Ok(())
}
