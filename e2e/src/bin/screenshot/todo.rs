//! The to-do lists, with two people at work in one.

use std::path::Path;

use anyhow::Result;
use e2e::{Stage, Window};

use crate::LOOKS;

const ITEMS: [&str; 7] = [
    "Book the cabin by the lake",
    "Ask Ines whether the tent has all its pegs",
    "Coffee, the good one",
    "Rain jackets, and a map that survives rain",
    "Charge the head torches",
    "Pancake mix and maple syrup",
    "Tell the neighbours about the cat",
];

pub(crate) async fn take(folder: &Path) -> Result<()> {
    let stage = Stage::new().await?;
    let ann = stage.profile().await?.window(&stage.server.url("/")).await?;
    // A list that was there before, for the side of the page.
    name(&ann, "Books to pass around").await?;
    let list = ann.new_list().await?;
    let bob = stage.profile().await?.window(&list).await?;
    fill(&ann, &bob).await?;

    for (suffix, width, height, dark) in LOOKS {
        ann.set_size(width, height).await?;
        ann.set_dark(dark).await?;
        // A fresh page: nothing hovered, no notice, the look chosen before the first paint.
        ann.reload().await?;
        ann.shows("the list", |page| page.items.len() == ITEMS.len() && page.is_synced()).await?;
        // Until what fades in has faded in, and the other person has been heard of.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let file = folder.join(format!("demo-todo{suffix}.png"));
        ann.screenshot(&file).await?;
        println!("{}", file.display());
    }
    Ok(())
}

async fn name(window: &Window, title: &str) -> Result<()> {
    window.is_synced().await?;
    window.type_into("[data-testid=list-title]", &format!("{title}\u{e007}")).await?;
    window.is_synced().await?;
    Ok(())
}

async fn fill(ann: &Window, bob: &Window) -> Result<()> {
    name(ann, "Weekend at the lake").await?;
    for item in ITEMS {
        ann.add(item).await?;
    }
    bob.shows("every item", |page| page.items.len() == ITEMS.len()).await?;
    for item in [ITEMS[0], ITEMS[4]] {
        bob.click_part(item, "todo-check").await?;
    }
    for (item, votes) in [(ITEMS[2], 4), (ITEMS[5], 7), (ITEMS[1], 1)] {
        for vote in 0..votes {
            let window = if vote % 2 == 0 { ann } else { bob };
            window.click_part(item, "todo-vote").await?;
        }
    }
    for window in [ann, bob] {
        window
            .shows("what both did", |page| {
                page.list == "Weekend at the lake"
                    && page.items.iter().filter(|item| item.done).count() == 2
                    && page.items.iter().map(|item| item.votes).sum::<i64>() == 12
            })
            .await?;
    }
    Ok(())
}
