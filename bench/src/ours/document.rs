//! A document of SyncKit with one container of each kind, through the public handles.

use anyhow::Result;
use synckit::prelude::*;
use synckit::version::VersionVector;
use synckit::{Set, Value};

use super::NAME;
use crate::replica::{CounterReplica, Item, Library, ListReplica, MapReplica, Replica, SetReplica, drawn};

/// The containers. A container that is never written costs nothing.
#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Containers {
    list: List<Value>,
    map: Map<Value>,
    counter: Counter,
    set: Set<String>,
}

pub(crate) struct Ours {
    document: ContainersRef,
    list: ListRef<Value>,
    map: MapRef<Value>,
    counter: CounterRef,
    set: SetRef<String>,
    /// What others know already.
    sent: VersionVector,
    _client: SyncKit,
}

impl Library for Ours {
    const NAME: &'static str = NAME;
}

fn value(item: &Item) -> Value {
    match item {
        Item::Number(number) => Value::Int(*number),
        Item::Text(text) => Value::String(text.as_str().into()),
        Item::Object(entries) => {
            Value::map(entries.iter().map(|(key, text)| (*key, Value::String(text.as_str().into()))))
        }
    }
}

impl Replica for Ours {
    fn create(id: u64) -> Result<Self> {
        let client = SyncKit::in_memory(drawn(id));
        let document = client.document::<Containers>("bench");
        Ok(Self {
            list: document.list(),
            map: document.map(),
            counter: document.counter(),
            set: document.set(),
            document,
            sent: VersionVector::new(),
            _client: client,
        })
    }

    fn publish(&mut self) -> Result<()> {
        self.sent = self.document.version();
        Ok(())
    }

    fn take_update(&mut self) -> Result<Vec<u8>> {
        let update = self.document.export_since(&self.sent);
        self.sent = self.document.version();
        Ok(update)
    }

    fn apply(&mut self, update: &[u8]) -> Result<()> {
        self.document.import(update)?;
        self.sent = self.document.version();
        Ok(())
    }

    fn save(&mut self) -> Result<Vec<u8>> {
        Ok(self.document.export())
    }

    fn load(id: u64, stored: &[u8]) -> Result<Self> {
        let mut replica = Self::create(id)?;
        replica.apply(stored)?;
        Ok(replica)
    }
}

impl ListReplica for Ours {
    fn insert(&mut self, at: usize, items: &[Item]) -> Result<()> {
        self.document.update(|_| {
            for (offset, item) in items.iter().enumerate() {
                self.list.insert(at + offset, value(item))?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn items(&mut self) -> Result<Vec<serde_json::Value>> {
        self.list.elements().iter().map(|item| Ok((&item.get()?).into())).collect()
    }
}

impl MapReplica for Ours {
    fn set(&mut self, entries: &[(&str, Item)]) -> Result<()> {
        self.document.update(|_| {
            entries.iter().try_for_each(|(key, item)| self.map.insert(key, value(item)).map(drop))
        })?;
        Ok(())
    }

    fn entries(&mut self) -> Result<serde_json::Map<String, serde_json::Value>> {
        self.map.entries().into_iter().map(|(key, item)| Ok((key, (&item.get()?).into()))).collect()
    }
}

impl CounterReplica for Ours {
    fn increment(&mut self) -> Result<()> {
        Ok(self.counter.increment(1)?)
    }

    fn value(&mut self) -> Result<i64> {
        Ok(self.counter.get()?)
    }
}

impl SetReplica for Ours {
    fn add(&mut self, element: &str) -> Result<()> {
        self.set.insert(element)?;
        Ok(())
    }

    fn remove(&mut self, element: &str) -> Result<()> {
        self.set.remove(&element.to_owned())?;
        Ok(())
    }

    fn elements(&mut self) -> Result<Vec<String>> {
        Ok(self.set.get()?.into_iter().collect())
    }
}
