//! The editor as a desktop program and in a browser: one document, live, also over a kill.
#![cfg(all(feature = "browser", target_os = "linux"))]

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::{Demo, Desktop, Paper, Screen, Stage, Window};

/// A place in the text of the program's window.
const IN_THE_TEXT: (u32, u32) = (520, 240);

/// Types into the desktop program until the browser shows what is wanted: it takes a moment until the window has loaded
/// its document and takes keys.
async fn begin(desktop: &Desktop<'_>, window: &Window, wanted: impl Fn(&Paper) -> bool) -> Result<()> {
    let start = Instant::now();
    while !wanted(&window.paper().await?) {
        ensure!(
            start.elapsed() < Duration::from_secs(60),
            "nothing arrives from the desktop program: {:#?}",
            window.paper().await?
        );
        desktop.click(IN_THE_TEXT.0, IN_THE_TEXT.1)?;
        desktop.write("x")?;
        tokio::time::sleep(Duration::from_millis(1_000)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_window_and_a_browser_window_edit_one_document() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let ann = stage.profile().await?.window(&stage.server.url("/")).await?;
    ann.reads("a document", |paper| paper.ready && paper.is_synced()).await?;
    let address = ann.url().await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let desktop = Desktop::start(&screen, &folder, &address)?;
    ann.reads("the other person", |paper| paper.people == 1).await?;
    begin(&desktop, &ann, |paper| !paper.text.is_empty()).await?;

    // Everything it held until now goes: then both know what is in it.
    desktop.press(&["ctrl+a", "BackSpace"])?;
    ann.reads_text("").await?;
    desktop.write("written on the desktop, ")?;
    ann.reads_text("written on the desktop, ").await?;
    ann.reads("its caret", |paper| paper.carets.len() == 1).await?;

    // Both at once, at two places.
    ann.caret_behind("written").await?;
    let typed = "and here goes a longer sentence from real keys";
    let keys = async { tokio::task::block_in_place(|| desktop.write(typed)) };
    let (one, other) = tokio::join!(ann.write(" (in the browser)"), keys);
    one.and(other)?;
    let expected = format!("written (in the browser) on the desktop, {typed}");
    ann.reads_text(&expected).await?;
    desktop.press(&["Return", "ctrl+b"])?;
    desktop.write("bold")?;
    let expected = format!("{expected}\nbold");
    ann.reads("bold words", |paper| paper.text == expected && paper.bold == ["bold"]).await?;
    desktop.press(&["ctrl+z"])?;
    ann.reads("undone", |paper| paper.text != expected && paper.text.contains("(in the browser)")).await?;
    desktop.press(&["ctrl+shift+z"])?;
    ann.reads_text(&expected).await?;

    // Somebody new gets it from the server alone.
    let other = stage.profile().await?.window(&address).await?;
    other.reads_text(&expected).await?;

    // The file on this device survives the worst end, and the program goes on where it was.
    desktop.kill();
    ann.caret_behind("bold").await?;
    ann.write(" while it was away").await?;
    let desktop = Desktop::start(&screen, &folder, &address)?;
    ann.reads("the other person again", |paper| paper.people >= 2).await?;
    let before = ann.agrees_with(&[&other]).await?;
    begin(&desktop, &ann, |paper| paper.text != before).await?;
    let after = ann.agrees_with(&[&other]).await?;
    let added = after.len() - before.len();
    assert_eq!(after.replace('x', "").len(), before.replace('x', "").len(), "only keys were added: {after}");
    ensure!(added > 0, "{after}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_field_on_the_desktop_is_written_from_both_sides() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let ann = stage.profile().await?.window(&stage.server.url("/")).await?;
    ann.reads("a document", |paper| paper.ready && paper.is_synced()).await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let desktop = Desktop::start(&screen, &folder, &ann.url().await?)?;
    ann.reads("the other person", |paper| paper.people == 1).await?;
    begin(&desktop, &ann, |paper| !paper.text.is_empty()).await?;

    // The title is an input of one line.
    desktop.press(&["ctrl+alt+t"])?;
    desktop.write("Trip")?;
    ann.reads("the title", |paper| paper.title == "Trip").await?;
    ann.type_into("[data-testid=title]", " north").await?;
    ann.reads("both", |paper| paper.title == "Trip north").await?;
    ann.reads("it is saved", Paper::is_synced).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    // The caret stayed where it was, and the end of the field is behind what came from the browser.
    desktop.write("s")?;
    ann.reads("in the middle", |paper| paper.title == "Trips north").await?;
    desktop.press(&["End"])?;
    desktop.write(" (2)")?;
    ann.reads("at the end", |paper| paper.title == "Trips north (2)").await?;
    // One's own words are taken back, not those of others.
    desktop.press(&["ctrl+z"])?;
    ann.reads("undone", |paper| paper.title.contains("north") && !paper.title.contains("(2)")).await?;
    Ok(())
}
