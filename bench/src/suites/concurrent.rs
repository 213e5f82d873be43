//! Two people who write at once, and a third who receives everything. Without automerge, whose receivers take many
//! minutes for sessions like these.

use anyhow::{Context as _, Result, ensure};

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Cola, DiamondTypes, Loro, Yrs};
use crate::replica::TextReplica;
use crate::traces::{Collaboration, Step};

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let friends = &workloads.friends;
    contest.run(contenders![collaborate(friends): Ours, Cola, DiamondTypes, Loro, Yrs]);
}

/// Libraries may order concurrent text differently, so each is compared with itself: everybody has to end with one text.
fn collaborate<T: TextReplica>(probe: &Probe, collaboration: &Collaboration) -> Result<Outcome> {
    let create = |person: usize| {
        let mut replica = T::create(person as u64 + 1)?;
        replica.publish()?;
        Ok(replica)
    };
    let mut people = (0..collaboration.people).map(create).collect::<Result<Vec<T>>>()?;
    let mut updates: Vec<Vec<u8>> = vec![Vec::new(); collaboration.transactions.len()];
    let (worked, working) = probe.measure(|| -> Result<()> {
        for step in &collaboration.steps {
            match *step {
                Step::Edit { transaction } => {
                    let (author, edits) = &collaboration.transactions[transaction];
                    people[*author].edit(edits)?;
                    updates[transaction] = people[*author].take_update()?;
                }
                Step::Receive { person, transaction } => people[person].apply(&updates[transaction])?,
            }
        }
        Ok(())
    });
    worked?;
    let mut third = T::create(people.len() as u64 + 1)?;
    let (received, receiving) = probe.measure(|| updates.iter().try_for_each(|update| third.apply(update)));
    received?;
    let texts = people.iter_mut().chain([&mut third]).map(T::text).collect::<Result<Vec<_>>>()?;
    let first = texts.first().context("nobody took part")?;
    ensure!(texts.iter().all(|text| text == first), "the replicas differ at the end");
    let mut outcome = probe.outcome();
    outcome.time(&format!("{}, collaborate", collaboration.name), working);
    outcome.time(&format!("{}, fan-in", collaboration.name), receiving);
    Ok(outcome)
}
