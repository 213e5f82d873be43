//! `cargo xtask bench`: measurements. They print figures and assert nothing about time.

mod contest;
mod machine;
mod rows;

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;
use contest::Suite;

use crate::prerequisites::WASM;
use crate::progress::Progress;
use crate::{packages, prerequisites, process, programs, workspace};

/// The crate that measures the engine, and the program in it to start.
const ENGINE: &str = "bench";

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    program: Option<Program>,

    /// Measures the engine: suites and options for the crate `bench`, such as `local doc --peers`. `-- --help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "SUITES AND OPTIONS")]
    engine: Vec<OsString>,
}

/// A measurement in whole programs.
#[derive(clap::Subcommand)]
enum Program {
    /// How fast changes travel from window to window, and from offline to online.
    Latency(Build),
    /// How soon a keystroke in the editor shows, here and elsewhere, and how long a large document takes to open.
    Editor(Build),
    /// How long a write takes until a signal of the same page shows it.
    Write(Build),
    /// How long the browser's stores take to keep, load and compact.
    Storage(Build),
    /// The engine in a browser beside Yjs: both suites, `wasm` and `weight`, and their report.
    Browser(contest::Arguments),
    /// The suite `wasm`: the engine in a browser beside Yjs, in time and bytes.
    Wasm(contest::Arguments),
    /// The suite `weight`: what a page loads for the engine alone, beside Yjs.
    Weight(contest::Arguments),
    /// What an idle connection costs the server in memory.
    Memory(Build),
}

#[derive(clap::Args)]
struct Build {
    /// Measure a quick build instead of an optimized one, to try the measurement itself.
    #[arg(long)]
    dev: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.program {
        None => engine(&arguments.engine),
        Some(Program::Latency(build)) => with_browser("latency", &[], !build.dev),
        Some(Program::Editor(build)) => {
            with_browser("editor", &[], !build.dev)?;
            // The demo has no text field of several lines.
            in_browser("synckit-leptos", "paste", &[], !build.dev)
        }
        Some(Program::Write(build)) => in_browser("synckit-leptos", "write_latency", &[], !build.dev),
        Some(Program::Storage(build)) => {
            in_browser("synckit-storage-web", "browser", &["latency"], !build.dev)
        }
        Some(Program::Browser(contest)) => contest::run(contest, &[Suite::Wasm, Suite::Weight]),
        Some(Program::Wasm(contest)) => contest::run(contest, &[Suite::Wasm]),
        Some(Program::Weight(contest)) => contest::run(contest, &[Suite::Weight]),
        Some(Program::Memory(build)) => memory(!build.dev),
    }
}

/// Measures the engine, beside other libraries on demand. Its two programs stand next to each other: one measures time, the
/// other one memory.
fn engine(arguments: &[OsString]) -> Result<()> {
    prerequisites::c_compiler()?;
    process::run(process::cargo().args(["build", "--package", ENGINE, "--bins", "--release"]))?;
    let program = workspace::target().join("release").join(ENGINE);
    process::run(Command::new(program).args(arguments))
}

/// Takes the pictures of the documentation.
pub(crate) fn take_screenshots() -> Result<()> {
    prerequisites::picture_of_screen()?;
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
    let mut progress = Progress::new(programs::BUILD_STEPS + 1);
    prerequisites::browser()?;
    prerequisites::virtual_screen()?;
    let built = programs::build(release, &mut progress)?;
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
        process::run(built.name_to(run.args(arguments)))
    })
}
