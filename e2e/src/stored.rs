//! What a native program has on its device: read from its file by a client of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use synckit::LoadState;
use synckit::prelude::*;
use synckit_storage_native::{Native, NativeStorage};

const LIMIT: Duration = Duration::from_secs(60);

/// What there is of the editor's documents for whoever wants to read them.
#[derive(Document, Debug, Clone, PartialEq, Default)]
struct Page {
    title: Text,
    body: Text,
}

/// Where the desktop program keeps its documents, when it keeps what it stores in `folder`.
fn file_in(folder: &Path) -> PathBuf {
    folder.join("data/synckit-editor/synckit.sqlite")
}

/// Stores a document of this text and id where a desktop program finds it.
///
/// # Errors
/// When it cannot be stored.
pub async fn store_text(folder: &Path, page: &str, text: &str) -> Result<()> {
    let file = file_in(folder);
    std::fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
    let sync =
        SyncKit::builder(Native::new()?).storage(NativeStorage::open_at(&file).await?).connect().await?;
    let document = sync.document::<Page>(&format!("editor/{page}"));
    document.body().push(text)?;
    while sync.status().get()?.saved == Tier::Memory {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Waits until the desktop program that keeps what it stores in `folder` has exactly this text for the document of an address
/// in its file, whether it runs or not.
///
/// # Errors
/// When it has another one for a long time, or no file.
pub async fn stores_text(folder: &Path, address: &str, text: &str) -> Result<()> {
    let file = file_in(folder);
    ensure!(file.exists(), "there is no {}", file.display());
    let (_, page) = address.rsplit_once("/d/").context("this is no address of a document")?;
    let storage = NativeStorage::open_at(&file).await?;
    let sync = SyncKit::builder(Native::new()?).storage(storage).connect().await?;
    let document = sync.document::<Page>(&format!("editor/{page}"));
    let start = Instant::now();
    loop {
        let load = document.status().get()?.load;
        let found = document.body().get()?;
        if load == LoadState::Ready && found == text {
            return Ok(());
        }
        if start.elapsed() > LIMIT {
            bail!("the program's file has {found:?} ({load:?}) and not {text:?}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
