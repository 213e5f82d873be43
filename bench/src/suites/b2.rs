//! crdt-benchmarks B2: two people change a text of 100 characters at once, each in one transaction, and exchange.

use std::ops::RangeInclusive;

use anyhow::{Result, ensure};
use fastrand::Rng;

use crate::contest::{Contest, contenders};
use crate::generated::word;
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::{Edit, TextReplica};

use super::Workloads;

const BEGINNING: usize = 100;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let count = workloads.operations;
    let random = &mut Rng::with_seed(workloads.seed);
    let beginning = Edit::insertion(0, &word(random, BEGINNING));
    let mut both = |make: &mut dyn FnMut(&mut Rng) -> Vec<Edit>| [make(random), make(random)];
    let cases = [
        (
            "B2.1 insert a string of N at 0",
            both(&mut |random| vec![Edit::insertion(0, &word(random, count))]),
        ),
        ("B2.2 N characters at random", both(&mut |random| edits(random, count, 1..=1, false))),
        ("B2.3 N words at random", both(&mut |random| edits(random, count, 3..=9, false))),
        ("B2.4 insert and delete at random", both(&mut |random| edits(random, count, 3..=9, true))),
    ];
    for (case, [first, second]) in &cases {
        let beginning = &beginning;
        contest.run(
            contenders![meet(case, beginning, first, second): Ours, Automerge, Cola, DiamondTypes, Loro, Yrs],
        );
    }
}

/// Insertions at random places; with `delete` each is followed by another insertion or a deletion.
fn edits(random: &mut Rng, count: usize, lengths: RangeInclusive<usize>, delete: bool) -> Vec<Edit> {
    let mut length = BEGINNING;
    let mut edits = Vec::new();
    let insertion = |random: &mut Rng, length: &mut usize, lengths: RangeInclusive<usize>| {
        let size = random.usize(lengths);
        let edit = Edit::insertion(random.usize(..=*length), &word(random, size));
        *length += size;
        edit
    };
    for _ in 0..count {
        edits.push(insertion(random, &mut length, lengths.clone()));
        if delete && random.bool() {
            edits.push(insertion(random, &mut length, 2..=10));
        } else if delete {
            let at = random.usize(..length);
            let size = random.usize(1..=9).min(length - at);
            length -= size;
            edits.push(Edit::deletion(at, size));
        }
    }
    edits
}

fn meet<T: TextReplica>(
    probe: &Probe,
    case: &str,
    beginning: &Edit,
    first: &[Edit],
    second: &[Edit],
) -> Result<Outcome> {
    let (mut here, mut there) = (T::create(1)?, T::create(2)?);
    here.publish()?;
    there.publish()?;
    here.edit(std::slice::from_ref(beginning))?;
    there.apply(&here.take_update()?)?;
    let (met, meeting) = probe.measure(|| -> Result<_> {
        here.edit(first)?;
        there.edit(second)?;
        let updates = [here.take_update()?, there.take_update()?];
        there.apply(&updates[0])?;
        here.apply(&updates[1])?;
        Ok((updates, here.text()?, there.text()?))
    });
    let (updates, text, other) = met?;
    ensure!(text == other, "the two texts differ");
    let inserted: usize = first.iter().chain(second).map(|edit| edit.insert.len()).sum();
    ensure!(text.len() <= BEGINNING + inserted, "there is more text than was written");
    let stored = here.save()?;
    let (loaded, loading) = probe.measure(|| -> Result<String> { T::load(3, &stored)?.text() });
    ensure!(loaded? == text, "the stored document has another text");
    let mut outcome = probe.outcome();
    outcome.time(case, meeting);
    outcome.bytes(case, "bytes of an update", (updates[0].len() + updates[1].len()) as f64 / 2.0);
    outcome.bytes(case, "stored bytes", stored.len() as f64);
    outcome.time(&format!("{case}, load"), loading);
    // How concurrent text is ordered is each library's own; nothing gets lost in any of them, though.
    if first.iter().chain(second).all(|edit| edit.delete == 0) {
        outcome.result(text.len().to_string());
    }
    Ok(outcome)
}
