//! The editor as a desktop program: built, and started against a server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::{Context as _, Result};

use crate::packages::Selection;
use crate::progress::Progress;
use crate::{prerequisites, process, workspace};

/// The crate that is a desktop program when it is not built for the browser.
const PACKAGE: &str = "demo-editor";

/// How many steps building it shows.
pub(crate) const BUILD_STEPS: usize = 1;

/// Builds the program; returns where it is.
pub(crate) fn build(release: bool, progress: &mut Progress) -> Result<PathBuf> {
    progress.step("build demo-editor for the desktop", || {
        prerequisites::desktop()?;
        let mut build = process::cargo();
        build.arg("build").args(Selection::Native.arguments()).args(["--bin", PACKAGE]);
        if release {
            build.arg("--release");
        }
        process::run(&mut build)?;
        let folder = workspace::target().join(if release { "release" } else { "debug" });
        Ok(folder.join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX)))
    })
}

/// Shows the window until it is closed.
pub(crate) fn run(program: &Path, server: &str) -> Result<()> {
    process::run(Command::new(program).args(["--url", server]))
}

/// A window that is on the screen. Dropping it closes it.
pub(crate) struct Window(Child);

/// Shows the window, and does not wait.
pub(crate) fn start(program: &Path, server: &str) -> Result<Window> {
    let child = Command::new(program).args(["--url", server]).spawn();
    child.map(Window).with_context(|| format!("cannot start {}", program.display()))
}

impl Drop for Window {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            // What it has written is on the disk already; there is nobody left to tell if this fails.
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}
