//! The runner behind `cargo test --target wasm32-unknown-unknown`, set in `.cargo/config.toml`.
//!
//! It is `wasm-bindgen-test-runner` built from the workspace's own lock file: nothing to install, and always the version
//! that the tests were compiled with. Its small web server now and then drops a connection while the page loads its scripts,
//! and then no test ever begins: a page that has not begun after a minute is loaded anew.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio, exit};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Set for the process that runs the tests itself.
const INSIDE: &str = "SYNCKIT_BROWSER_TESTS_INSIDE";
/// How long a page may take until its first test begins.
const PATIENCE: Duration = Duration::from_secs(60);
const ATTEMPTS: u32 = 4;

fn main() -> anyhow::Result<()> {
    if std::env::var_os(INSIDE).is_some() {
        return wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os());
    }
    for attempt in 1..=ATTEMPTS {
        if let Some(status) = run(attempt == ATTEMPTS)? {
            exit(status.code().unwrap_or(1));
        }
        eprintln!("the page did not load within {} s: loading it anew", PATIENCE.as_secs());
    }
    Ok(())
}

/// Runs the tests. Nothing when they have not begun in time; the last time they get all the time they want.
fn run(last: bool) -> anyhow::Result<Option<ExitStatus>> {
    let mut tests = Command::new(std::env::current_exe()?);
    tests.args(std::env::args_os().skip(1)).env(INSIDE, "1").stdout(Stdio::piped());
    // A group of its own, so that the browser goes with it.
    let mut tests = tests.process_group(0).spawn()?;
    let begun = Arc::new(AtomicBool::new(false));
    let lines = tests.stdout.take().map(BufReader::new);
    let noted = begun.clone();
    let printing = thread::spawn(move || {
        for line in lines.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
            if line.starts_with("running ") || line.starts_with("no tests") {
                noted.store(true, Ordering::Relaxed);
            }
            // Whoever reads it may have gone.
            let _ = writeln!(std::io::stdout(), "{line}");
        }
    });
    let start = Instant::now();
    loop {
        if let Some(status) = tests.try_wait()? {
            let _ = printing.join();
            return Ok(Some(status));
        }
        if !last && !begun.load(Ordering::Relaxed) && start.elapsed() > PATIENCE {
            end(&mut tests)?;
            let _ = printing.join();
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Ends the tests' process and all that it started: asked first, so that the driver takes its browser along.
fn end(tests: &mut Child) -> anyhow::Result<()> {
    for signal in ["-TERM", "-KILL"] {
        Command::new("kill").args([signal, "--", &format!("-{}", tests.id())]).status()?;
        thread::sleep(Duration::from_secs(2));
    }
    tests.wait()?;
    Ok(())
}
