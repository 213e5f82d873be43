//! automerge.

use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow};
use automerge::transaction::Transactable as _;
use automerge::{
    ActorId, AutoSerde, Automerge as Document, Change, ObjId, ObjType, ROOT, ReadDoc as _, ScalarValue,
};

use crate::replica::{
    CounterReplica, Edit, Item, Library, ListReplica, MapReplica, ObservedText, Replica, SetReplica,
    StoredText, TextReplica, drawn,
};

pub(crate) struct Automerge {
    document: Document,
    text: ObjId,
    list: ObjId,
    map: ObjId,
    observed: bool,
    notifications: u64,
}

impl Library for Automerge {
    const NAME: &'static str = "automerge";
}

/// The change that makes the containers: replicas have to share it, or each would have containers of its own.
fn beginning() -> Result<&'static [u8]> {
    static BEGINNING: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let begin = || {
        let mut document = Document::new().with_actor(ActorId::from(drawn(0).to_be_bytes()));
        let mut transaction = document.transaction();
        transaction.put_object(ROOT, "text", ObjType::Text)?;
        transaction.put_object(ROOT, "list", ObjType::List)?;
        transaction.put_object(ROOT, "map", ObjType::Map)?;
        transaction.put(ROOT, "counter", ScalarValue::counter(0))?;
        transaction.commit();
        Ok::<_, automerge::AutomergeError>(document.save())
    };
    let bytes = BEGINNING.get_or_init(|| begin().map_err(|error| error.to_string()));
    bytes.as_deref().map_err(|error| anyhow!("{error}"))
}

impl Automerge {
    fn with(mut document: Document, id: u64) -> Result<Self> {
        let mut actor = [0; 16];
        actor[..8].copy_from_slice(&drawn(id).to_be_bytes());
        actor[8..].copy_from_slice(&drawn(!id).to_be_bytes());
        document.set_actor(ActorId::from(actor));
        let object = |key: &str| Ok::<_, anyhow::Error>(document.get(ROOT, key)?.context("no container")?.1);
        let (text, list, map) = (object("text")?, object("list")?, object("map")?);
        Ok(Self { document, text, list, map, observed: false, notifications: 0 })
    }

    fn map_json(&self, key: &str) -> Result<serde_json::Value> {
        let mut document = serde_json::to_value(AutoSerde::from(&self.document))?;
        Ok(document[key].take())
    }
}

fn scalar(item: &Item) -> Option<ScalarValue> {
    match item {
        Item::Number(number) => Some((*number).into()),
        Item::Text(text) => Some(text.as_str().into()),
        Item::Object(_) => None,
    }
}

impl Replica for Automerge {
    const RECEIVES_LIVE: bool = false;

    fn create(id: u64) -> Result<Self> {
        Self::load(id, beginning()?)
    }

    fn publish(&mut self) -> Result<()> {
        Ok(())
    }

    fn take_update(&mut self) -> Result<Vec<u8>> {
        let change = self.document.get_last_local_change().context("nothing was written")?;
        Ok(change.raw_bytes().to_vec())
    }

    fn apply(&mut self, update: &[u8]) -> Result<()> {
        self.document.apply_changes([Change::from_bytes(update.to_vec())?])?;
        Ok(())
    }

    fn apply_all(&mut self, updates: &[Vec<u8>]) -> Result<()> {
        let changes: Vec<Change> =
            updates.iter().map(|update| Change::from_bytes(update.clone())).collect::<Result<_, _>>()?;
        self.document.apply_changes(changes)?;
        Ok(())
    }

    fn save(&mut self) -> Result<Vec<u8>> {
        Ok(self.document.save())
    }

    fn load(id: u64, stored: &[u8]) -> Result<Self> {
        Self::with(Document::load(stored)?, id)
    }
}

impl TextReplica for Automerge {
    fn edit(&mut self, edits: &[Edit]) -> Result<()> {
        let splice = |transaction: &mut automerge::transaction::Transaction<'_>| {
            edits.iter().try_for_each(|edit| {
                transaction.splice_text(
                    &self.text,
                    edit.at,
                    isize::try_from(edit.delete).unwrap_or(0),
                    &edit.insert,
                )
            })
        };
        if !self.observed {
            let result = self.document.transact::<_, _, automerge::AutomergeError>(splice);
            return result.map(drop).map_err(|failure| failure.error.into());
        }
        let mut done = self
            .document
            .transact_and_log_patches::<_, _, automerge::AutomergeError>(splice)
            .map_err(|failure| failure.error)?;
        self.notifications += u64::from(!self.document.make_patches(&mut done.patch_log).is_empty());
        Ok(())
    }

    fn text(&mut self) -> Result<String> {
        Ok(self.document.text(&self.text)?)
    }
}

impl ObservedText for Automerge {
    fn observe(&mut self) -> Result<()> {
        self.observed = true;
        Ok(())
    }

    fn notifications(&self) -> u64 {
        self.notifications
    }
}

impl StoredText for Automerge {
    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn history(&mut self) -> Result<Option<Vec<u8>>> {
        self.save().map(Some)
    }
}

impl ListReplica for Automerge {
    fn insert(&mut self, at: usize, items: &[Item]) -> Result<()> {
        let mut transaction = self.document.transaction();
        let values: Vec<ScalarValue> =
            items.iter().map(|item| scalar(item).context("not a scalar")).collect::<Result<_>>()?;
        transaction.splice(&self.list, at, 0, values)?;
        transaction.commit();
        Ok(())
    }

    fn items(&mut self) -> Result<Vec<serde_json::Value>> {
        match self.map_json("list")? {
            serde_json::Value::Array(items) => Ok(items),
            _ => anyhow::bail!("not a list"),
        }
    }
}

impl MapReplica for Automerge {
    fn set(&mut self, entries: &[(&str, Item)]) -> Result<()> {
        let mut transaction = self.document.transaction();
        for (key, item) in entries {
            match (scalar(item), item) {
                (None, Item::Object(fields)) => {
                    let object = transaction.put_object(&self.map, *key, ObjType::Map)?;
                    for (name, text) in fields {
                        transaction.put(&object, *name, text.as_str())?;
                    }
                }
                (value, _) => transaction.put(&self.map, *key, value.context("not a scalar")?)?,
            }
        }
        transaction.commit();
        Ok(())
    }

    fn entries(&mut self) -> Result<serde_json::Map<String, serde_json::Value>> {
        match self.map_json("map")? {
            serde_json::Value::Object(entries) => Ok(entries),
            _ => anyhow::bail!("not a map"),
        }
    }
}

impl CounterReplica for Automerge {
    fn increment(&mut self) -> Result<()> {
        let mut transaction = self.document.transaction();
        transaction.increment(ROOT, "counter", 1)?;
        transaction.commit();
        Ok(())
    }

    fn value(&mut self) -> Result<i64> {
        let (value, _) = self.document.get(ROOT, "counter")?.context("no counter")?;
        value.as_i64().context("not a number")
    }
}

impl SetReplica for Automerge {
    fn add(&mut self, element: &str) -> Result<()> {
        let mut transaction = self.document.transaction();
        transaction.put(&self.map, element, true)?;
        transaction.commit();
        Ok(())
    }

    fn remove(&mut self, element: &str) -> Result<()> {
        let mut transaction = self.document.transaction();
        transaction.delete(&self.map, element)?;
        transaction.commit();
        Ok(())
    }

    fn elements(&mut self) -> Result<Vec<String>> {
        let mut elements: Vec<String> = self.document.keys(&self.map).collect();
        elements.sort();
        Ok(elements)
    }
}
