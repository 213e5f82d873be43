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

/// A part of the Rust toolchain that is a program of its own: `rustfmt`, `clippy`.
pub(crate) fn component(name: &str) -> Result<()> {
    let subcommand = if name == "rustfmt" { "fmt" } else { name };
    let present =
        process::cargo().args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if present.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    if process::find("rustup").is_none() {
        bail!(
            "{name} is missing.\nRemedy: install Rust by rustup, or your distribution's package for {name}"
        );
    }
    process::run(Command::new("rustup").args(["component", "add", name]))
        .with_context(|| format!("cannot install {name}; is the network reachable?"))
}

/// A browser and its WebDriver, from Debian's packages where that is possible.
pub(crate) fn browser() -> Result<()> {
    if has_browser() {
        return Ok(());
    }
    const REMEDY: &str = "Remedy: Debian: apt-get install chromium chromium-driver; Fedora: dnf install chromium \
        chromedriver; macOS: brew install --cask chromium chromedriver; else: a Chrome and the chromedriver of the same \
        version on the search path";
    if !can_install_packages() {
        bail!("Chromium and chromedriver, in which the tests run, are missing.\n{REMEDY}");
    }
    install_packages(&["chromium", "chromium-driver"])
        .with_context(|| format!("cannot install Chromium and chromedriver.\n{REMEDY}"))?;
    if !has_browser() {
        bail!("Chromium and chromedriver are still missing.\n{REMEDY}");
    }
    Ok(())
}

/// What a desktop window is built with on Linux: WebKit, GTK, what reads the keyboard, and the TLS library that Dioxus' tools of
/// development link. Other systems bring theirs.
pub(crate) fn desktop() -> Result<()> {
    const PACKAGES: [(&str, &str); 4] = [
        ("webkit2gtk-4.1", "libwebkit2gtk-4.1-dev"),
        ("gtk+-3.0", "libgtk-3-dev"),
        ("libxdo", "libxdo-dev"),
        ("openssl", "libssl-dev"),
    ];
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if process::find("pkg-config").is_none() {
        get_packages("pkg-config, which finds the libraries of a desktop window,", &["pkg-config"], || {
            process::find("pkg-config").is_some()
        })?;
    }
    let missing: Vec<_> = PACKAGES
        .into_iter()
        .filter(|(library, _)| !has_library(library))
        .map(|(_, package)| package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    get_packages("what a desktop window is built with", &missing, || {
        PACKAGES.into_iter().all(|(library, _)| has_library(library))
    })
}

/// A screen without a monitor, and hands that type on it: what the tests of the desktop program need on Linux.
pub(crate) fn virtual_screen() -> Result<()> {
    const PROGRAMS: [(&str, &str); 2] = [("Xvfb", "xvfb"), ("xdotool", "xdotool")];
    let missing: Vec<_> = PROGRAMS
        .into_iter()
        .filter(|(program, _)| process::find(program).is_none())
        .map(|(_, package)| package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    get_packages("what the desktop program is tested with", &missing, || {
        PROGRAMS.into_iter().all(|(program, _)| process::find(program).is_some())
    })
}

/// What takes the picture of a whole screen.
pub(crate) fn picture_of_screen() -> Result<()> {
    let is_there = || process::find("import").is_some();
    if is_there() {
        return Ok(());
    }
    get_packages("ImageMagick, which takes the picture of the desktop program,", &["imagemagick"], is_there)
}

/// Installs packages of Debian where that is possible; where not, names them.
fn get_packages(purpose: &str, packages: &[&str], is_there: impl Fn() -> bool) -> Result<()> {
    let remedy = format!(
        "Remedy: Debian and Ubuntu: apt-get install {}; elsewhere: your distribution's packages of the same libraries",
        packages.join(" ")
    );
    if !can_install_packages() {
        bail!("{purpose} is missing ({}).\n{remedy}", packages.join(", "));
    }
    install_packages(packages).with_context(|| format!("cannot install {purpose}.\n{remedy}"))?;
    if !is_there() {
        bail!("{purpose} is still missing.\n{remedy}");
    }
    Ok(())
}

/// Whether the linker finds a library.
fn has_library(name: &str) -> bool {
    let known =
        Command::new("pkg-config").args(["--exists", name]).status().is_ok_and(|status| status.success());
    // Debian's package of this one came without a description until lately.
    known || (name == "libxdo" && PathBuf::from("/usr/include/xdo.h").is_file())
}

/// Whether this program may install packages of the distribution: on Debian and its kin, as root.
pub(crate) fn can_install_packages() -> bool {
    process::find("apt-get").is_some() && is_root()
}

/// Installs packages of the distribution.
pub(crate) fn install_packages(names: &[&str]) -> Result<()> {
    println!("installing Debian's packages {}", names.join(", "));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    process::run(apt().arg("update"))?;
    process::run(apt().args(["install", "--yes", "--no-install-recommends"]).args(names))
}

fn has_browser() -> bool {
    process::find("chromedriver").is_some() && installed_browser().is_some()
}

/// The program of the browser that tests run in.
pub(crate) fn installed_browser() -> Option<PathBuf> {
    const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    BROWSERS.iter().find_map(|name| process::find(name))
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
