//! yrs.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use yrs::updates::decoder::Decode as _;
use yrs::{
    Any, Array as _, ArrayRef, ClientID, Doc, GetString as _, Map as _, MapRef, Observable as _, Options,
    ReadTxn as _, StateVector, Text as _, TextRef, Transact as _, Update, types::ToJson as _,
};

use crate::replica::{
    Edit, Item, Library, ListReplica, MapReplica, ObservedText, Replica, SetReplica, StoredText, TextReplica,
    drawn,
};

pub(crate) struct Yrs {
    document: Doc,
    text: TextRef,
    list: ArrayRef,
    map: MapRef,
    update: Rc<RefCell<Option<Vec<u8>>>>,
    notifications: Rc<Cell<u64>>,
}

impl Library for Yrs {
    const NAME: &'static str = "yrs";
}

impl Yrs {
    fn new(id: u64, keep_deleted: bool) -> Self {
        let client = ClientID::new(drawn(id) >> 11);
        let document =
            Doc::with_options(Options { skip_gc: keep_deleted, ..Options::with_client_id(client) });
        let (text, list, map) = (
            document.get_or_insert_text("text"),
            document.get_or_insert_array("list"),
            document.get_or_insert_map("map"),
        );
        Self { document, text, list, map, update: Rc::default(), notifications: Rc::default() }
    }
}

fn any(item: &Item) -> Any {
    match item {
        Item::Number(number) => Any::from(*number),
        Item::Text(text) => Any::from(text.as_str()),
        Item::Object(entries) => {
            let entries = entries.iter().map(|(key, text)| (key.to_string(), Any::from(text.as_str())));
            Any::Map(Arc::new(entries.collect::<HashMap<_, _>>()))
        }
    }
}

impl Replica for Yrs {
    fn create(id: u64) -> Result<Self> {
        Ok(Self::new(id, false))
    }

    fn publish(&mut self) -> Result<()> {
        let update = self.update.clone();
        self.document.observe_update_v1("update", move |_, event| {
            *update.borrow_mut() = Some(event.update.clone());
        })?;
        Ok(())
    }

    fn take_update(&mut self) -> Result<Vec<u8>> {
        self.update.borrow_mut().take().context("nothing was written")
    }

    fn apply(&mut self, update: &[u8]) -> Result<()> {
        let update = Update::decode_v1(update)?;
        self.document.transact_mut().apply_update(update)?;
        Ok(())
    }

    fn apply_all(&mut self, updates: &[Vec<u8>]) -> Result<()> {
        let mut transaction = self.document.transact_mut();
        for update in updates {
            transaction.apply_update(Update::decode_v1(update)?)?;
        }
        Ok(())
    }

    fn save(&mut self) -> Result<Vec<u8>> {
        Ok(self.document.transact().encode_state_as_update_v1(&StateVector::default()))
    }

    fn load(id: u64, stored: &[u8]) -> Result<Self> {
        let mut replica = Self::new(id, false);
        replica.apply(stored)?;
        Ok(replica)
    }
}

impl TextReplica for Yrs {
    fn edit(&mut self, edits: &[Edit]) -> Result<()> {
        let mut transaction = self.document.transact_mut();
        for edit in edits {
            let at = u32::try_from(edit.at)?;
            if edit.delete > 0 {
                self.text.remove_range(&mut transaction, at, u32::try_from(edit.delete)?);
            }
            if !edit.insert.is_empty() {
                self.text.insert(&mut transaction, at, &edit.insert);
            }
        }
        Ok(())
    }

    /// Many edits in one transaction take minutes: until it ends every character is an item of its own.
    fn replay(&mut self, edits: &[Edit]) -> Result<()> {
        edits.iter().try_for_each(|edit| self.edit(std::slice::from_ref(edit)))
    }

    fn text(&mut self) -> Result<String> {
        Ok(self.text.get_string(&self.document.transact()))
    }
}

impl ObservedText for Yrs {
    /// It is not asked for the delta, which takes a walk over the whole text.
    fn observe(&mut self) -> Result<()> {
        let count = self.notifications.clone();
        self.text.observe("count", move |_, _| count.set(count.get() + 1));
        Ok(())
    }

    fn notifications(&self) -> u64 {
        self.notifications.get()
    }
}

impl StoredText for Yrs {
    fn create_with_history(id: u64) -> Result<Self> {
        Ok(Self::new(id, true))
    }

    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        if self.document.skip_gc() {
            return Ok(None);
        }
        Ok(Some(self.document.transact().encode_state_as_update_v2(&StateVector::default())))
    }

    fn history(&mut self) -> Result<Option<Vec<u8>>> {
        if !self.document.skip_gc() {
            return Ok(None);
        }
        Ok(Some(self.document.transact().encode_state_as_update_v2(&StateVector::default())))
    }
}

impl ListReplica for Yrs {
    fn insert(&mut self, at: usize, items: &[Item]) -> Result<()> {
        let mut transaction = self.document.transact_mut();
        self.list.insert_range(&mut transaction, u32::try_from(at)?, items.iter().map(any));
        Ok(())
    }

    fn items(&mut self) -> Result<Vec<serde_json::Value>> {
        let transaction = self.document.transact();
        let items = self.list.iter(&transaction).map(|item| serde_json::to_value(item.to_json(&transaction)));
        Ok(items.collect::<Result<_, _>>()?)
    }
}

impl MapReplica for Yrs {
    fn set(&mut self, entries: &[(&str, Item)]) -> Result<()> {
        let mut transaction = self.document.transact_mut();
        for (key, item) in entries {
            self.map.insert(&mut transaction, *key, any(item));
        }
        Ok(())
    }

    fn entries(&mut self) -> Result<serde_json::Map<String, serde_json::Value>> {
        let transaction = self.document.transact();
        let entry = |(key, item): (&str, yrs::Out)| {
            Ok((key.to_owned(), serde_json::to_value(item.to_json(&transaction))?))
        };
        self.map.iter(&transaction).map(entry).collect()
    }
}

impl SetReplica for Yrs {
    fn add(&mut self, element: &str) -> Result<()> {
        self.map.insert(&mut self.document.transact_mut(), element, true);
        Ok(())
    }

    fn remove(&mut self, element: &str) -> Result<()> {
        self.map.remove(&mut self.document.transact_mut(), element);
        Ok(())
    }

    fn elements(&mut self) -> Result<Vec<String>> {
        let transaction = self.document.transact();
        let mut elements: Vec<String> = self.map.keys(&transaction).map(str::to_owned).collect();
        elements.sort();
        Ok(elements)
    }
}
