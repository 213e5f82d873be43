//! Ends programs that a test started, together with what those programs started.

use std::collections::VecDeque;
use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

/// A started program that does not outlive its owner.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
}

impl Program {
    pub(crate) fn new(child: Child) -> Self {
        Self { child }
    }

    /// Its number among the processes.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it at once, as a power cut would: nothing in it gets to run any more.
    pub(crate) fn kill(&mut self) {
        let started_by_it = descendants(self.child.id());
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for id in started_by_it {
            kill_process(id);
        }
    }

    /// Asks it to end; kills it when it has not after `limit`. Returns whether it ended by itself and without an error.
    pub(crate) fn stop(&mut self, limit: Duration) -> bool {
        interrupt(&self.child);
        let start = Instant::now();
        while start.elapsed() < limit {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
        false
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.is_running() {
            self.kill();
        }
    }
}

/// A process of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What runs pages: kills of it are crashes of tabs.
    Renderer,
    /// The browser itself, and with it everything that it started.
    Browser,
}

/// Kills a part of every browser among what a process started, as a crash would (`kill -9`). Returns how many processes there
/// were. Known on Linux, none elsewhere.
pub(crate) fn kill_part(ancestor: u32, part: Part) -> usize {
    let is_wanted = |id: &u32| match part {
        Part::Renderer => kind_of(*id).is_some_and(|kind| kind == "renderer"),
        Part::Browser => true,
    };
    let wanted: Vec<u32> = descendants(ancestor).into_iter().filter(is_wanted).collect();
    wanted.iter().for_each(|id| kill_process(*id));
    wanted.len()
}

/// What a process of a browser is for; empty for the browser itself.
fn kind_of(id: u32) -> Option<String> {
    let line = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let line = String::from_utf8_lossy(&line).into_owned();
    let kind = line.split(['\0', ' ']).find_map(|argument| argument.strip_prefix("--type="));
    Some(kind.unwrap_or_default().to_owned())
}

/// The memory, in bytes, of the largest renderer of a page among what a process started: its share where pages of memory
/// are shared. Known on Linux.
pub(crate) fn largest_renderer(ancestor: u32) -> Option<u64> {
    let is_renderer = |id: &u32| kind_of(*id).is_some_and(|kind| kind == "renderer");
    let memory = |id: u32| {
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok()
    };
    descendants(ancestor)
        .into_iter()
        .filter(is_renderer)
        .filter_map(memory)
        .max()
        .map(|kilobytes| kilobytes * 1024)
}

/// The processes that a process started, and those that they started. Known on Linux, empty elsewhere.
fn descendants(ancestor: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        if let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok())
            && let Ok(stat) = fs::read_to_string(entry.path().join("stat"))
            && let Some(parent) = parent_in(&stat)
        {
            parents.push((id, parent));
        }
    }
    let mut found = Vec::new();
    let mut queue = VecDeque::from([ancestor]);
    while let Some(parent) = queue.pop_front() {
        for (id, _) in parents.iter().filter(|(_, its_parent)| *its_parent == parent) {
            found.push(*id);
            queue.push_back(*id);
        }
    }
    found
}

/// The second field after the program's name, which is in parentheses and may hold anything.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(unix)]
fn kill_process(id: u32) {
    use nix::sys::signal::{Signal, kill};
    if let Ok(id) = i32::try_from(id) {
        // An error means that it has ended together with its parent.
        let _ = kill(nix::unistd::Pid::from_raw(id), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
fn kill_process(_id: u32) {}

#[cfg(unix)]
fn interrupt(child: &Child) {
    use nix::sys::signal::{Signal, kill};
    if let Ok(id) = i32::try_from(child.id()) {
        // An error means that it has ended already.
        let _ = kill(nix::unistd::Pid::from_raw(id), Signal::SIGINT);
    }
}

#[cfg(not(unix))]
fn interrupt(_child: &Child) {}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_program_started_ends_with_it() {
        use std::process::Command;
        use std::time::Duration;

        use super::{Program, descendants};

        let child = Command::new("sh").args(["-c", "sleep 60 & wait"]).spawn().unwrap();
        let id = child.id();
        let mut program = Program::new(child);
        while descendants(id).is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let sleep = descendants(id)[0];
        program.kill();
        let gone = || match std::fs::read_to_string(format!("/proc/{sleep}/stat")) {
            Err(_) => true,
            Ok(stat) => stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z')),
        };
        for _ in 0..200 {
            if gone() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("process {sleep} is still running");
    }
}
