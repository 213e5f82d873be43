//! One browser window: input, what it shows, and waiting for it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};

use crate::Profile;
use crate::profile::{ConsoleLog, DeveloperTools};

/// A window of a profile. Several windows of several profiles can be used side by side.
#[derive(Clone, Debug)]
pub struct Window {
    profile: Profile,
    handle: WindowHandle,
}

impl Window {
    pub(crate) fn new(profile: Profile, handle: WindowHandle) -> Self {
        Self { profile, handle }
    }

    /// Loads an address.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn go(&self, url: &str) -> Result<()> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        client.goto(url).await.with_context(|| format!("cannot load {url}"))
    }

    /// Reloads the page.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn reload(&self) -> Result<()> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        client.refresh().await.context("cannot reload the page")
    }

    /// The address the window shows.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn url(&self) -> Result<String> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        Ok(client.current_url().await?.into())
    }

    /// Closes the window, not the browser.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn close(self) -> Result<()> {
        let (client, mut current) = self.profile.switch_to(&self.handle).await?;
        client.close_window().await?;
        *current = None;
        Ok(())
    }

    /// Runs a script as the body of a function and returns what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        client.execute(body, arguments).await.context("a script failed in the page")
    }

    /// The same for a script that calls its last argument when it is done.
    ///
    /// # Errors
    /// When it throws or takes longer than a minute.
    pub async fn script_with_callback(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        client.execute_async(body, arguments).await.context("a script failed in the page")
    }

    /// Clicks the element that a CSS selector finds, as a pointer does: it has to be visible and not covered.
    ///
    /// # Errors
    /// When it is not there or cannot be clicked.
    pub async fn click(&self, selector: &str) -> Result<()> {
        self.with(selector, async |element| element.click().await).await
    }

    /// Types into an element, after what is there.
    ///
    /// # Errors
    /// When it is not there or takes no text.
    pub async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        self.with(selector, async |element| element.send_keys(text).await).await
    }

    /// Does something with an element; tries again for a moment when the page replaced the element meanwhile.
    async fn with<F>(&self, selector: &str, action: F) -> Result<()>
    where
        F: AsyncFn(Element) -> std::result::Result<(), fantoccini::error::CmdError>,
    {
        let start = Instant::now();
        loop {
            let (client, guard) = self.profile.switch_to(&self.handle).await?;
            let result = match client.find(Locator::Css(selector)).await {
                Ok(element) => action(element).await,
                Err(error) => Err(error),
            };
            drop(guard);
            match result {
                Ok(()) => return Ok(()),
                Err(error) if start.elapsed() > Duration::from_secs(5) => {
                    return Err(error).with_context(|| format!("cannot use `{selector}`"));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Presses keys together, in this order, and releases them: `["\u{e009}", "z"]` is Ctrl+Z. They go to what has the focus.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn press(&self, keys: &[char]) -> Result<()> {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        let actions =
            down.chain(up).fold(KeyActions::new("keyboard".into()), |actions, action| actions.then(action));
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        client.perform_actions(actions).await.context("cannot press keys")
    }

    /// Presses keys one after the other. They go to what has the focus.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn strike(&self, keys: &str) -> Result<()> {
        let actions = keys.chars().fold(KeyActions::new("keyboard".into()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.perform(actions).await
    }

    /// Performs pointer or keyboard actions.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn perform(&self, actions: impl Into<fantoccini::actions::Actions>) -> Result<()> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        client.perform_actions(actions).await.context("cannot perform the actions")
    }

    /// Turns the browser's own offline mode of this window on or off.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn set_offline(&self, offline: bool) -> Result<()> {
        self.developer_tools("Network.enable", json!({})).await?;
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.developer_tools("Network.emulateNetworkConditions", conditions).await?;
        Ok(())
    }

    /// Asks the page for the light or dark look, as the system's setting does.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn set_dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.developer_tools("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Gives the page a size in CSS pixels and the screen two pixels for each of them.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn set_size(&self, width: u32, height: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 600 });
        self.developer_tools("Emulation.setDeviceMetricsOverride", size).await?;
        Ok(())
    }

    /// Gives a command to the browser's developer tools, for this window.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn developer_tools(&self, command: &'static str, parameters: Value) -> Result<Value> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        let command = DeveloperTools { command, parameters };
        client.issue_cmd(command).await.context("the browser refuses a command of its developer tools")
    }

    /// Writes what the window shows to a PNG file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        let picture = client.screenshot().await?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        std::fs::write(file, picture).with_context(|| format!("cannot write {}", file.display()))
    }

    /// What pages of this browser wrote to the console since this was asked last, one line each.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn console(&self) -> Result<Vec<String>> {
        let (client, _guard) = self.profile.switch_to(&self.handle).await?;
        let entries = client.issue_cmd(ConsoleLog).await?;
        let lines = entries.as_array().into_iter().flatten();
        Ok(lines.map(|entry| format!("{}: {}", entry["level"], entry["message"])).collect())
    }

    /// Waits until a script returns something true, at most for `limit`.
    ///
    /// # Errors
    /// When it does not; with what the console says.
    pub async fn wait_for_script(&self, what: &str, limit: Duration, body: &str) -> Result<()> {
        let start = Instant::now();
        loop {
            let value = self.script(body, Vec::new()).await?;
            if value == Value::Bool(true) {
                return Ok(());
            }
            if start.elapsed() > limit {
                let console = self.console().await.unwrap_or_default().join("\n");
                bail!("{what}: not within {limit:?}; the script said {value}; console:\n{console}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
