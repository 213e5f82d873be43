//! Many small documents of one client, each a struct of ten fields.

use anyhow::Result;
use synckit::prelude::*;

use super::NAME;
use crate::replica::{Item, Library};
use crate::suites::DocumentStore;

/// What the workload puts into a document.
#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Record {
    title: String,
    body: String,
    owner: String,
    status: String,
    kind: String,
    created: i64,
    updated: i64,
    priority: i64,
    votes: i64,
    position: i64,
}

pub(crate) struct OurDocuments {
    client: SyncKit,
    open: Vec<RecordRef>,
}

impl Library for OurDocuments {
    const NAME: &'static str = NAME;
}

impl DocumentStore for OurDocuments {
    fn create() -> Result<Self> {
        Ok(Self { client: SyncKit::in_memory(1), open: Vec::new() })
    }

    fn add(&mut self, number: usize, fields: &[(&str, Item)]) -> Result<()> {
        let document = self.client.document::<Record>(&format!("document-{number}"));
        document.update(|document| {
            for (name, item) in fields {
                match (*name, item) {
                    ("title", Item::Text(text)) => document.title().set(text.as_str())?,
                    ("body", Item::Text(text)) => document.body().set(text.as_str())?,
                    ("owner", Item::Text(text)) => document.owner().set(text.as_str())?,
                    ("status", Item::Text(text)) => document.status().set(text.as_str())?,
                    ("kind", Item::Text(text)) => document.kind().set(text.as_str())?,
                    ("created", Item::Number(number)) => document.created().set(*number)?,
                    ("updated", Item::Number(number)) => document.updated().set(*number)?,
                    ("priority", Item::Number(number)) => document.priority().set(*number)?,
                    ("votes", Item::Number(number)) => document.votes().set(*number)?,
                    ("position", Item::Number(number)) => document.position().set(*number)?,
                    _ => {}
                }
            }
            Ok(())
        })?;
        self.open.push(document);
        Ok(())
    }

    fn stored(&mut self, number: usize) -> Result<Vec<u8>> {
        Ok(self.open[number].export())
    }

    fn read(&mut self, number: usize) -> Result<Vec<serde_json::Value>> {
        let record = self.open[number].get()?;
        Ok(vec![
            record.title.into(),
            record.body.into(),
            record.owner.into(),
            record.status.into(),
            record.kind.into(),
            record.created.into(),
            record.updated.into(),
            record.priority.into(),
            record.votes.into(),
            record.position.into(),
        ])
    }
}
