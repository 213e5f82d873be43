//! A hundred fields that are written again and again, each write a transaction.

use anyhow::Result;

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Loro, Yrs};
use crate::replica::{Item, MapReplica};

const FIELDS: usize = 100;
const WRITES: usize = 100_000;

pub(super) fn run(contest: &mut Contest<'_>) {
    contest.run(contenders![overwrite(WRITES): Ours, Automerge, Loro, Yrs]);
}

fn overwrite<T: MapReplica>(probe: &Probe, writes: usize) -> Result<Outcome> {
    let keys: Vec<String> = (0..FIELDS).map(|field| format!("field{field}")).collect();
    let (document, cost) = probe.measure(|| -> Result<T> {
        let mut document = T::create(1)?;
        for write in 0..writes {
            document.set(&[(&keys[write % FIELDS], Item::Number(write as i64))])?;
        }
        Ok(document)
    });
    let mut document = document?;
    let mut outcome = probe.outcome();
    let case = format!("{writes} writes to {FIELDS} fields");
    outcome.cost(&case, cost);
    outcome.bytes(&case, "stored bytes", document.save()?.len() as f64);
    outcome.result(serde_json::to_string(&document.entries()?)?);
    Ok(outcome)
}
