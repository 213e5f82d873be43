//! What is typed in the desktop program: characters that no keyboard has, composed ones, and keys when it is killed.
#![cfg(all(feature = "browser", target_os = "linux"))]

mod desktop;

use anyhow::{Result, ensure};
use e2e::{Demo, Desktop, Paper, Screen, Stage, stores_text};

use desktop::{begin, side_by_side, start_over};

#[tokio::test(flavor = "multi_thread")]
async fn pictures_and_text_from_right_to_left_are_typed_on_the_desktop() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let (ann, desktop, address) = side_by_side(&stage, &screen, &folder).await?;
    start_over(&desktop, &ann, &["a"]).await?;
    desktop.write_rare("🙂👍")?;
    ann.reads_text("a🙂👍").await?;
    desktop.press(&["Return"])?;
    desktop.write_rare("שלום עולם")?;
    ann.reads_text("a🙂👍\nשלום עולם").await?;
    // A picture is one character for the keys, and what lies to the left of the caret is what comes next.
    desktop.press(&["ctrl+Home", "End", "Left", "BackSpace"])?;
    ann.reads_text("a👍\nשלום עולם").await?;
    // At the same place in the browser.
    ann.caret_behind("שלום").await?;
    ann.write("!").await?;
    desktop.press(&["ctrl+End"])?;
    desktop.write("?")?;
    let expected = "a👍\nשלום! עולם?";
    ann.reads_text(expected).await?;
    stores_text(&folder, &address, expected).await
}

#[tokio::test(flavor = "multi_thread")]
async fn characters_are_composed_on_the_desktop_while_somebody_types_above() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let (ann, desktop, address) = side_by_side(&stage, &screen, &folder).await?;
    start_over(&desktop, &ann, &["above", "below "]).await?;
    // A character by its number: what is composed is underlined until it is ended.
    desktop.press(&["ctrl+shift+u"])?;
    desktop.write("65e5")?;
    ann.caret_behind("above").await?;
    ann.write(" the").await?;
    ann.reads("what is said above alone", |paper| paper.is_synced() && paper.text == "above the\nbelow ")
        .await?;
    desktop.press(&["Return"])?;
    ann.reads_text("above the\nbelow 日").await?;
    // One after the other, with more of the line above in between.
    desktop.press(&["ctrl+shift+u"])?;
    desktop.write("672c")?;
    ann.write(" line").await?;
    desktop.press(&["Return"])?;
    ann.reads_text("above the line\nbelow 日本").await?;
    // Given up: nothing of it stays.
    desktop.press(&["ctrl+shift+u"])?;
    desktop.write("1f")?;
    desktop.press(&["Escape"])?;
    // Two keys for one character.
    desktop.press(&["dead_acute", "e"])?;
    desktop.write("!")?;
    let expected = "above the line\nbelow 日本é!";
    ann.reads_text(expected).await?;
    stores_text(&folder, &address, expected).await?;
    // All of it is taken back as it was written: by characters, not by keys.
    desktop.press(&["BackSpace", "BackSpace", "BackSpace"])?;
    ann.reads_text("above the line\nbelow 日").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desktop_program_is_killed_in_a_burst_of_typing_and_goes_on() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (screen, folder) = (Screen::start()?, stage.new_folder()?);
    let (ann, desktop, address) = side_by_side(&stage, &screen, &folder).await?;
    start_over(&desktop, &ann, &["Words: "]).await?;
    // Each word is another one, so that something missing or doubled in the middle would be seen.
    let typed: String = (100..160).map(|number| format!("word{number} ")).collect();
    let mut typing = desktop.begin_to_write(&typed)?;
    ann.reads("a part of the words", |paper| paper.text.contains("word110")).await?;
    ensure!(typing.goes_on(), "all keys were pressed before the program could be killed");
    desktop.kill();
    let arrived = ann.paper().await?.text;
    // The keys that nobody hears any more.
    while typing.goes_on() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    ann.reads("nobody else", |paper| paper.people == 0).await?;

    let desktop = Desktop::start(&screen, &folder, &address)?;
    ann.reads("the other person again", |paper| paper.people == 1).await?;
    let before = ann.reads("it is saved", Paper::is_synced).await?.text;
    begin(&desktop, &ann, |paper| paper.text != before).await?;
    let text = ann.reads("it is saved", Paper::is_synced).await?.text;
    let kept = text.replace('x', "");
    ensure!(kept.starts_with(&arrived), "what had arrived is gone: {arrived:?}, then {text:?}");
    let words = kept.strip_prefix("Words: ").unwrap_or_default();
    ensure!(typed.starts_with(words) && words.len() < typed.len(), "not what was typed: {text:?}");
    ensure!(text.len() > kept.len(), "the program takes no keys: {text:?}");
    stores_text(&folder, &address, &text).await?;
    let other = stage.profile().await?.window(&address).await?;
    other.reads_text(&text).await?;
    Ok(())
}
