//! Opening a stored document and writing into it.

use anyhow::Result;

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::{Edit, TextReplica};

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    contest.run(contenders![load(workloads): Ours, Automerge, Cola, DiamondTypes, Loro, Yrs]);
}

fn load<T: TextReplica>(probe: &Probe, workloads: &Workloads) -> Result<Outcome> {
    let session = &workloads.paper;
    let stored = workloads.stored::<T>("save", || {
        let mut document = T::create(1)?;
        document.replay(&session.edits)?;
        document.save()
    })?;
    let (loaded, loading) = probe.measure(|| T::load(2, &stored));
    drop(loaded?);
    let edit = Edit::insertion(session.end.len() / 2, "x");
    let (document, editing) = probe.measure(|| -> Result<T> {
        let mut document = T::load(3, &stored)?;
        document.edit(std::slice::from_ref(&edit))?;
        Ok(document)
    });
    let mut outcome = probe.outcome();
    outcome.time(&format!("{}, load and edit", session.name), editing);
    outcome.time(&format!("{}, load", session.name), loading);
    outcome.result(document?.text()?);
    Ok(outcome)
}
