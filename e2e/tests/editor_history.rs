//! What a document was, who wrote what, and the way back: the panel of the history, in two windows.
#![cfg(feature = "browser")]

use anyhow::Result;
use e2e::{Demo, Stage, Window};
use serde_json::{Value, json};

/// What one replica writes within two seconds is one step of the history.
const STEP: std::time::Duration = std::time::Duration::from_millis(2_500);

/// The version that is shown: nothing while it is the document as it is, otherwise each stretch with its writer, and the writers.
async fn past(window: &Window) -> Result<Option<(String, Vec<String>)>> {
    const PAST: &str = "const past = document.querySelector('[data-testid=past]');
        if (past === null) return null;
        const text = [...past.querySelectorAll('.past-block')].map((block) => block.textContent).join('\\n');
        return [text, [...past.querySelectorAll('.writers li')].map((writer) => writer.textContent)];";
    let past = window.script(PAST, Vec::new()).await?;
    Ok(serde_json::from_value(past)?)
}

async fn shows_past(window: &Window, text: &str) -> Result<Vec<String>> {
    let start = std::time::Instant::now();
    loop {
        let past = past(window).await?;
        match past {
            Some((shown, writers)) if shown == text => return Ok(writers),
            other => anyhow::ensure!(start.elapsed().as_secs() < 60, "not {text:?} but {other:?}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// How many versions the slider goes over.
async fn versions(window: &Window) -> Result<u64> {
    const COUNT: &str =
        "return Number(document.querySelector('[data-testid=history]')?.dataset.versions ?? 0)";
    Ok(window.script(COUNT, Vec::new()).await?.as_u64().unwrap_or_default())
}

/// Slides back from now until a version with this text shows; returns its writers. Between the versions with other words there are
/// some that only say who is here.
async fn slide_back_to(window: &Window, text: &str) -> Result<Vec<String>> {
    let (start, mut seen) = (std::time::Instant::now(), Vec::new());
    loop {
        for place in (0..versions(window).await?.saturating_sub(1)).rev() {
            slide(window, place).await?;
            // It is drawn in a moment, or it is another one.
            for _ in 0..60 {
                match past(window).await? {
                    Some((shown, writers)) if shown == text => return Ok(writers),
                    other => seen.push((place, other)),
                }
                tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            }
        }
        seen.dedup();
        anyhow::ensure!(start.elapsed().as_secs() < 60, "no version is {text:?}: {seen:?}");
    }
}

async fn slide(window: &Window, place: u64) -> Result<()> {
    const SLIDE: &str = "const slider = document.querySelector('[data-testid=history-slider]');
        slider.value = arguments[0];
        slider.dispatchEvent(new Event('input', { bubbles: true }));";
    window.script(SLIDE, vec![json!(place)]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_tell_who_wrote_what_and_can_be_restored() -> Result<()> {
    let stage = Stage::of(Demo::Editor).await?;
    let (ann, bob) = stage.two_papers().await?;
    tokio::time::sleep(STEP).await;
    ann.begin("One wrote this.").await?;
    bob.reads_text("One wrote this.").await?;
    tokio::time::sleep(STEP).await;
    bob.caret_behind("this.").await?;
    bob.write(" The other added that.").await?;
    let whole = "One wrote this. The other added that.";
    ann.reads_text(whole).await?;
    ann.agrees_with(&[&bob]).await?;

    // The beginning, what one wrote, what the other added.
    ann.click("[data-testid=tab-history]").await?;
    let writers = slide_back_to(&ann, "One wrote this.").await?;
    assert_eq!(writers.len(), 1, "{writers:?}");
    slide(&ann, 0).await?;
    shows_past(&ann, "").await?;

    // A name for the version as it is, which everybody sees.
    slide(&ann, versions(&ann).await? - 1).await?;
    ann.reads_text(whole).await?;
    ann.type_into("[data-testid=checkpoint-name]", "Both\u{e007}").await?;
    bob.click("[data-testid=tab-history]").await?;
    bob.wait_for_script(
        "the named version",
        std::time::Duration::from_secs(60),
        "return document.querySelector('[data-testid=checkpoint] strong')?.textContent === 'Both'",
    )
    .await?;

    // While one looks at what was, the other goes on; nobody loses anything.
    slide_back_to(&ann, "One wrote this.").await?;
    bob.caret_behind("that.").await?;
    bob.write(" And more.").await?;
    bob.reads_text(&format!("{whole} And more.")).await?;
    shows_past(&ann, "One wrote this.").await?;

    // Restoring is a change as any other: the other window gets it, and it can be taken back.
    ann.click("[data-testid=restore]").await?;
    ann.reads_text("One wrote this.").await?;
    bob.reads_text("One wrote this.").await?;
    ann.agrees_with(&[&bob]).await?;
    ann.click("[data-testid=toast] button").await?;
    bob.reads_text(&format!("{whole} And more.")).await?;
    ann.agrees_with(&[&bob]).await?;

    // The version with a name is what it was, in both colours.
    bob.click("[data-testid=checkpoint]").await?;
    let writers = shows_past(&bob, whole).await?;
    assert_eq!(writers.len(), 2, "{writers:?}");
    const COLORS: &str = "return [...document.querySelectorAll('[data-testid=past] .written')]
        .map((stretch) => [stretch.textContent, stretch.title])";
    let stretches = bob.script(COLORS, Vec::new()).await?;
    let Value::Array(stretches) = stretches else { anyhow::bail!("{stretches}") };
    assert_eq!(stretches.len(), 2, "{stretches:?}");
    assert_eq!(stretches[0][0], "One wrote this.");
    assert_ne!(stretches[0][1], stretches[1][1], "each by its writer: {stretches:?}");
    bob.click("[data-testid=back-to-now]").await?;
    bob.reads_text(&format!("{whole} And more.")).await?;
    Ok(())
}
