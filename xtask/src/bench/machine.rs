//! What the figures of the browser were measured on and with.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{prerequisites, workspace};

/// A list of processor, browser, compiler and versions, in Markdown. `npm` is the folder that Yjs was installed in.
pub(super) fn describe(npm: &Path) -> Result<String> {
    let mut text = String::new();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(':'));
    let processor = name.map_or("unknown processor", |(_, name)| name.trim());
    // Writing to a string does not fail.
    let _ = writeln!(text, "- {processor}, {cores} cores, {}", std::env::consts::ARCH);
    let browser = prerequisites::installed_browser().map_or("a browser".to_owned(), |file| said_by(&file));
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let _ = writeln!(text, "- {}, {browser}, {}", std::env::consts::OS, said_by(Path::new(&rustc)));
    let manifest = npm.join("node_modules/yjs/package.json");
    let manifest = fs::read(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let manifest: Value = serde_json::from_slice(&manifest).context("the manifest of Yjs is not JSON")?;
    let ours = workspace::locked_versions("synckit")?.join(", ");
    let _ = writeln!(text, "- synckit {ours}, yjs {}", manifest["version"].as_str().unwrap_or("unknown"));
    Ok(text)
}

/// The name and version that a program tells of itself.
fn said_by(program: &Path) -> String {
    let output = Command::new(program).arg("--version").output().ok();
    let said = output.and_then(|output| String::from_utf8(output.stdout).ok());
    said.and_then(|said| Some(said.lines().next()?.trim().to_owned())).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn versions_are_told() {
        let npm = std::env::temp_dir().join(format!("machine-{}", std::process::id()));
        let yjs = npm.join("node_modules/yjs");
        std::fs::create_dir_all(&yjs).unwrap();
        std::fs::write(yjs.join("package.json"), r#"{ "version": "13.0.1" }"#).unwrap();
        let text = describe(&npm).unwrap();
        std::fs::remove_dir_all(&npm).unwrap();
        assert!(text.contains("rustc 1.") && text.ends_with("yjs 13.0.1\n"), "{text}");
        assert!(describe(&npm).is_err());
    }
}
