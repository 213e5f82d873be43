//! A counter that is incremented again and again, each time in a transaction of its own. Without automerge, for which every
//! increment costs more the more there are: so many take it many minutes.

use anyhow::{Result, ensure};

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::Loro;
use crate::replica::CounterReplica;

const INCREMENTS: usize = 100_000;

pub(super) fn run(contest: &mut Contest<'_>) {
    contest.run(contenders![count(INCREMENTS): Ours, Loro]);
}

fn count<T: CounterReplica>(probe: &Probe, increments: usize) -> Result<Outcome> {
    let (document, cost) = probe.measure(|| -> Result<T> {
        let mut document = T::create(1)?;
        (0..increments).try_for_each(|_| document.increment())?;
        Ok(document)
    });
    let mut document = document?;
    let value = document.value()?;
    ensure!(value == increments as i64, "{increments} increments gave {value}");
    let stored = document.save()?;
    let reloaded = T::load(2, &stored)?.value()?;
    ensure!(reloaded == value, "the stored document counts {reloaded}");
    let mut outcome = probe.outcome();
    let case = format!("{increments} increments");
    outcome.cost(&case, cost);
    outcome.bytes(&case, "stored bytes", stored.len() as f64);
    Ok(outcome)
}
