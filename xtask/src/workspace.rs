//! Where the workspace and its parts are, and what its lock file says.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    // The crate is always built from inside the workspace it serves, so the path of its own manifest leads there.
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// A file or folder of the workspace.
pub(crate) fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => path("target"),
    }
}

/// The versions of a package that `Cargo.lock` names: more than one when several incompatible ones are in use.
pub(crate) fn locked_versions(package: &str) -> Result<Vec<String>> {
    let lock = fs::read_to_string(path("Cargo.lock")).context("cannot read Cargo.lock")?;
    Ok(versions_in(&lock, package))
}

fn versions_in(lock: &str, package: &str) -> Vec<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    let mut versions = Vec::new();
    while lines.by_ref().any(|line| line == name) {
        let version = lines.next().and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
        versions.extend(version.map(String::from));
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::{locked_versions, versions_in};

    #[test]
    fn versions_are_read_from_a_lock_file() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"ab\"\nversion = \"9.0.0\"\n\n\
                    [[package]]\nname = \"a\"\nversion = \"2.0.0\"\n";
        assert_eq!(versions_in(lock, "a"), ["1.2.3", "2.0.0"]);
        assert_eq!(versions_in(lock, "b"), [""; 0]);
    }

    #[test]
    fn wasm_bindgen_and_its_tools_have_one_version() {
        let library = locked_versions("wasm-bindgen").unwrap();
        assert_eq!(library.len(), 1, "several versions of wasm-bindgen are locked: {library:?}");
        assert_eq!(locked_versions("wasm-bindgen-cli-support").unwrap(), library);
        assert_eq!(locked_versions("wasm-bindgen-cli").unwrap(), library);
    }
}
