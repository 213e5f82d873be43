//! An editing session, replayed into the bare sequence types: no documents, no observers.

use anyhow::Result;

use crate::contest::{Contender, Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::OurSequence;
use crate::peers::{Cola, ColaPositions, DiamondTypes, Rope};
use crate::replica::{Library, RawText};
use crate::traces::Session;

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let session = &workloads.paper;
    let mut contenders = contenders![replay(session): OurSequence, Cola, DiamondTypes];
    contenders.push(Contender::reference(Rope::NAME, move |probe| replay::<Rope>(probe, session)));
    contenders.push(Contender::reference(ColaPositions::NAME, move |probe| {
        let mut outcome = replay::<ColaPositions>(probe, session)?;
        outcome.result = None;
        Ok(outcome)
    }));
    contest.run(contenders);
}

fn replay<T: RawText>(probe: &Probe, session: &Session) -> Result<Outcome> {
    let (text, cost) = probe.measure(|| -> Result<T> {
        let mut text = T::create();
        session.edits.iter().try_for_each(|edit| text.edit(edit))?;
        Ok(text)
    });
    let mut outcome = probe.outcome();
    outcome.cost(&session.name, cost);
    outcome.result(text?.text());
    Ok(outcome)
}
