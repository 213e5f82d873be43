//! Which crates are built together for what.
//!
//! Cargo unifies the features of what is selected in one call. Always selecting the same crates means that every command
//! finds what another one has built.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::workspace;

/// Turns on the tests that need a browser, a driver and a server.
pub(crate) const E2E_FEATURE: &str = "e2e/browser";

/// Turns on the tests of the client that the Dioxus adapter opens by target.
pub(crate) const CLIENT_FEATURE: &str = "synckit-dioxus/client";

/// Crates as an application builds them that asks for nothing else: beside others they get what those ask for.
pub(crate) const ALONE: [[&str; 5]; 3] = [
    ["--package", "synckit-leptos", "--no-default-features", "--features", "hydrate"],
    ["--package", "synckit-leptos", "--no-default-features", "--features", "hydrate,text"],
    ["--package", "synckit-dioxus", "--no-default-features", "--features", "text"],
];

/// Crates that exist for the browser alone.
const BROWSER_ONLY: [&str; 3] = ["synckit-storage-web", "demo-todo", BASELINE];
/// The demo without SyncKit, for `cargo xtask size`. It has no tests and lives inside the demo's folder.
pub(crate) const BASELINE: &str = "demo-todo-baseline";
/// The benchmarks: what they measure SyncKit beside takes minutes to build, and nobody's program has any of it.
const APART: &str = "bench";
/// The part of the benchmarks that runs in a browser.
pub(crate) const CONTEST: &str = "bench-browser";
/// Crates that have to work in the browser, too.
const BROWSER_TOO: [&str; 5] =
    ["synckit", "synckit-editing", "synckit-leptos", "synckit-dioxus", "demo-editor"];

/// The crates for others, on this machine.
pub(crate) const PUBLISHED: [&str; 7] = [
    "synckit",
    "synckit-macros",
    "synckit-editing",
    "synckit-leptos",
    "synckit-dioxus",
    "synckit-storage-native",
    "synckit-server",
];
/// The crates for others, in the browser.
pub(crate) const PUBLISHED_FOR_BROWSERS: [&str; 5] =
    ["synckit", "synckit-editing", "synckit-leptos", "synckit-dioxus", "synckit-storage-web"];

/// A set of crates that are always selected together.
#[derive(Clone, Copy)]
pub(crate) enum Selection {
    /// What runs on this machine.
    Native,
    /// What runs in the browser.
    Browser,
}

impl Selection {
    /// The arguments that select the crates for a cargo command.
    pub(crate) fn arguments(self) -> Vec<&'static str> {
        match self {
            Selection::Native => {
                let excluded = BROWSER_ONLY
                    .into_iter()
                    .chain([APART, CONTEST])
                    .flat_map(|package| ["--exclude", package]);
                std::iter::once("--workspace").chain(excluded).collect()
            }
            Selection::Browser => BROWSER_TOO
                .into_iter()
                .chain(BROWSER_ONLY)
                .flat_map(|package| ["--package", package])
                .collect(),
        }
    }
}

/// The arguments that select the crates whose tests run in the browser. Tests of the others are for this machine and may
/// use crates that know no browser.
pub(crate) fn with_browser_tests() -> Result<Vec<&'static str>> {
    let mut arguments = Vec::new();
    let packages = BROWSER_TOO.into_iter().chain(BROWSER_ONLY);
    for package in packages.filter(|package| *package != BASELINE) {
        let manifest = workspace::path(package).join("Cargo.toml");
        let manifest =
            fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
        if manifest.contains("wasm-bindgen-test") {
            arguments.extend(["--package", package]);
        }
    }
    ensure!(!arguments.is_empty(), "no crate has tests for the browser");
    Ok(arguments)
}

/// The end-to-end tests, by the names cargo knows them by.
pub(crate) fn end_to_end_tests() -> Result<Vec<String>> {
    let folder = workspace::path("e2e/tests");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(name) = path.file_stem()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    ensure!(!names.is_empty(), "there are no end-to-end tests in {}", folder.display());
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::{end_to_end_tests, with_browser_tests};

    #[test]
    fn tests_are_found() {
        assert!(with_browser_tests().unwrap().contains(&"synckit-storage-web"));
        assert!(end_to_end_tests().unwrap().contains(&"offline".to_owned()));
    }
}
