//! Many small documents, open at once: ten fields each, five of them short text, five numbers.

use anyhow::Result;

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::OurDocuments;
use crate::peers::{Automerge, Loro, Yrs};
use crate::replica::{Item, Library, MapReplica};

use super::Workloads;

/// Documents that are open.
pub(crate) trait DocumentStore: Library + Sized {
    fn create() -> Result<Self>;
    /// Makes a document and writes its fields in one transaction.
    fn add(&mut self, number: usize, fields: &[(&str, Item)]) -> Result<()>;
    /// What is stored of one.
    fn stored(&mut self, number: usize) -> Result<Vec<u8>>;
    /// The values of its fields, in the order they were given.
    fn read(&mut self, number: usize) -> Result<Vec<serde_json::Value>>;
}

/// Documents of a library that has nothing above a document.
struct Loose<T>(Vec<T>);

impl<T: MapReplica> Library for Loose<T> {
    const NAME: &'static str = T::NAME;
}

impl<T: MapReplica> DocumentStore for Loose<T> {
    fn create() -> Result<Self> {
        Ok(Self(Vec::new()))
    }

    fn add(&mut self, number: usize, fields: &[(&str, Item)]) -> Result<()> {
        let mut document = T::create(number as u64 + 1)?;
        document.set(fields)?;
        self.0.push(document);
        Ok(())
    }

    fn stored(&mut self, number: usize) -> Result<Vec<u8>> {
        self.0[number].save()
    }

    fn read(&mut self, number: usize) -> Result<Vec<serde_json::Value>> {
        let entries = self.0[number].entries()?;
        Ok(fields(number).iter().filter_map(|(name, _)| entries.get(*name).cloned()).collect())
    }
}

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    let count = workloads.operations * 10 / 6;
    contest.run(contenders![open(count): OurDocuments, Loose<Automerge>, Loose<Loro>, Loose<Yrs>]);
}

fn fields(number: usize) -> [(&'static str, Item); 10] {
    let text = |text: String| Item::Text(text);
    let time = 1_763_900_000_000 + 61_000 * number as i64;
    [
        ("title", text(format!("Task number {number}"))),
        ("body", text(format!("What has to be done in part {} of the plan", number % 97))),
        ("owner", text(format!("person-{}", number % 31))),
        ("status", text("open".to_owned())),
        ("kind", text("task".to_owned())),
        ("created", Item::Number(time)),
        ("updated", Item::Number(time + 5_000)),
        ("priority", Item::Number(number as i64 % 5)),
        ("votes", Item::Number(number as i64 % 40)),
        ("position", Item::Number(number as i64)),
    ]
}

fn open<S: DocumentStore>(probe: &Probe, count: usize) -> Result<Outcome> {
    let input: Vec<_> = (0..count).map(fields).collect();
    let (store, cost) = probe.measure(|| -> Result<S> {
        let mut store = S::create()?;
        input.iter().enumerate().try_for_each(|(number, fields)| store.add(number, fields))?;
        Ok(store)
    });
    let mut store = store?;
    let mut stored = 0;
    for number in 0..count {
        stored += store.stored(number)?.len();
    }
    let case = format!("{count} documents of 10 fields");
    let mut outcome = probe.outcome();
    outcome.cost_of_each(&case, cost, count);
    outcome.bytes(&case, "stored bytes each", stored as f64 / count as f64);
    let read = [0, count / 2, count - 1].map(|number| store.read(number));
    let read = read.into_iter().collect::<Result<Vec<_>>>()?;
    outcome.result(serde_json::to_string(&read)?);
    Ok(outcome)
}
