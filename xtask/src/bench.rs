//! `cargo xtask bench`: measurements in real programs. They print figures and assert nothing about time.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::prerequisites::WASM;
use crate::progress::Progress;
use crate::{demo, packages, prerequisites, process};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to measure.
    what: What,

    /// Measure a quick build instead of an optimized one, to try the measurement itself.
    #[arg(long)]
    dev: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// How fast changes travel from window to window, and from offline to online.
    Latency,
    /// How long a write takes until a signal of the same page shows it.
    Write,
    /// How long the browser's stores take to keep, load and compact.
    Storage,
    /// What an idle connection costs the server in memory.
    Memory,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match arguments.what {
        What::Latency => with_browser("latency", &[], !arguments.dev),
        What::Write => in_browser("synckit-leptos", "write_latency", &[], !arguments.dev),
        What::Storage => in_browser("synckit-storage-web", "browser", &["latency"], !arguments.dev),
        What::Memory => memory(!arguments.dev),
    }
}

/// Takes the pictures of the documentation.
pub(crate) fn take_screenshots() -> Result<()> {
    with_browser("screenshot", &["docs/images"], false)
}

/// Runs a measurement that is a test for the browser: it prints its figures.
fn in_browser(package: &str, test: &str, filter: &[&str], release: bool) -> Result<()> {
    prerequisites::wasm_target()?;
    prerequisites::browser()?;
    let mut run = process::cargo();
    run.args(["test", "--target", WASM, "--package", package, "--test", test]);
    process::run(optimize(&mut run, release).arg("--").args(filter).arg("--nocapture"))
}

fn memory(release: bool) -> Result<()> {
    prerequisites::c_compiler()?;
    let mut run = process::cargo();
    run.args(["run", "--package", "synckit-server", "--example", "idle_connections"]);
    process::run(optimize(&mut run, release))
}

fn optimize(command: &mut Command, release: bool) -> &mut Command {
    if release {
        command.arg("--release");
    }
    command
}

/// Runs a program of the crate `e2e` against demo and server.
fn with_browser(program: &str, arguments: &[&str], release: bool) -> Result<()> {
    let mut progress = Progress::new(demo::BUILD_STEPS + 1);
    prerequisites::browser()?;
    let build = demo::build_todo(release, &mut progress)?;
    progress.step(program, || {
        let mut run = process::cargo();
        run.arg("run").args([
            "--package",
            "e2e",
            "--features",
            packages::E2E_FEATURE,
            "--bin",
            program,
            "--",
        ]);
        run.args(arguments).env("SYNCKIT_SERVER", &build.server).env("SYNCKIT_SITE", &build.site);
        process::run(&mut run)
    })
}
