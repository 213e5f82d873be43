//! An editing session, replayed through documents as a program would write it.

use anyhow::{Result, ensure};

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::{ObservedText, TextReplica};
use crate::traces::Session;

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let session = &workloads.paper;
    if contest.measures_memory() {
        contest.run(contenders![kept(session): Ours, Automerge, Cola, DiamondTypes, Loro, Yrs]);
    } else {
        contest.run(contenders![observed(session): Ours, Automerge, Loro, Yrs]);
        contest.run(contenders![at_once(session): Ours, Automerge, Cola, DiamondTypes, Loro]);
    }
}

fn observed<T: ObservedText>(probe: &Probe, session: &Session) -> Result<Outcome> {
    let (document, cost) = probe.measure(|| -> Result<T> {
        let mut document = T::create(1)?;
        document.observe()?;
        for edit in &session.edits {
            document.edit(std::slice::from_ref(edit))?;
        }
        Ok(document)
    });
    let mut document = document?;
    let calls = document.notifications();
    ensure!(calls == session.edits.len() as u64, "{calls} notifications of {} edits", session.edits.len());
    let mut outcome = probe.outcome();
    outcome.cost(&format!("{}, each edit a transaction, observed", session.name), cost);
    outcome.result(document.text()?);
    Ok(outcome)
}

fn at_once<T: TextReplica>(probe: &Probe, session: &Session) -> Result<Outcome> {
    let (document, cost) = probe.measure(|| -> Result<T> {
        let mut document = T::create(1)?;
        document.edit(&session.edits)?;
        Ok(document)
    });
    let mut outcome = probe.outcome();
    outcome.cost(&format!("{}, one transaction", session.name), cost);
    outcome.result(document?.text()?);
    Ok(outcome)
}

/// What the document takes in memory afterwards. Each edit is a transaction, as it is in use: one of everything would be one
/// step to undo, and one change in the history of those that keep it.
fn kept<T: TextReplica>(probe: &Probe, session: &Session) -> Result<Outcome> {
    let (document, cost) = probe.measure(|| -> Result<T> {
        let mut document = T::create(1)?;
        for edit in &session.edits {
            document.edit(std::slice::from_ref(edit))?;
        }
        Ok(document)
    });
    let mut outcome = probe.outcome();
    outcome.cost(&format!("{}, each edit a transaction", session.name), cost);
    outcome.result(document?.text()?);
    Ok(outcome)
}
