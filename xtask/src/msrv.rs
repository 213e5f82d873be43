//! `cargo xtask msrv`: that the crates for others compile with the oldest Rust they promise.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::prerequisites::WASM;
use crate::{packages, process, workspace};

/// Gets that toolchain and checks with it, for this machine and for the browser.
pub(crate) fn run() -> Result<()> {
    let version = oldest()?;
    if process::find("rustup").is_none() {
        bail!("rustup is missing: it gets Rust {version}.\nRemedy: https://rustup.rs");
    }
    let toolchain = ["toolchain", "install", &version, "--profile", "minimal", "--target", WASM];
    process::run(Command::new("rustup").args(toolchain))
        .with_context(|| format!("cannot install Rust {version}; is the network reachable?"))?;
    let check = |crates: &[&str], target: &[&str]| {
        let mut check = Command::new("rustup");
        check.current_dir(workspace::root()).args(["run", &version, "cargo", "check", "--locked"]);
        // Beside what the other compiler has built.
        check.arg("--target-dir").arg(workspace::target().join("msrv")).args(target);
        process::run(check.args(crates.iter().flat_map(|package| ["--package", package])))
    };
    check(&packages::PUBLISHED, &[])?;
    check(&packages::PUBLISHED_FOR_BROWSERS, &["--target", WASM])?;
    println!("Rust {version} compiles everything that is published");
    Ok(())
}

/// The `rust-version` of the workspace.
fn oldest() -> Result<String> {
    let manifest = fs::read_to_string(workspace::path("Cargo.toml")).context("cannot read Cargo.toml")?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \""));
    Ok(line.and_then(|rest| rest.strip_suffix('"')).context("Cargo.toml names no rust-version")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::oldest;

    #[test]
    fn the_oldest_version_is_named() {
        assert!(oldest().unwrap().starts_with("1."));
    }
}
