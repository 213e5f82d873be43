//! The editor: two people in one document, in browser windows and in a desktop window.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use e2e::{Demo, Desktop, Screen, Stage, Window};

use crate::{LOOKS, states};

const DOCUMENT: &str = "# Weekend at the lake

Everybody writes in here, **also without a network**: in the cabin there is none.

## Getting there

The train at 7:12 reaches the lake before ten. Ines has the key, and the boat is *not* locked.

1. Tickets for five, one of them with a bicycle
2. Bread and coffee from the market hall
3. A map that survives rain

## What we cook

> Pancakes, says Noor. Nobody disagrees.

- Flour, eggs, oat milk
- Maple syrup, the large bottle
- Something green, for the conscience

## Still open

Who looks after the cat?
";
const OTHER: &str = "# Minutes of Tuesday\n\nPresent: everybody but Tom, who was at the dentist.\n";
/// Where the desktop window has the switch between light and dark.
const SWITCH: (u32, u32) = (1146, 30);
/// Until what fades in has faded in, and carets have been heard of.
const SETTLED: Duration = Duration::from_millis(1_200);

pub(crate) async fn take(folder: &Path) -> Result<()> {
    let mut stage = Stage::of(Demo::Editor).await?;
    let ann = stage.profile().await?.window(&stage.server.url("/")).await?;
    ann.reads("a document", |paper| paper.ready && paper.is_synced()).await?;
    let empty = ann.url().await?;
    open(&stage, &ann, "Minutes", OTHER).await?;
    open(&stage, &ann, "Lake", DOCUMENT).await?;
    forget_untitled(&ann).await?;
    let address = ann.url().await?;
    anyhow::ensure!(address != empty, "an imported document has an address of its own");
    let bob = stage.profile().await?.window(&address).await?;
    bob.reads("the document", |paper| paper.title == "Weekend at the lake" && paper.kinds.len() > 10).await?;
    talk(&ann, &bob).await?;

    for (suffix, width, height, dark) in LOOKS {
        ann.set_size(width, height).await?;
        ann.set_dark(dark).await?;
        // A fresh page: nothing hovered, no notice, the look chosen before the first paint.
        ann.reload().await?;
        ann.reads("the document", |paper| paper.kinds.len() > 10 && paper.is_synced()).await?;
        if width > 600 {
            ann.click(if dark { "[data-testid=tab-history]" } else { "[data-testid=tab-comments]" }).await?;
        }
        tokio::time::sleep(SETTLED).await;
        // A caret says whose it is while it moves.
        bob.write(" ").await?;
        bob.write("\u{e003}").await?;
        tokio::time::sleep(SETTLED).await;
        let file = folder.join(format!("demo-editor{suffix}.png"));
        ann.screenshot(&file).await?;
        println!("{}", file.display());
    }
    desktop(&stage, &address, &bob, folder).await?;
    states::take(&mut stage, &ann, &bob, &address, &folder.join("states")).await
}

/// Makes a document of Markdown.
async fn open(stage: &Stage, window: &Window, name: &str, text: &str) -> Result<()> {
    let file = stage.new_folder()?.join(format!("{name}.md"));
    std::fs::write(&file, text)?;
    let before = window.url().await?;
    window.type_into("[data-testid=import]", &file.to_string_lossy()).await?;
    while window.url().await? == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    window.reads("the imported document", |paper| !paper.text.is_empty() && paper.is_synced()).await?;
    Ok(())
}

/// The document that was there at first is nobody's.
async fn forget_untitled(window: &Window) -> Result<()> {
    const FORGET: &str = "for (const entry of document.querySelectorAll('[data-testid=documents] li'))
        if (entry.querySelector('.name').textContent === 'Untitled') entry.querySelector('[data-testid=document-forget]').click();";
    window.script(FORGET, Vec::new()).await?;
    window.reads("two documents", |paper| paper.documents.len() == 2).await?;
    Ok(())
}

async fn talk(ann: &Window, bob: &Window) -> Result<()> {
    const ENTER: char = '\u{e007}';
    bob.select("The train at 7:12").await?;
    bob.press(&['\u{e009}', '\u{e00a}', 'm']).await?;
    bob.type_into("[data-testid=comment-words]", &format!("On Saturdays it leaves at 7:20, I think.{ENTER}"))
        .await?;
    ann.reads("the comment", |paper| paper.commented.concat().contains("7:12")).await?;
    ann.click("[data-testid=tab-comments]").await?;
    ann.click("[data-testid=reply]").await?;
    ann.type_into("[data-testid=reply-words]", &format!("You are right. I book that one.{ENTER}")).await?;
    ann.select("Something green").await?;
    ann.press(&['\u{e009}', '\u{e00a}', 'm']).await?;
    ann.type_into("[data-testid=comment-words]", &format!("Peas count.{ENTER}")).await?;
    bob.caret_behind("looks after the cat?").await?;
    bob.write(" My neighbour would.").await?;
    ann.reads("what bob wrote", |paper| paper.text.contains("neighbour")).await?;
    Ok(())
}

/// The same document in the desktop program.
async fn desktop(stage: &Stage, address: &str, bob: &Window, folder: &Path) -> Result<()> {
    let screen = Screen::start()?;
    let desktop = Desktop::start(&screen, &stage.new_folder()?, address)?;
    bob.reads("the desktop program", |paper| paper.people == 2).await?;
    tokio::time::sleep(2 * SETTLED).await;
    bob.write(" ").await?;
    bob.write("\u{e003}").await?;
    tokio::time::sleep(SETTLED).await;
    let picture = |file: &Path| {
        screen.picture(file)?;
        println!("{}", file.display());
        anyhow::Ok(())
    };
    picture(&folder.join("demo-editor-desktop.png"))?;
    // The switch of the looks is at the right of the uppermost row.
    let states = folder.join("states");
    std::fs::create_dir_all(&states)?;
    desktop.click(SWITCH.0, SWITCH.1)?;
    desktop.press(&["ctrl+alt+h"])?;
    tokio::time::sleep(SETTLED).await;
    picture(&states.join("desktop-dark.png"))?;
    desktop.press(&["ctrl+alt+h"])?;
    desktop.resize(420, 760)?;
    tokio::time::sleep(2 * SETTLED).await;
    picture(&states.join("desktop-narrow-dark.png"))
}
