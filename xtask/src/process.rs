//! Starting other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The cargo that runs this program, started in the workspace's folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}

/// Runs a program to its end, with its output on the terminal. An exit code other than zero is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = display(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// The same, but the program and everything it started is ended when it takes longer than `limit` or when this program
/// is told to stop.
pub(crate) fn run_bounded(command: &mut Command, limit: Duration) -> Result<()> {
    listen_for_interrupts()?;
    let line = display(command);
    // A process group of its own, so that it can be ended together with its children.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn().with_context(|| format!("cannot start `{line}`"))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("`{line}` failed ({status})");
            }
            return Ok(());
        }
        if interrupted() {
            end_group(&mut child)?;
            bail!("`{line}` was interrupted");
        }
        if start.elapsed() > limit {
            end_group(&mut child)?;
            bail!("`{line}` was ended after {} minutes", limit.as_secs() / 60);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Whether this program has been told to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// From here on Ctrl-C and the signal to terminate are noted instead of ending this program at once.
pub(crate) fn listen_for_interrupts() -> Result<()> {
    static LISTENING: OnceLock<Option<String>> = OnceLock::new();
    let listening = LISTENING.get_or_init(|| {
        let handler = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
        handler.err().map(|error| error.to_string())
    });
    match listening {
        None => Ok(()),
        Some(error) => bail!("cannot listen for Ctrl-C: {error}"),
    }
}

/// Asks a process to end.
#[cfg(unix)]
pub(crate) fn ask_to_end(child: &Child) -> Result<()> {
    use nix::sys::signal::{Signal, kill};
    kill(process_id(child)?, Signal::SIGINT).context("cannot signal a process")
}

/// On Windows Ctrl-C reaches every process of the console by itself.
#[cfg(not(unix))]
pub(crate) fn ask_to_end(_child: &Child) -> Result<()> {
    Ok(())
}

#[cfg(unix)]
fn process_id(child: &Child) -> Result<nix::unistd::Pid> {
    let id = i32::try_from(child.id()).context("a process id is out of range")?;
    Ok(nix::unistd::Pid::from_raw(id))
}

/// Ends a process and its children: politely first, then for certain.
#[cfg(unix)]
fn end_group(child: &mut Child) -> Result<()> {
    use nix::sys::signal::{Signal, killpg};
    let group = process_id(child)?;
    for (signal, wait) in
        [(Signal::SIGTERM, Duration::from_secs(5)), (Signal::SIGKILL, Duration::from_secs(5))]
    {
        // An error means that there is nobody left to signal.
        let _ = killpg(group, signal);
        let start = Instant::now();
        while start.elapsed() < wait {
            if child.try_wait()?.is_some() {
                let _ = killpg(group, Signal::SIGKILL);
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    bail!("a process did not end when it was killed")
}

#[cfg(not(unix))]
fn end_group(child: &mut Child) -> Result<()> {
    child.kill().context("cannot end a process")?;
    child.wait()?;
    Ok(())
}

/// Where a program is, if it is on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|candidate| candidate.is_file())
}

/// A command as it would be typed, for messages.
fn display(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::{find, run, run_bounded};

    #[test]
    fn failures_name_the_command() {
        let error = run(Command::new("cargo").args(["no-such-command"])).unwrap_err();
        assert!(error.to_string().contains("cargo no-such-command"), "{error}");
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(find("cargo").is_some());
        assert_eq!(find("no-such-program"), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let start = Instant::now();
        let error =
            run_bounded(Command::new("sh").args(["-c", "sleep 30 & wait"]), Duration::from_millis(50));
        assert!(error.unwrap_err().to_string().contains("was ended"));
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
