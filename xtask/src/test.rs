//! `cargo xtask test`: gets what is missing, runs every check and says which passed.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::packages::{self, Selection};
use crate::prerequisites::{self, WASM};
use crate::progress::{Progress, seconds};
use crate::{process, programs, tidy};

/// No check takes longer than this on a slow machine with a cold cache, unless it hangs.
const LIMIT: Duration = Duration::from_secs(30 * 60);

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Run only these checks, in their usual order.
    #[arg(long, value_delimiter = ',', num_args = 1..)]
    only: Vec<Check>,
}

/// One check. The order is the order they run in: what is quick to fail comes first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// Formatting.
    Fmt,
    /// House rules.
    Tidy,
    /// Clippy for this machine.
    Clippy,
    /// Clippy for the browser.
    Wasm,
    /// Unit and integration tests on this machine.
    Unit,
    /// The examples in the documentation, and that the documentation builds.
    Doc,
    /// Tests inside a headless browser.
    Browser,
    /// Whole programs: browser windows against the server.
    E2e,
}

impl Check {
    fn name(self) -> &'static str {
        match self {
            Check::Fmt => "fmt",
            Check::Tidy => "tidy",
            Check::Clippy => "clippy",
            Check::Wasm => "wasm",
            Check::Unit => "unit",
            Check::Doc => "doc",
            Check::Browser => "browser",
            Check::E2e => "e2e",
        }
    }

    /// Gets what the check needs beyond Rust itself.
    fn prepare(self) -> Result<()> {
        match self {
            Check::Fmt => prerequisites::component("rustfmt"),
            Check::Tidy => Ok(()),
            Check::Clippy => prerequisites::component("clippy").and_then(|()| native_libraries()),
            Check::Wasm => prerequisites::component("clippy").and_then(|()| prerequisites::wasm_target()),
            Check::Unit | Check::Doc => native_libraries(),
            Check::Browser => prerequisites::wasm_target().and_then(|()| prerequisites::browser()),
            Check::E2e => native_libraries()
                .and_then(|()| prerequisites::wasm_target())
                .and_then(|()| prerequisites::browser())
                .and_then(|()| prerequisites::virtual_screen()),
        }
    }

    fn run(self) -> Result<()> {
        match self {
            Check::Fmt => process::run(process::cargo().args(["fmt", "--all", "--check"])),
            Check::Tidy => tidy::run(),
            Check::Clippy => bounded(native("clippy").args([
                "--all-targets",
                "--features",
                packages::E2E_FEATURE,
                "--",
                "-D",
                "warnings",
            ])),
            Check::Wasm => {
                bounded(browser("clippy", &Selection::Browser.arguments()).args(["--", "-D", "warnings"]))?;
                let mut tests = browser("clippy", &packages::with_browser_tests()?);
                tests.args(["--features", packages::CLIENT_FEATURE]);
                bounded(tests.args(["--all-targets", "--", "-D", "warnings"]))?;
                for build in packages::ALONE {
                    bounded(browser("clippy", &build).args(["--", "-D", "warnings"]))?;
                }
                Ok(())
            }
            Check::Unit => {
                bounded(native("test").args(["--lib", "--bins", "--tests", "--no-fail-fast"]))?;
                // Rendering on a server is another build of Leptos, so it cannot be part of the run above.
                let rendering = ["test", "--package", "synckit-leptos", "--features", "ssr", "--test", "ssr"];
                bounded(process::cargo().args(rendering))?;
                // So is the core without any of its features.
                let plain = ["test", "--package", "synckit", "--no-default-features", "--test", "plain"];
                bounded(process::cargo().args(plain))
            }
            Check::Doc => {
                bounded(native("test").args(["--doc", "--no-fail-fast"]))?;
                bounded(native("doc").args(["--no-deps", "--lib"]).env("RUSTDOCFLAGS", "-D warnings"))
            }
            Check::Browser => {
                let mut tests = browser("test", &packages::with_browser_tests()?);
                // Only the demo asks for it otherwise, and has no part in these tests.
                tests.args(["--features", packages::CLIENT_FEATURE]);
                bounded(tests.args(["--lib", "--tests", "--no-fail-fast"]))
            }
            Check::E2e => {
                let built = programs::build(false, &mut Progress::new(programs::BUILD_STEPS))?;
                let mut tests = native("test");
                tests.args(["--features", packages::E2E_FEATURE, "--no-fail-fast"]);
                tests.args(packages::end_to_end_tests()?.iter().flat_map(|name| ["--test", name]));
                // Each test has windows of its own; more of them at once than this only wait for the processor.
                tests.args(["--", "--test-threads", "2"]);
                bounded(built.name_to(&mut tests))
            }
        }
    }
}

/// What the crates for this machine are compiled and linked with.
fn native_libraries() -> Result<()> {
    prerequisites::c_compiler().and_then(|()| prerequisites::desktop())
}

fn native(command: &str) -> Command {
    let mut cargo = process::cargo();
    cargo.arg(command).args(Selection::Native.arguments());
    cargo
}

fn browser(command: &str, packages: &[&str]) -> Command {
    let mut cargo = process::cargo();
    cargo.arg(command).args(["--target", WASM]).args(packages);
    cargo
}

fn bounded(command: &mut Command) -> Result<()> {
    process::run_bounded(command, LIMIT)
}

struct Outcome {
    check: Check,
    result: Result<()>,
    time: Duration,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let wanted = |check: &Check| arguments.only.is_empty() || arguments.only.contains(check);
    let checks: Vec<_> = Check::value_variants().iter().copied().filter(wanted).collect();
    let start = Instant::now();
    let mut outcomes = Vec::new();
    let mut progress = Progress::new(checks.len());
    for check in checks {
        let start = Instant::now();
        let result = progress.step(check.name(), || check.prepare().and_then(|()| check.run()));
        if let Err(error) = &result {
            println!("{}: {error:#}", check.name());
        }
        outcomes.push(Outcome { check, result, time: start.elapsed() });
        if process::interrupted() {
            break;
        }
    }
    print!("{}", summary(&outcomes, start.elapsed()));
    if process::interrupted() || outcomes.iter().any(|outcome| outcome.result.is_err()) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What is shown at the end. The last line holds nothing but the numbers of checks that passed and failed.
fn summary(outcomes: &[Outcome], total: Duration) -> String {
    let mut lines = vec![String::new(), format!("{:<10}{:<10}time", "check", "result")];
    let mut failed = Vec::new();
    let mut reasons = Vec::new();
    for Outcome { check, result, time } in outcomes {
        let name = check.name();
        let verdict = match result {
            Ok(()) => "passed",
            Err(error) => {
                failed.push(name);
                reasons.push(format!("{name}: {error:#}"));
                "FAILED"
            }
        };
        lines.push(format!("{name:<10}{verdict:<10}{}", seconds(*time)));
    }
    lines.push(format!("{:<20}{}", "total", seconds(total)));
    lines.push(String::new());
    if !failed.is_empty() {
        lines.append(&mut reasons);
        lines.push(format!("Repeat what failed with `cargo xtask test --only {}`.", failed.join(",")));
    }
    lines.push(format!("{} passed, {} failed", outcomes.len() - failed.len(), failed.len()));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::anyhow;

    use super::{Check, Outcome, summary};

    fn outcome(check: Check, passed: bool) -> Outcome {
        let result = if passed { Ok(()) } else { Err(anyhow!("reason")) };
        Outcome { check, result, time: Duration::from_secs(1) }
    }

    #[test]
    fn the_summary_counts_and_says_how_to_repeat_what_failed() {
        let passed = summary(&[outcome(Check::Fmt, true)], Duration::ZERO);
        assert!(passed.ends_with("\n1 passed, 0 failed\n"), "{passed}");
        let outcomes = [outcome(Check::Fmt, true), outcome(Check::Unit, false), outcome(Check::Doc, false)];
        let failed = summary(&outcomes, Duration::ZERO);
        assert!(failed.ends_with("--only unit,doc`.\n1 passed, 2 failed\n"), "{failed}");
    }
}
