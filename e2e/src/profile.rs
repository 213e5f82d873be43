//! A browser with its own storage.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::{Driver, Window};

/// One browser profile. What is stored in it is shared by its windows and by nobody else.
#[derive(Clone, Debug)]
pub struct Profile {
    client: Client,
    folder: PathBuf,
    /// The window that commands go to. Held for as long as a command to a certain window takes.
    current: Arc<Mutex<Option<WindowHandle>>>,
}

impl Profile {
    /// Starts a browser that keeps what is stored in `folder`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open(driver: &Driver, folder: &Path) -> Result<Self> {
        Self::open_with(driver, folder, &[]).await
    }

    /// The same with more arguments for the browser.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn open_with(driver: &Driver, folder: &Path, more: &[&str]) -> Result<Self> {
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // A window behind another one is as alive as the one in front.
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            "--window-size=1100,900",
        ];
        let profile = format!("--user-data-dir={}", folder.display());
        let mut arguments: Vec<_> =
            arguments.iter().chain(more).map(|argument| (*argument).to_owned()).collect();
        arguments.push(profile);
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("browserName".into(), json!("chrome"));
        capabilities.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
        capabilities.insert("goog:loggingPrefs".into(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver.address())
            .await
            .context("cannot start a browser")?;
        let limit = std::time::Duration::from_secs(60);
        client.update_timeouts(TimeoutConfiguration::new(Some(limit), Some(limit), None)).await?;
        Ok(Self { client, folder: folder.into(), current: Arc::default() })
    }

    /// Opens a window on an address.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn window(&self, url: &str) -> Result<Window> {
        let mut current = self.current.lock().await;
        // The first one is there already.
        let handle = if current.is_none() {
            self.client.window().await?
        } else {
            self.client.new_window(false).await?.handle
        };
        self.client.switch_to_window(handle.clone()).await?;
        *current = Some(handle.clone());
        drop(current);
        let window = Window::new(self.clone(), handle);
        window.go(url).await?;
        Ok(window)
    }

    /// Directs what is done with the client to one window until the guard is dropped.
    pub(crate) async fn switch_to(
        &self,
        window: &WindowHandle,
    ) -> Result<(&Client, MutexGuard<'_, Option<WindowHandle>>)> {
        let mut current = self.current.lock().await;
        if current.as_ref() != Some(window) {
            *current = None;
            self.client.switch_to_window(window.clone()).await.context("the window is gone")?;
            *current = Some(window.clone());
        }
        Ok((&self.client, current))
    }

    /// Ends the browser and returns the folder in which everything stored is kept.
    ///
    /// # Errors
    /// When the browser has ended already.
    pub async fn close(self) -> Result<PathBuf> {
        self.client.close().await.context("cannot close the browser")?;
        Ok(self.folder)
    }
}

/// A command of the browser's developer tools, for the window that is current.
#[derive(Debug)]
pub(crate) struct DeveloperTools {
    pub(crate) command: &'static str,
    pub(crate) parameters: Value,
}

impl WebDriverCompatibleCommand for DeveloperTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _url: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}

/// What pages wrote to the console since it was asked last.
#[derive(Debug)]
pub(crate) struct ConsoleLog;

impl WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _url: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}
