//! crdt-benchmarks B3: 20 times the square root of N people write at once without knowing of each other; one of them then
//! receives everything.

use anyhow::{Context as _, Result, ensure};

use crate::contest::{Contest, contenders};
use crate::measure::{Cost, Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::{Edit, Item, ListReplica, MapReplica, Replica, TextReplica};

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let people = workloads.operations.isqrt() * 20;
    let number: &dyn Fn(usize) -> Item = &|person| Item::Number(person as i64);
    let object: &dyn Fn(usize) -> Item =
        &|person| Item::Object(vec![("name", person.to_string()), ("address", "here".to_owned())]);
    let string: &dyn Fn(usize) -> Item = &|person| Item::Text(person.to_string().repeat(people));
    let case = "B3.1 set a number in a map";
    contest.run(contenders![map(case, people, number): Ours, Automerge, Loro, Yrs]);
    let case = "B3.2 set an object in a map";
    contest.run(contenders![map(case, people, object): Ours, Automerge, Loro, Yrs]);
    let case = "B3.3 set a string in a map";
    contest.run(contenders![map(case, people, string): Ours, Automerge, Loro, Yrs]);
    let case = "B3.4 insert into a list";
    contest.run(contenders![list(case, people): Ours, Automerge, Loro, Yrs]);
    let case = "B3.5 insert into a text";
    contest.run(contenders![text(case, people): Ours, Automerge, Cola, DiamondTypes, Loro, Yrs]);
}

fn map<T: MapReplica>(
    probe: &Probe,
    case: &str,
    people: usize,
    item: &dyn Fn(usize) -> Item,
) -> Result<Outcome> {
    let write = |replica: &mut T, person: usize| replica.set(&[("v", item(person))]);
    meet(probe, case, people, write, |replica| Ok(serde_json::to_string(&replica.entries()?)?))
}

fn list<T: ListReplica>(probe: &Probe, case: &str, people: usize) -> Result<Outcome> {
    let write = |replica: &mut T, person: usize| replica.insert(0, &[Item::Text(person.to_string())]);
    meet(probe, case, people, write, |replica| {
        let items = replica.items()?;
        ensure!(items.len() == people, "{} of {people} items arrived", items.len());
        Ok(serde_json::to_string(&items)?)
    })
}

fn text<T: TextReplica>(probe: &Probe, case: &str, people: usize) -> Result<Outcome> {
    let write = |replica: &mut T, person: usize| replica.edit(&[Edit::insertion(0, &person.to_string())]);
    meet(probe, case, people, write, T::text)
}

/// Which of the concurrent writes wins, or comes first, is each library's own: each is compared with itself.
fn meet<T: Replica>(
    probe: &Probe,
    case: &str,
    people: usize,
    write: impl Fn(&mut T, usize) -> Result<()>,
    read: impl Fn(&mut T) -> Result<String>,
) -> Result<Outcome> {
    let mut replicas = Vec::with_capacity(people);
    let mut updates = Vec::with_capacity(people);
    for person in 0..people {
        let mut replica = T::create(person as u64 + 1)?;
        replica.publish()?;
        write(&mut replica, person)?;
        updates.push(replica.take_update()?);
        // Only two of them will read.
        replicas.extend((person < 2).then_some(replica));
    }
    let mut second = replicas.pop().context("fewer than two people")?;
    let mut first = replicas.pop().context("fewer than two people")?;
    first.apply_all(&updates)?;
    let expected = read(&mut first)?;
    let (merged, merging) = probe.measure(|| {
        second.apply_all(&updates)?;
        read(&mut second)
    });
    ensure!(merged? == expected, "the replicas differ at the end");
    let stored = first.save()?;
    let (loaded, loading): (Result<String>, Cost) = probe.measure(|| read(&mut T::load(u64::MAX, &stored)?));
    ensure!(loaded? == expected, "the stored document holds something else");
    let sent: usize = updates.iter().map(Vec::len).sum();
    let mut outcome = probe.outcome();
    outcome.time(case, merging);
    outcome.bytes(case, "bytes of an update", sent as f64 / people as f64);
    outcome.bytes(case, "stored bytes", stored.len() as f64);
    outcome.time(&format!("{case}, load"), loading);
    outcome.result(expected.len().to_string());
    if case.contains("map") {
        outcome.result = None;
    }
    Ok(outcome)
}
