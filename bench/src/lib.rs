//! Measures SyncKit beside other CRDT libraries: time, memory and bytes, in one process, with results that are checked
//! before they count.
//!
//! `cargo xtask bench --help` says how to run it. A workload is written once, against the traits in [`replica`]; each
//! library implements what it can do. Where a library cannot do a case its column says `-`.

mod arguments;
mod contest;
mod generated;
mod machine;
mod measure;
mod ours;
mod peers;
mod replica;
mod report;
mod suites;
mod traces;

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::Parser as _;

use arguments::Arguments;
use contest::Contest;
pub use measure::Gauge;
use measure::Probe;
use report::Report;
use suites::Workloads;

/// Runs what the command line asks for. With a `gauge` it measures memory and prints rows for the process that started it;
/// without, it measures time and bytes, has memory measured, and reports.
pub fn run(gauge: Option<&'static dyn Gauge>) -> ExitCode {
    let arguments = Arguments::parse();
    match measure(&arguments, gauge) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments, gauge: Option<&'static dyn Gauge>) -> Result<()> {
    let workloads = Workloads::prepare(arguments)?;
    let probe = Probe::new(gauge);
    let mut report = Report::default();
    for suite in arguments.suites() {
        if gauge.is_some() && !suite.has_memory() {
            continue;
        }
        eprintln!("{}{}", suite.name(), if gauge.is_some() { " (memory)" } else { "" });
        let mut contest = Contest::new(suite.name(), arguments, &probe, &mut report);
        suite.run(&workloads, &mut contest).with_context(|| format!("suite `{}`", suite.name()))?;
    }
    if gauge.is_some() {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    if arguments.suites().iter().any(|suite| suite.has_memory()) {
        report.merge(memory()?);
    }
    print!("{}", report.table());
    if let Some(path) = &arguments.json {
        report.write_json(path)?;
    }
    if let Some(path) = &arguments.report {
        report.write_markdown(path, arguments.rounds, &machine::describe()?, &workloads.describe())?;
    }
    match report.problems.len() {
        0 => Ok(()),
        count => bail!(
            "{count} runs failed or gave a wrong result; they are listed below the table and not counted"
        ),
    }
}

/// Has the same suites run under the counting allocator.
fn memory() -> Result<Report> {
    let here = std::env::current_exe().context("cannot tell where this program is")?;
    let program = here.with_file_name(format!("bench-memory{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(&program);
    command.args(std::env::args_os().skip(1)).stderr(std::process::Stdio::inherit());
    let output = command.output().with_context(|| {
        format!("cannot start {}; build it with `cargo build -p bench`", program.display())
    })?;
    if !output.status.success() {
        bail!("{} failed ({})", program.display(), output.status);
    }
    let report: Report = serde_json::from_slice(&output.stdout).context("rows of bench-memory")?;
    Ok(report)
}
