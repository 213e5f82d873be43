//! Runs the contest of CRDT libraries in a page, and writes the figures of every round as JSON. Asserts nothing about time.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use e2e::Stage;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(30 * 60);
const LOOK: Duration = Duration::from_millis(250);

const START: &str = "window.contest(arguments[0]).then(
    (rows) => { window.outcome = { rows }; },
    (error) => { window.outcome = { error: String(error?.stack ?? error) }; });";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [options, file] = arguments.as_slice() else { bail!("usage: contest OPTIONS-AS-JSON FILE") };
    let options: Value = serde_json::from_str(options).context("the options are not JSON")?;

    let stage = Stage::new().await?;
    let profile = stage.profile().await?;
    let window = profile.window(&stage.server.url("/")).await?;
    let begin = Instant::now();
    while window.script("return typeof window.contest", Vec::new()).await? != json!("function") {
        ensure!(begin.elapsed() < LIMIT, "the page does not load");
        tokio::time::sleep(LOOK).await;
    }
    window.script(START, vec![options]).await?;
    let outcome = loop {
        let outcome = window.script("return window.outcome ?? null", Vec::new()).await?;
        if !outcome.is_null() {
            break outcome;
        }
        ensure!(begin.elapsed() < LIMIT, "the contest does not end");
        tokio::time::sleep(LOOK).await;
    };
    if let Some(error) = outcome.get("error").and_then(Value::as_str) {
        bail!("{error}");
    }
    fs::write(file, outcome["rows"].to_string()).with_context(|| format!("cannot write {file}"))
}
