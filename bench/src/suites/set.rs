//! A set that grows and shrinks, each addition and removal a transaction. Libraries without sets use a map.

use anyhow::Result;

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Loro, Yrs};
use crate::replica::SetReplica;

const ELEMENTS: usize = 10_000;

pub(super) fn run(contest: &mut Contest<'_>) {
    let case = "10,000 added, all removed";
    contest.run(contenders![churn(case, ELEMENTS, 1): Ours, Automerge, Loro, Yrs]);
    let case = "10,000 added, half removed";
    contest.run(contenders![churn(case, ELEMENTS, 2): Ours, Automerge, Loro, Yrs]);
}

/// Adds elements, then removes every `stride`th.
fn churn<T: SetReplica>(probe: &Probe, case: &str, count: usize, stride: usize) -> Result<Outcome> {
    let elements: Vec<String> = (0..count).map(|number| format!("element-{number}")).collect();
    let (document, cost) = probe.measure(|| -> Result<T> {
        let mut document = T::create(1)?;
        elements.iter().try_for_each(|element| document.add(element))?;
        elements.iter().step_by(stride).try_for_each(|element| document.remove(element))?;
        Ok(document)
    });
    let mut document = document?;
    let mut outcome = probe.outcome();
    outcome.cost(case, cost);
    outcome.bytes(case, "stored bytes", document.save()?.len() as f64);
    outcome.result(document.elements()?.join(","));
    Ok(outcome)
}
