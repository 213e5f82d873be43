//! What the commands need beyond Rust: got where possible, named with a remedy where not.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::process;

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for the browser, installed by rustup when it is missing.
pub(crate) fn wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    if process::find("rustup").is_none() {
        bail!(
            "Rust's target {WASM} is missing and rustup, which would install it, is not here.\n\
             Remedy: install Rust by rustup, or install your distribution's package for that target \
             (Debian: libstd-rust-dev-wasm32)"
        );
    }
    process::run(Command::new("rustup").args(["target", "add", WASM]))
        .with_context(|| format!("cannot install Rust's target {WASM}; is the network reachable?"))
}

fn has_wasm_target() -> Result<bool> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .output()
        .context("cannot start rustc; is Rust installed?")?;
    let folder = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success() && PathBuf::from(folder.trim()).is_dir())
}

/// The C compiler that SQLite, which is built into the server, is compiled with.
pub(crate) fn c_compiler() -> Result<()> {
    let compiler = std::env::var_os("CC").unwrap_or_else(|| if cfg!(windows) { "cl" } else { "cc" }.into());
    let started = Command::new(&compiler)
        .arg(if cfg!(windows) { "/?" } else { "--version" })
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // On Windows the compiler is found through the registry by the build itself; its absence from the path says nothing.
    if started.is_ok() || cfg!(windows) {
        return Ok(());
    }
    bail!(
        "a C compiler is missing (`{}`): SQLite is compiled into the server.\n\
         Remedy: Debian and Ubuntu: apt-get install build-essential; Fedora: dnf install gcc; \
         macOS: xcode-select --install",
        compiler.display()
    )
}
