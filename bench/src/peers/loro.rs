//! loro.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use loro::event::Diff;
use loro::{ContainerTrait, ExportMode, LoroCounter, LoroDoc, LoroMap, LoroText, LoroValue, Subscription};

use crate::replica::{
    CounterReplica, Edit, Item, Library, ListReplica, MapReplica, ObservedText, Replica, SetReplica,
    StoredText, TextReplica, drawn,
};

pub(crate) struct Loro {
    document: LoroDoc,
    text: Option<LoroText>,
    map: Option<LoroMap>,
    counter: Option<LoroCounter>,
    update: Arc<Mutex<Option<Vec<u8>>>>,
    notifications: Arc<AtomicU64>,
    _subscriptions: Vec<Subscription>,
}

impl Library for Loro {
    const NAME: &'static str = "loro";
}

impl Loro {
    fn with(document: LoroDoc, id: u64) -> Result<Self> {
        document.set_peer_id(drawn(id))?;
        Ok(Self {
            document,
            text: None,
            map: None,
            counter: None,
            update: Arc::default(),
            notifications: Arc::default(),
            _subscriptions: Vec::new(),
        })
    }

    fn text_handle(&mut self) -> &LoroText {
        self.text.get_or_insert_with(|| self.document.get_text("text"))
    }

    fn map_handle(&mut self) -> &LoroMap {
        self.map.get_or_insert_with(|| self.document.get_map("map"))
    }

    fn counter_handle(&mut self) -> &LoroCounter {
        self.counter.get_or_insert_with(|| self.document.get_counter("counter"))
    }
}

fn value(item: &Item) -> LoroValue {
    match item {
        Item::Number(number) => (*number).into(),
        Item::Text(text) => text.as_str().into(),
        Item::Object(_) => item.json().into(),
    }
}

impl Replica for Loro {
    fn create(id: u64) -> Result<Self> {
        Self::with(LoroDoc::new(), id)
    }

    fn publish(&mut self) -> Result<()> {
        let update = self.update.clone();
        self._subscriptions.push(self.document.subscribe_local_update(Box::new(move |bytes| {
            *update.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes.clone());
            true
        })));
        Ok(())
    }

    fn take_update(&mut self) -> Result<Vec<u8>> {
        self.update.lock().unwrap_or_else(PoisonError::into_inner).take().context("nothing was written")
    }

    fn apply(&mut self, update: &[u8]) -> Result<()> {
        self.document.import(update)?;
        Ok(())
    }

    fn apply_all(&mut self, updates: &[Vec<u8>]) -> Result<()> {
        self.document.import_batch(updates)?;
        Ok(())
    }

    fn save(&mut self) -> Result<Vec<u8>> {
        Ok(self.document.export(ExportMode::Snapshot)?)
    }

    fn load(id: u64, stored: &[u8]) -> Result<Self> {
        Self::with(LoroDoc::from_snapshot(stored)?, id)
    }
}

impl TextReplica for Loro {
    fn edit(&mut self, edits: &[Edit]) -> Result<()> {
        let text = self.text_handle();
        for edit in edits {
            if edit.delete > 0 {
                text.delete(edit.at, edit.delete)?;
            }
            if !edit.insert.is_empty() {
                text.insert(edit.at, &edit.insert)?;
            }
        }
        self.document.commit();
        Ok(())
    }

    fn text(&mut self) -> Result<String> {
        Ok(self.text_handle().to_string())
    }
}

impl ObservedText for Loro {
    fn observe(&mut self) -> Result<()> {
        let id = self.text_handle().id();
        let count = self.notifications.clone();
        let subscription = self.document.subscribe(
            &id,
            Arc::new(move |event| {
                let changed = event.events.iter().any(|event| matches!(&event.diff, Diff::Text(_)));
                count.fetch_add(u64::from(changed), Ordering::Relaxed);
            }),
        );
        self._subscriptions.push(subscription);
        Ok(())
    }

    fn notifications(&self) -> u64 {
        self.notifications.load(Ordering::Relaxed)
    }
}

impl StoredText for Loro {
    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(Some(self.document.export(ExportMode::state_only(None))?))
    }

    fn history(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(Some(self.document.export(ExportMode::all_updates())?))
    }
}

impl ListReplica for Loro {
    fn insert(&mut self, at: usize, items: &[Item]) -> Result<()> {
        let list = self.document.get_list("list");
        for (offset, item) in items.iter().enumerate() {
            list.insert(at + offset, value(item))?;
        }
        self.document.commit();
        Ok(())
    }

    fn items(&mut self) -> Result<Vec<serde_json::Value>> {
        let items = self.document.get_list("list").to_vec();
        Ok(items.into_iter().map(serde_json::Value::from).collect())
    }
}

impl MapReplica for Loro {
    fn set(&mut self, entries: &[(&str, Item)]) -> Result<()> {
        let map = self.map_handle();
        for (key, item) in entries {
            map.insert(key, value(item))?;
        }
        self.document.commit();
        Ok(())
    }

    fn entries(&mut self) -> Result<serde_json::Map<String, serde_json::Value>> {
        match serde_json::Value::from(self.map_handle().get_value()) {
            serde_json::Value::Object(entries) => Ok(entries),
            _ => anyhow::bail!("not a map"),
        }
    }
}

impl CounterReplica for Loro {
    fn increment(&mut self) -> Result<()> {
        self.counter_handle().increment(1.0)?;
        self.document.commit();
        Ok(())
    }

    fn value(&mut self) -> Result<i64> {
        Ok(self.counter_handle().get_value() as i64)
    }
}

impl SetReplica for Loro {
    fn add(&mut self, element: &str) -> Result<()> {
        self.map_handle().insert(element, true)?;
        self.document.commit();
        Ok(())
    }

    fn remove(&mut self, element: &str) -> Result<()> {
        self.map_handle().delete(element)?;
        self.document.commit();
        Ok(())
    }

    fn elements(&mut self) -> Result<Vec<String>> {
        let mut elements: Vec<String> = self.map_handle().keys().map(|key| key.to_string()).collect();
        elements.sort();
        Ok(elements)
    }
}
