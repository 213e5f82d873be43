//! The command line.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::suites::Suite;

/// Measures SyncKit, and beside it the other CRDT libraries.
#[derive(clap::Parser, Debug)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// What to measure; everything when nothing is named.
    #[arg(value_enum)]
    suites: Vec<Suite>,

    /// Measure the other libraries too: all, or these (`--peers=yrs,loro`).
    #[arg(long, value_name = "NAMES", num_args = 0.., require_equals = true, value_delimiter = ',')]
    peers: Option<Vec<String>>,

    /// Take editing sessions from `*.json.gz` files in this folder: `automerge-paper`, `sveltecomponent` and
    /// `friendsforever` from https://github.com/josephg/editing-traces. Without it they are generated.
    #[arg(long, value_name = "DIR")]
    pub(crate) traces: Option<PathBuf>,

    /// Write the rows as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Write the tables as Markdown, with the machine described.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// How often each case is run; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,

    /// Where generated workloads start from.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

impl Arguments {
    pub(crate) fn suites(&self) -> Vec<Suite> {
        if self.suites.is_empty() { Suite::value_variants().to_vec() } else { self.suites.clone() }
    }

    /// Whether a peer takes part.
    pub(crate) fn invites(&self, library: &str) -> bool {
        self.peers.as_ref().is_some_and(|names| names.is_empty() || names.iter().any(|name| name == library))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::Arguments;

    #[test]
    fn peers_are_all_some_or_none() {
        let invited = |line: &str, library: &str| {
            Arguments::try_parse_from(line.split_whitespace()).unwrap().invites(library)
        };
        assert!(!invited("bench", "yrs"));
        assert!(invited("bench --peers", "yrs"));
        assert!(invited("bench local --peers=cola,yrs", "yrs"));
        assert!(!invited("bench --peers=cola local", "yrs"));
    }
}
