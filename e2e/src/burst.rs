//! Many changes in a short time, made inside the page: WebDriver types too slowly for that.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::json;

use crate::Window;

/// How far a burst has come.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct Burst {
    /// How many items were added.
    pub added: usize,
    /// How many of them, from the first one on, the page has shown as saved on the server.
    pub saved: usize,
    /// How many of them, from the first one on, the page has shown as saved on the device or on the server.
    pub stored: usize,
}

impl Window {
    /// Starts to add items, titled `<prefix>1`, `<prefix>2` and so on. It goes on by itself; [`Window::burst`] says how far it is.
    ///
    /// # Errors
    /// When the page shows no list.
    pub async fn start_burst(&self, prefix: &str, count: usize, pause_milliseconds: u32) -> Result<()> {
        self.begin_burst(prefix, count, pause_milliseconds, 0).await
    }

    /// The same without pauses, but after each `wave` items it waits until the page has shown them as saved on the device: so
    /// there is always something that has been promised, and something that is being written.
    ///
    /// # Errors
    /// When the page shows no list.
    pub async fn start_waves(&self, prefix: &str, count: usize, wave: usize) -> Result<()> {
        self.begin_burst(prefix, count, 0, wave).await
    }

    async fn begin_burst(&self, prefix: &str, count: usize, pause: u32, wave: usize) -> Result<()> {
        let arguments = vec![json!(prefix), json!(count), json!(pause), json!(wave)];
        self.script(include_str!("burst.js"), arguments).await?;
        Ok(())
    }

    /// How far the burst has come.
    ///
    /// # Errors
    /// When none was started since the page was loaded.
    pub async fn burst(&self) -> Result<Burst> {
        let burst = self.script("return window.burst", Vec::new()).await?;
        serde_json::from_value(burst).context("no burst was started")
    }

    /// Adds no more items, and says how far the burst came.
    ///
    /// # Errors
    /// When none was started since the page was loaded.
    pub async fn stop_burst(&self) -> Result<Burst> {
        self.script("window.burst.stopped = true", Vec::new()).await?;
        self.burst().await
    }
}
