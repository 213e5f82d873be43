//! `cargo xtask bench`: measurements in real programs. They print figures and assert nothing about time.

use anyhow::Result;
use clap::ValueEnum;

use crate::progress::Progress;
use crate::{demo, packages, prerequisites, process};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to measure.
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// How fast changes travel from window to window, and from offline to online.
    Latency,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match arguments.what {
        What::Latency => with_browser("latency", &[]),
    }
}

/// Runs a program of the crate `e2e` against the optimized demo and server.
pub(crate) fn with_browser(program: &str, arguments: &[&str]) -> Result<()> {
    let mut progress = Progress::new(demo::BUILD_STEPS + 1);
    prerequisites::browser()?;
    let build = demo::build_todo(true, &mut progress)?;
    progress.step(program, || {
        let mut run = process::cargo();
        run.args([
            "run",
            "--quiet",
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
