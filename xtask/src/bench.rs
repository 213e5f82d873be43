//! `cargo xtask bench`: measurements in real programs. They print figures and assert nothing about time.

use anyhow::Result;
use clap::ValueEnum;

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
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match arguments.what {
        What::Latency => with_browser("latency", &[], !arguments.dev),
        What::Write => write(!arguments.dev),
    }
}

/// Takes the pictures of the documentation.
pub(crate) fn take_screenshots() -> Result<()> {
    with_browser("screenshot", &["docs/images"], false)
}

/// Runs a measurement that is a test in the browser.
fn write(optimized: bool) -> Result<()> {
    prerequisites::wasm_target()?;
    prerequisites::browser()?;
    let mut run = process::cargo();
    run.args(["test", "--target", "wasm32-unknown-unknown", "--package", "synckit-leptos"]);
    run.args(["--test", "write_latency"]);
    if optimized {
        run.arg("--release");
    }
    process::run(run.args(["--", "--nocapture"]))
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
