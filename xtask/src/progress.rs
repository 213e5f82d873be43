//! What a command shows while it works: numbered steps, each with the time it took.

use std::fmt::Display;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Counts the steps of one command.
pub(crate) struct Progress {
    steps: usize,
    done: usize,
    start: Instant,
}

impl Progress {
    /// A command of `steps` steps.
    pub(crate) fn new(steps: usize) -> Self {
        Self { steps, done: 0, start: Instant::now() }
    }

    /// Names a step, does it, and says how long it took.
    pub(crate) fn step<T>(&mut self, name: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.done += 1;
        let label = format!("[{}/{}] {name}", self.done, self.steps);
        println!("{label} ...");
        let start = Instant::now();
        let result = work();
        let verdict = if result.is_ok() { "done" } else { "FAILED" };
        println!("{label}: {verdict} in {}", seconds(start.elapsed()));
        result
    }

    /// Time since the command started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A duration as a person reads it.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::seconds;

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(340)), "0.3 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
