//! Takes the pictures of the documentation from the running demos, with two people at work in them.
//!
//! Arguments: the folder for the pictures, and `todo` or `editor` for those of one demo.

mod editor;
mod states;
mod todo;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// Ends of names, widths and heights in CSS pixels, whether it is dark.
const LOOKS: [(&str, u32, u32, bool); 4] = [
    ("", 1180, 760, false),
    ("-dark", 1180, 760, true),
    ("-narrow", 390, 800, false),
    ("-narrow-dark", 390, 800, true),
];

#[tokio::main]
async fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("name the folder for the pictures")?.into();
    let only = std::env::args().nth(2);
    let wanted = |demo: &str| only.as_deref().is_none_or(|only| only == demo);
    if wanted("todo") {
        todo::take(&folder).await?;
    }
    if wanted("editor") {
        editor::take(&folder).await?;
    }
    Ok(())
}
