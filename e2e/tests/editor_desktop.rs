//! The editor as a desktop program and in a browser: one document, live, also over a kill.
#![cfg(all(feature = "browser", target_os = "linux"))]

mod desktop;

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Demo, Desktop, Paper, Screen, Stage, Window, has_all_of, stores_text};

use desktop::{begin, side_by_side, start_over};

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_window_and_a_browser_window_edit_one_document() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let (ann, desktop, address) = side_by_side(&stage, &screen, &folder).await?;

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
    // The program has the same on its device.
    stores_text(&folder, &address, &expected).await?;

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
    stores_text(&folder, &address, &after).await
}

/// Both at the same time: keys on the desktop, and what is written in the browser.
async fn at_once(keys: impl FnOnce() -> Result<()>, window: &Window, written: &str) -> Result<()> {
    let (one, other) = tokio::join!(window.write(written), async { tokio::task::block_in_place(keys) });
    one.and(other)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_browser_windows_go_through_the_desktop_goes_through_too() -> Result<()> {
    let mut stage = Stage::of(Demo::Editor).await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let (ann, desktop, address) = side_by_side(&stage, &screen, &folder).await?;

    // At both ends of one word.
    start_over(&desktop, &ann, &["before middle after"]).await?;
    desktop.press(&["ctrl+Left", "Left"])?;
    ann.caret_behind("before ").await?;
    at_once(|| desktop.write("ABCDEFGHIJKLM"), &ann, "abcdefghijklm").await?;
    ann.reads_text("before abcdefghijklmmiddleABCDEFGHIJKLM after").await?;

    // One composes characters while the other types above.
    start_over(&desktop, &ann, &["above", "below "]).await?;
    desktop.press(&["ctrl+Home", "End"])?;
    ann.caret_behind("below ").await?;
    ann.compose("n").await?;
    desktop.write(" the")?;
    ann.compose("に").await?;
    desktop.write(" line")?;
    ann.compose("にほん").await?;
    ann.commit("日本").await?;
    ann.reads_text("above the line\nbelow 日本").await?;

    // One deletes a paragraph that the other edits.
    start_over(&desktop, &ann, &["first", "second line", "third"]).await?;
    desktop.press(&["ctrl+Home", "Down", "End", "shift+Home"])?;
    ann.caret_behind("second").await?;
    at_once(|| desktop.press(&["BackSpace", "BackSpace"]), &ann, "XYZ").await?;
    let paper =
        ann.reads("the paragraph gone", |paper| !paper.text.contains("second") && paper.is_synced()).await?;
    ensure!(paper.text.starts_with("first") && paper.text.ends_with("\nthird"), "{paper:?}");
    ensure!(has_all_of(&paper.text, "XYZ"), "{paper:?}");

    // Bold over a range that the other splits.
    start_over(&desktop, &ann, &["one two three"]).await?;
    desktop.press(&["ctrl+shift+Left", "ctrl+shift+Left"])?;
    ann.caret_behind("two").await?;
    at_once(|| desktop.press(&["ctrl+b"]), &ann, "\u{e007}new ").await?;
    let is_bold = |paper: &Paper, word: &str| paper.bold.iter().any(|run| run.contains(word));
    let paper = ann
        .reads("two lines", |paper| paper.text == "one two\nnew  three" && is_bold(paper, "three"))
        .await?;
    stores_text(&folder, &address, &paper.text).await?;
    ensure!(is_bold(&paper, "two") && !is_bold(&paper, "one"), "{paper:?}");

    // Pictures of several characters, and text from right to left.
    start_over(&desktop, &ann, &["a"]).await?;
    desktop.press(&["ctrl+b", "ctrl+b"])?;
    ann.caret_behind("a").await?;
    let hebrew = "👩‍👩‍👧‍👦 שלום עולם";
    ann.write(hebrew).await?;
    ann.reads("it is saved", Paper::is_synced).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    desktop.press(&["ctrl+Home"])?;
    desktop.write("[")?;
    desktop.press(&["ctrl+End"])?;
    desktop.write("]")?;
    ann.reads_text(&format!("[a{hebrew}]")).await?;
    stores_text(&folder, &address, &format!("[a{hebrew}]")).await?;

    // Offline on both sides.
    start_over(&desktop, &ann, &["left right"]).await?;
    ann.reads("it is saved", Paper::is_synced).await?;
    stage.server.kill();
    ann.reads("the missing server", |paper| paper.connection == "offline").await?;
    ann.caret_behind("left").await?;
    ann.write(" (ann)").await?;
    desktop.write(" (desktop)")?;
    ann.reads("what waits", |paper| paper.pending > 0 && paper.saved == "device").await?;
    stage.server.restart().await?;
    let expected = "left (ann) right (desktop)";
    ann.reads_text(expected).await?;
    let other = stage.profile().await?.window(&address).await?;
    assert_eq!(other.reads_text(expected).await?.bold, ann.paper().await?.bold);
    stores_text(&folder, &address, expected).await?;
    // What its window shows is what it copies: everything again, behind everything.
    desktop.press(&["ctrl+a", "ctrl+c", "ctrl+End", "ctrl+v"])?;
    ann.reads_text(&format!("{expected}{expected}")).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_field_on_the_desktop_is_written_from_both_sides() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let (ann, desktop, _) = side_by_side(&stage, &screen, &folder).await?;

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
