//! Live typing: every edit is a message of its own.

use anyhow::Result;

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::{Edit, TextReplica};
use crate::traces::Session;

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let session = &workloads.component;
    contest.run(contenders![stream(session): Ours, Automerge, Cola, DiamondTypes, Loro, Yrs]);
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
    let mut outcome = probe.outcome();
    let name = &session.name;
    outcome.time(&format!("{name}, edit and encode each"), sending);
    if T::RECEIVES_LIVE {
        let mut receiver = T::create(2)?;
        let (received, receiving) =
            probe.measure(|| updates.iter().try_for_each(|update| receiver.apply(update)));
        received?;
        outcome.time(&format!("{name}, decode and apply each"), receiving);
        outcome.result(receiver.text()?);
    }
    outcome.bytes(&format!("{name}, an edit"), "bytes sent", mean(updates.iter()));
    let typed = |(edit, _): &(&Edit, &Vec<u8>)| edit.delete == 0 && edit.insert.len() == 1;
    let typed = session.edits.iter().zip(&updates).filter(typed);
    outcome.bytes(&format!("{name}, a typed character"), "bytes sent", mean(typed.map(|(_, update)| update)));
    Ok(outcome)
}

fn mean<'a>(updates: impl Iterator<Item = &'a Vec<u8>>) -> f64 {
    let (count, bytes) = updates.fold((0, 0), |(count, bytes), update| (count + 1, bytes + update.len()));
    bytes as f64 / f64::from(count.max(1))
}
