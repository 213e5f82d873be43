//! What the tests of the desktop program begin with.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use e2e::{Desktop, Paper, Screen, Stage, Window};

/// A place in the text of the program's window.
const IN_THE_TEXT: (u32, u32) = (520, 240);

/// Types into the desktop program until the browser shows what is wanted: it takes a moment until the window has loaded
/// its document and takes keys.
pub(crate) async fn begin(
    desktop: &Desktop<'_>,
    window: &Window,
    wanted: impl Fn(&Paper) -> bool,
) -> Result<()> {
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

/// A browser window and the desktop program with one document that both can write, and its address.
pub(crate) async fn side_by_side<'a>(
    stage: &Stage,
    screen: &'a Screen,
    folder: &Path,
) -> Result<(Window, Desktop<'a>, String)> {
    let ann = stage.profile().await?.window(&stage.server.url("/")).await?;
    ann.reads("a document", |paper| paper.ready && paper.is_synced()).await?;
    let address = ann.url().await?;
    let desktop = Desktop::start(screen, folder, &address)?;
    ann.reads("the other person", |paper| paper.people == 1).await?;
    begin(&desktop, &ann, |paper| !paper.text.is_empty()).await?;
    Ok((ann, desktop, address))
}

/// What the text is to begin with, typed on the desktop over whatever was there.
pub(crate) async fn start_over(desktop: &Desktop<'_>, window: &Window, lines: &[&str]) -> Result<()> {
    desktop.press(&["ctrl+a", "BackSpace"])?;
    window.reads_text("").await?;
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            desktop.press(&["Return"])?;
        }
        desktop.write(line)?;
    }
    window.reads_text(&lines.join("\n")).await?;
    Ok(())
}
