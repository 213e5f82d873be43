//! crdt-benchmarks B1: one person writes, another one receives every change, automerge all of them together. No conflicts.

use anyhow::{Result, ensure};
use fastrand::Rng;

use crate::contest::{Contest, contenders};
use crate::generated::word;
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::{Edit, Item, ListReplica, Replica, TextReplica};

use super::Workloads;

/// Where, and what.
type Inserts = Vec<(usize, Vec<Item>)>;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let count = workloads.operations;
    let random = &mut Rng::with_seed(workloads.seed);
    let line = word(random, count);
    let characters = || line.char_indices().map(|(at, letter)| (at, letter.to_string()));
    let append = characters().map(|(at, letter)| Edit::insertion(at, &letter)).collect();
    let prepend = characters().map(|(_, letter)| Edit::insertion(0, &letter)).collect();
    let texts: [(&str, Vec<Edit>); 7] = [
        ("B1.1 append N characters", append),
        ("B1.2 insert a string of N", vec![Edit::insertion(0, &line)]),
        ("B1.3 prepend N characters", prepend),
        ("B1.4 N characters at random", inserts_at_random(random, count, 1..=1)),
        ("B1.5 N words at random", inserts_at_random(random, count, 2..=10)),
        ("B1.6 insert a string and delete it", vec![Edit::insertion(0, &line), Edit::deletion(0, count)]),
        ("B1.7 insert and delete at random", edits_at_random(random, count)),
    ];
    for (case, edits) in &texts {
        contest.run(contenders![text(case, edits): Ours, Automerge, Cola, DiamondTypes, Loro, Yrs]);
    }

    let numbers: Vec<Item> = (0..count).map(|_| Item::Number(i64::from(random.i32(0..)))).collect();
    let one = |at: usize, number: &Item| (at, vec![number.clone()]);
    let append = numbers.iter().enumerate().map(|(at, number)| one(at, number)).collect();
    let at_random =
        numbers.iter().enumerate().map(|(len, number)| one(random.usize(..=len), number)).collect();
    let lists: [(&str, Inserts); 4] = [
        ("B1.8 append N numbers", append),
        ("B1.9 insert N numbers", vec![(0, numbers.clone())]),
        ("B1.10 prepend N numbers", numbers.iter().map(|number| one(0, number)).collect()),
        ("B1.11 N numbers at random", at_random),
    ];
    for (case, inserts) in &lists {
        contest.run(contenders![list(case, inserts): Ours, Automerge, Loro, Yrs]);
    }
}

fn inserts_at_random(random: &mut Rng, count: usize, lengths: std::ops::RangeInclusive<usize>) -> Vec<Edit> {
    let mut length = 0;
    let edit = |_| {
        let text = word(random, random.clone().usize(lengths.clone()));
        let edit = Edit::insertion(random.usize(..=length), &text);
        length += text.len();
        edit
    };
    (0..count).map(edit).collect()
}

fn edits_at_random(random: &mut Rng, count: usize) -> Vec<Edit> {
    let mut length = 0;
    let edit = |_| {
        let at = random.usize(..=length);
        if at == length || random.bool() {
            let size = random.usize(2..=10);
            length += size;
            Edit::insertion(at, &word(random, size))
        } else {
            let size = random.usize(1..=9).min(length - at);
            length -= size;
            Edit::deletion(at, size)
        }
    };
    (0..count).map(edit).collect()
}

fn text<T: TextReplica>(probe: &Probe, case: &str, edits: &[Edit]) -> Result<Outcome> {
    let (mut here, mut there) = (T::create(1)?, T::create(2)?);
    here.publish()?;
    let (exchanged, exchanging) = probe.measure(|| -> Result<_> {
        let mut updates = Vec::with_capacity(edits.len());
        for edit in edits {
            here.edit(std::slice::from_ref(edit))?;
            updates.push(here.take_update()?);
        }
        receive(&mut there, &updates)?;
        Ok((updates, here.text()?, there.text()?))
    });
    let (updates, text, received) = exchanged?;
    ensure!(text == received, "the receiver has another text");
    let stored = here.save()?;
    let (loaded, loading) = probe.measure(|| -> Result<String> { T::load(3, &stored)?.text() });
    ensure!(loaded? == text, "the stored document has another text");
    Ok(outcome(probe, case, exchanging, loading, &updates, &stored, text))
}

/// One by one, except where that takes minutes.
fn receive<T: Replica>(replica: &mut T, updates: &[Vec<u8>]) -> Result<()> {
    if T::RECEIVES_LIVE {
        updates.iter().try_for_each(|update| replica.apply(update))
    } else {
        replica.apply_all(updates)
    }
}

fn list<T: ListReplica>(probe: &Probe, case: &str, inserts: &[(usize, Vec<Item>)]) -> Result<Outcome> {
    let (mut here, mut there) = (T::create(1)?, T::create(2)?);
    here.publish()?;
    let (exchanged, exchanging) = probe.measure(|| -> Result<_> {
        let mut updates = Vec::with_capacity(inserts.len());
        for (at, items) in inserts {
            here.insert(*at, items)?;
            updates.push(here.take_update()?);
        }
        receive(&mut there, &updates)?;
        Ok((updates, here.items()?, there.items()?))
    });
    let (updates, items, received) = exchanged?;
    ensure!(items == received, "the receiver has another list");
    let stored = here.save()?;
    let (loaded, loading) = probe.measure(|| -> Result<_> { T::load(3, &stored)?.items() });
    ensure!(loaded? == items, "the stored document has another list");
    let result = serde_json::to_string(&items)?;
    Ok(outcome(probe, case, exchanging, loading, &updates, &stored, result))
}

fn outcome(
    probe: &Probe,
    case: &str,
    exchanging: crate::measure::Cost,
    loading: crate::measure::Cost,
    updates: &[Vec<u8>],
    stored: &[u8],
    result: String,
) -> Outcome {
    let sent: usize = updates.iter().map(Vec::len).sum();
    let mut outcome = probe.outcome();
    outcome.time(case, exchanging);
    outcome.bytes(case, "bytes of an update", sent as f64 / updates.len().max(1) as f64);
    outcome.bytes(case, "stored bytes", stored.len() as f64);
    outcome.time(&format!("{case}, load"), loading);
    outcome.result(result);
    outcome
}
