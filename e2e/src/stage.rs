//! Everything one test needs.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::children::{Part, kill_part};
use crate::{Demo, Driver, Profile, Server, Window};

/// A server with an empty database, and a driver for browsers. Dropping it ends and removes everything.
#[derive(Debug)]
pub struct Stage {
    /// The server; public so that a test can stop it.
    pub server: Server,
    driver: Driver,
    // Last: what uses the folder has to end before the folder goes.
    folder: TempDir,
}

impl Stage {
    /// Starts a driver, and the server with the todo demo.
    ///
    /// # Errors
    /// When one of them does not start; the message says what is missing.
    pub async fn new() -> Result<Self> {
        Self::of(Demo::Todo).await
    }

    /// The same with another demo.
    ///
    /// # Errors
    /// As [`Stage::new`].
    pub async fn of(demo: Demo) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot create a folder for the test")?;
        let server = Server::start(folder.path(), demo).await?;
        Ok(Self { server, driver: Driver::start()?, folder })
    }

    /// Opens a browser with a profile in which nothing is stored yet.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn profile(&self) -> Result<Profile> {
        Profile::open(&self.driver, &self.new_folder()?).await
    }

    /// Opens a browser that draws as soon as there is something to draw, not when a screen would ask for the next picture.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn unpaced_profile(&self) -> Result<Profile> {
        const UNPACED: [&str; 2] = ["--disable-frame-rate-limit", "--disable-gpu-vsync"];
        Profile::open_with(&self.driver, &self.new_folder()?, &UNPACED).await
    }

    /// Opens a browser with the profile that an earlier one left behind.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn reopen(&self, folder: &Path) -> Result<Profile> {
        Profile::open(&self.driver, folder).await
    }

    /// The memory, in bytes, of the largest page of all browsers; `None` where it cannot be had.
    #[must_use]
    pub fn largest_renderer(&self) -> Option<u64> {
        crate::children::largest_renderer(self.driver.process())
    }

    /// Kills a part of every browser of this stage (`kill -9`): nothing in it gets to run any more.
    ///
    /// # Errors
    /// When there is none.
    pub fn kill(&self, part: Part) -> Result<()> {
        ensure!(kill_part(self.driver.process(), part) > 0, "there is no {part:?} to kill");
        Ok(())
    }

    /// A folder that goes with the stage.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new_folder(&self) -> Result<PathBuf> {
        let folder = tempfile::tempdir_in(self.folder.path()).context("cannot create a folder")?;
        Ok(folder.keep())
    }

    /// Opens the same new document in two windows of two profiles.
    ///
    /// # Errors
    /// When a browser does not start or the demo does not get ready.
    pub async fn two_papers(&self) -> Result<(Window, Window)> {
        let first = self.profile().await?.window(&self.server.url("/")).await?;
        first.reads("a document", |paper| paper.ready && paper.is_synced()).await?;
        let second = self.profile().await?.window(&first.url().await?).await?;
        second.reads("the document", |paper| paper.ready && paper.is_synced()).await?;
        Ok((first, second))
    }

    /// Opens the same new list in two windows of two profiles.
    ///
    /// # Errors
    /// When a browser does not start or the demo does not get ready.
    pub async fn two_windows(&self) -> Result<(Window, Window)> {
        let first = self.profile().await?.window(&self.server.url("/")).await?;
        let list = first.new_list().await?;
        let second = self.profile().await?.window(&list).await?;
        first.is_synced().await?;
        second.is_synced().await?;
        Ok((first, second))
    }
}
