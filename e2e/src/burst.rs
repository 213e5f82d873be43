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
}

impl Window {
    /// Starts to add items, titled `<prefix>1`, `<prefix>2` and so on. It goes on by itself; [`Window::burst`] says how far it is.
    ///
    /// # Errors
    /// When the page shows no list.
    pub async fn start_burst(&self, prefix: &str, count: usize, pause_milliseconds: u32) -> Result<()> {
        let arguments = vec![json!(prefix), json!(count), json!(pause_milliseconds)];
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
