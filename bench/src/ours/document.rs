//! A document of SyncKit with one container of each kind, through the public handles.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use synckit::prelude::*;
use synckit::version::VersionVector;
use synckit::{Set, Subscription, Text, TextRef, Value};

use super::NAME;
use crate::replica::{
    CounterReplica, Edit, Item, Library, ListReplica, MapReplica, ObservedText, Replica, SetReplica,
    StoredText, TextReplica, drawn,
};

/// The containers. A container that is never written costs nothing.
#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Containers {
    text: Text,
    list: List<Value>,
    map: Map<Value>,
    counter: Counter,
    set: Set<String>,
}

pub(crate) struct Ours {
    document: ContainersRef,
    text: TextRef,
    list: ListRef<Value>,
    map: MapRef<Value>,
    counter: CounterRef,
    set: SetRef<String>,
    /// What others know already.
    sent: VersionVector,
    notifications: Arc<AtomicU64>,
    _subscription: Option<Subscription>,
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
            text: document.text(),
            list: document.list(),
            map: document.map(),
            counter: document.counter(),
            set: document.set(),
            document,
            sent: VersionVector::new(),
            notifications: Arc::default(),
            _subscription: None,
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

impl TextReplica for Ours {
    fn edit(&mut self, edits: &[Edit]) -> Result<()> {
        let make = |edit: &Edit| {
            if edit.delete > 0 {
                self.text.delete(edit.at..edit.at + edit.delete)?;
            }
            if edit.insert.is_empty() { Ok(()) } else { self.text.insert(edit.at, &edit.insert) }
        };
        Ok(self.document.update(|_| edits.iter().try_for_each(make))?)
    }

    fn text(&mut self) -> Result<String> {
        Ok(self.text.get()?)
    }
}

impl ObservedText for Ours {
    fn observe(&mut self) -> Result<()> {
        let count = self.notifications.clone();
        self._subscription = Some(self.text.follow(move |delta| {
            let changed = delta.change.as_ref().is_some_and(|steps| !steps.is_empty());
            count.fetch_add(u64::from(changed), Ordering::Relaxed);
        }));
        Ok(())
    }

    fn notifications(&self) -> u64 {
        self.notifications.load(Ordering::Relaxed)
    }
}

impl StoredText for Ours {
    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        self.save().map(Some)
    }

    fn create_with_history(id: u64) -> Result<Self> {
        let replica = Self::create(id)?;
        replica.document.history().keep()?;
        Ok(replica)
    }

    fn history(&mut self) -> Result<Option<Vec<u8>>> {
        self.save().map(Some)
    }
}

impl Ours {
    /// Versions with so many edits between one and the next, the oldest first.
    pub(crate) fn versions(&self, apart: u64) -> Vec<VersionVector> {
        let mut versions = Vec::new();
        for (replica, last) in self.document.version().iter().take(1) {
            versions
                .extend((1..=last / apart).map(|step| VersionVector::from_iter([(replica, step * apart)])));
        }
        versions
    }

    /// How many characters the text had at a version.
    pub(crate) fn len_at(&self, version: &VersionVector) -> Result<usize> {
        Ok(self.text.at(version)?.len())
    }
}

impl ListReplica for Ours {
    fn insert(&mut self, at: usize, items: &[Item]) -> Result<()> {
        Ok(self.list.insert_all(at, items.iter().map(value))?)
    }

    fn items(&mut self) -> Result<Vec<serde_json::Value>> {
        Ok(self.list.values()?.iter().map(Into::into).collect())
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
