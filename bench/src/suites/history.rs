//! Versions of the past, as a slider asks for them. Of this library alone.

use anyhow::Result;

use crate::contest::{Contender, Contest};
use crate::measure::{Outcome, Probe};
use crate::ours::{NAME, Ours};
use crate::replica::{StoredText as _, TextReplica as _};

use super::Workloads;

/// Edits between two versions.
const APART: u64 = 5_000;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    contest.run(vec![Contender::new(NAME, |probe: &Probe| versions(probe, workloads))]);
}

fn versions(probe: &Probe, workloads: &Workloads) -> Result<Outcome> {
    let session = &workloads.paper;
    let mut document = Ours::create_with_history(1)?;
    document.replay(&session.edits)?;
    let versions = document.versions(APART);
    let (shown, time) =
        probe.measure(|| -> Result<usize> { versions.iter().map(|version| document.len_at(version)).sum() });
    let mut outcome = probe.outcome();
    outcome.time(&format!("{}, {} versions", session.name, versions.len()), time);
    outcome.result(shown?.to_string());
    Ok(outcome)
}
