//! Two people in one text at the same time: nothing that was typed is missing, and both read the same.
#![cfg(feature = "browser")]

use anyhow::{Result, ensure};
use e2e::{Demo, Stage, Window, has_all_of};

const ENTER: char = '\u{e007}';
const BACKSPACE: char = '\u{e003}';
const CONTROL: char = '\u{e009}';
const SHIFT: char = '\u{e008}';
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';

/// Two windows with a text that both have.
async fn two_with(stage: &Stage, text: &str) -> Result<(Window, Window)> {
    let (ann, bob) = stage.two_papers().await?;
    ann.begin(&text.replace('\n', &ENTER.to_string())).await?;
    bob.reads_text(text).await?;
    Ok((ann, bob))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_type_at_the_ends_of_one_word_at_once() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = two_with(&stage, "before middle after").await?;
    ann.caret_behind("before ").await?;
    bob.caret_behind("middle").await?;
    let (left, right) = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let (one, other) = tokio::join!(ann.write(left), bob.write(right));
    one.and(other)?;
    let text = ann.agrees_with(&[&bob]).await?;
    assert_eq!(text, format!("before {left}middle{right} after"));
    // Both go on where they were.
    let (one, other) = tokio::join!(ann.write("1"), bob.write("2"));
    one.and(other)?;
    let text = ann.agrees_with(&[&bob]).await?;
    assert_eq!(text, format!("before {left}1middle{right}2 after"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_type_at_the_same_place_at_once() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = two_with(&stage, "[]").await?;
    ann.caret_behind("[").await?;
    bob.caret_behind("[").await?;
    let (first, second) = ("one two three four five", "UN DEUX TROIS QUATRE CINQ");
    let (one, other) = tokio::join!(ann.write(first), bob.write(second));
    one.and(other)?;
    let text = ann.agrees_with(&[&bob]).await?;
    assert_eq!(text.len(), 2 + first.len() + second.len(), "{text}");
    ensure!(has_all_of(&text, first) && has_all_of(&text, second), "something is missing in {text:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_composes_a_character_while_the_other_types_above() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = two_with(&stage, "above\nbelow ").await?;
    ann.caret_behind("below ").await?;
    bob.caret_behind("above").await?;
    ann.compose("n").await?;
    bob.write(" the").await?;
    ann.compose("に").await?;
    bob.write(" line").await?;
    ann.compose("にほ").await?;
    ann.compose("にほん").await?;
    bob.write(&format!(" and{ENTER}more")).await?;
    ann.commit("日本").await?;
    ann.write("!").await?;
    let text = ann.agrees_with(&[&bob]).await?;
    assert_eq!(text, "above the line and\nmore\nbelow 日本!");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_deletes_a_paragraph_that_the_other_edits() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = two_with(&stage, "first\nsecond line\nthird").await?;
    bob.caret_behind("second").await?;
    ann.caret_behind("second line").await?;
    ann.press(&[SHIFT, HOME]).await?;
    let gone = format!("{BACKSPACE}{BACKSPACE}");
    let (one, other) = tokio::join!(ann.write(&gone), bob.write("XYZ"));
    one.and(other)?;
    let text = ann.agrees_with(&[&bob]).await?;
    // What one did not know when the other deleted it stays: nobody's typing is thrown away.
    ensure!(text.starts_with("first") && text.ends_with("\nthird"), "{text:?}");
    ensure!(has_all_of(&text, "XYZ") && !text.contains("second"), "{text:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bold_over_a_range_that_the_other_splits() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = two_with(&stage, "one two three").await?;
    ann.select("two three").await?;
    bob.caret_behind("two").await?;
    let split = format!("{ENTER}new ");
    let (one, other) = tokio::join!(ann.press(&[CONTROL, 'b']), bob.write(&split));
    one.and(other)?;
    ann.agrees_with(&[&bob]).await?;
    let paper = ann.reads("two lines", |paper| paper.text == "one two\nnew  three").await?;
    let is_bold = |word: &str| paper.bold.iter().any(|run| run.contains(word));
    ensure!(is_bold("two") && is_bold("three") && !is_bold("one"), "{paper:?}");
    assert_eq!(bob.paper().await?.bold, paper.bold);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_back_ones_own_words_only() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = two_with(&stage, "shared ").await?;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    ann.caret_behind("shared ").await?;
    ann.write("mine").await?;
    bob.reads_text("shared mine").await?;
    bob.caret_behind("mine").await?;
    bob.write(" yours").await?;
    ann.reads_text("shared mine yours").await?;

    ann.press(&[CONTROL, 'z']).await?;
    assert_eq!(ann.agrees_with(&[&bob]).await?, "shared  yours");
    ann.press(&[CONTROL, SHIFT, 'z']).await?;
    assert_eq!(ann.agrees_with(&[&bob]).await?, "shared mine yours");
    // The button does what the keys do.
    ann.click("[data-testid=undo]").await?;
    bob.reads_text("shared  yours").await?;
    bob.press(&[CONTROL, 'z']).await?;
    assert_eq!(bob.agrees_with(&[&ann]).await?, "shared ");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_and_right_to_left_text() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    ann.begin("a👩‍👩‍👧‍👦b🙂").await?;
    bob.reads_text("a👩‍👩‍👧‍👦b🙂").await?;
    bob.caret_behind("b🙂").await?;
    let hebrew = format!("{ENTER}שלום עולם");
    let (one, other) = tokio::join!(ann.write("🇩🇪"), bob.write(&hebrew));
    one.and(other)?;
    let text = ann.agrees_with(&[&bob]).await?;
    ensure!(has_all_of(&text, "🇩🇪") && has_all_of(&text, "שלום עולם"), "{text:?}");
    // A whole picture goes with one key, however many characters it is made of.
    bob.caret_behind("👩‍👩‍👧‍👦").await?;
    bob.write(&BACKSPACE.to_string()).await?;
    ann.reads("the picture is gone", |paper| paper.text.starts_with("ab🙂")).await?;
    bob.write(&END.to_string()).await?;
    ann.agrees_with(&[&bob]).await?;
    Ok(())
}
