//! Live typing: every edit is a message of its own.

use anyhow::Result;

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::TextReplica;
use crate::traces::Session;

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let session = &workloads.component;
    contest.run(contenders![stream(session): Automerge, Cola, DiamondTypes, Loro, Yrs]);
}

fn stream<T: TextReplica>(probe: &Probe, session: &Session) -> Result<Outcome> {
    let mut sender = T::create(1)?;
    sender.publish()?;
    let (updates, sending) = probe.measure(|| -> Result<Vec<Vec<u8>>> {
        let send = |edit| {
            sender.edit(std::slice::from_ref(edit))?;
            sender.take_update()
        };
        session.edits.iter().map(send).collect()
    });
    let updates = updates?;
    let mut receiver = T::create(2)?;
    let (received, receiving) =
        probe.measure(|| updates.iter().try_for_each(|update| receiver.apply(update)));
    received?;
    let bytes: usize = updates.iter().map(Vec::len).sum();
    let mut outcome = probe.outcome();
    let name = &session.name;
    outcome.time(&format!("{name}, edit and encode each"), sending);
    outcome.time(&format!("{name}, decode and apply each"), receiving);
    outcome.bytes(&format!("{name}, each edit"), "bytes sent", bytes as f64 / updates.len() as f64);
    outcome.result(receiver.text()?);
    Ok(outcome)
}
