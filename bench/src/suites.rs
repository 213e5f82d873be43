//! What is measured. One file for each suite.

mod b1;
mod b2;
mod b3;
mod concurrent;
mod counter;
mod doc;
mod documents;
mod history;
mod load;
mod local;
mod overwrite;
mod set;
mod size;
mod stream;
#[cfg(test)]
mod tests;
mod workloads;

use anyhow::Result;

use crate::contest::Contest;
pub(crate) use documents::DocumentStore;
pub(crate) use workloads::Workloads;

/// A group of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Suite {
    /// Replays an editing session into the bare sequence type.
    Local,
    /// Replays it through the document: a transaction for each edit with an observer, and all in one transaction.
    Doc,
    /// Sends every edit of a session on its own, and receives it.
    Stream,
    /// Two people at once: both working, and a third who receives everything.
    Concurrent,
    /// Loads a stored document and makes one edit.
    Load,
    /// Bytes of a stored document, with and without history.
    Size,
    /// Versions of the past, as a slider asks for them.
    History,
    /// Edits without conflicts (crdt-benchmarks B1).
    B1,
    /// Two people with conflicts (crdt-benchmarks B2).
    B2,
    /// Many people with conflicts (crdt-benchmarks B3).
    B3,
    /// Many small documents.
    Documents,
    /// Fields that are written again and again.
    Overwrite,
    /// A counter that lives long.
    Counter,
    /// A set that grows and shrinks.
    Set,
}

impl Suite {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Suite::Local => "local",
            Suite::Doc => "doc",
            Suite::Stream => "stream",
            Suite::Concurrent => "concurrent",
            Suite::Load => "load",
            Suite::Size => "size",
            Suite::History => "history",
            Suite::B1 => "b1",
            Suite::B2 => "b2",
            Suite::B3 => "b3",
            Suite::Documents => "documents",
            Suite::Overwrite => "overwrite",
            Suite::Counter => "counter",
            Suite::Set => "set",
        }
    }

    /// Whether memory is of interest too.
    pub(crate) fn has_memory(self) -> bool {
        matches!(
            self,
            Suite::Local | Suite::Doc | Suite::Documents | Suite::Overwrite | Suite::Counter | Suite::Set
        )
    }

    pub(crate) fn run(self, workloads: &Workloads, contest: &mut Contest<'_>) -> Result<()> {
        match self {
            Suite::Local => local::run(workloads, contest),
            Suite::Doc => doc::run(workloads, contest),
            Suite::Stream => stream::run(workloads, contest),
            Suite::Concurrent => concurrent::run(workloads, contest),
            Suite::Load => load::run(workloads, contest),
            Suite::Size => size::run(workloads, contest),
            Suite::History => history::run(workloads, contest),
            Suite::B1 => b1::run(workloads, contest),
            Suite::B2 => b2::run(workloads, contest),
            Suite::B3 => b3::run(workloads, contest),
            Suite::Documents => documents::run(workloads, contest),
            Suite::Overwrite => overwrite::run(contest),
            Suite::Counter => counter::run(contest),
            Suite::Set => set::run(contest),
        }
        Ok(())
    }

    /// The suites that replay recorded sessions.
    pub(crate) fn needs_sessions(self) -> bool {
        matches!(
            self,
            Suite::Local
                | Suite::Doc
                | Suite::Stream
                | Suite::Concurrent
                | Suite::Load
                | Suite::Size
                | Suite::History
        )
    }
}
