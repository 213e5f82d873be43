//! Documents without a schema.

use std::sync::Arc;

use serde_json::{Map, Value as JsonValue};

use super::document::{Document, DocumentRef};
use super::error::ReadError;
use super::node::Node;
use super::observable::Observable;
use crate::client::Subscription;
use crate::crdt::container::Slot;
use crate::document::WriteError;
use crate::document::edit::New;
use crate::value::Value;

/// The schema of documents that have none: a JSON object. Each key is a field of its own, whose value is written and
/// overwritten as a whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Json(pub Map<String, JsonValue>);

impl Document for Json {
    type Ref = JsonRef;

    fn at(node: Node) -> JsonRef {
        JsonRef::new(node)
    }

    fn read(node: &Node) -> Result<Self, ReadError> {
        node.cell.read(|state| {
            let entries = state.map(&node.id).into_iter().flat_map(|map| map.iter());
            let value = |(key, slot): (&Arc<str>, &Slot)| match slot {
                Slot::Value(value) => Some((key.to_string(), JsonValue::from(value))),
                Slot::Container { .. } => None,
            };
            Ok(Self(entries.filter_map(value).collect()))
        })
    }

    fn write(&self, node: &Node) -> Result<(), WriteError> {
        let json = JsonRef::new(node.clone());
        for key in Self::read(node).unwrap_or_default().0.keys().filter(|key| !self.0.contains_key(*key)) {
            json.remove(key)?;
        }
        json.merge(JsonValue::Object(self.0.clone()))
    }
}

/// A document without a schema.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonRef {
    node: Node,
}

impl JsonRef {
    pub(crate) fn new(node: Node) -> Self {
        Self { node }
    }

    /// The value under a key.
    pub fn field(&self, key: &str) -> Option<JsonValue> {
        self.node.cell.read(|state| match state.map(&self.node.id)?.get(key)? {
            Slot::Value(value) => Some(value.into()),
            Slot::Container { .. } => None,
        })
    }

    /// Writes a key of at most 1 KiB with a value of at most 1 MiB.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`].
    pub fn set(&self, key: &str, value: impl Into<JsonValue>) -> Result<(), WriteError> {
        let value = Value::from(value.into());
        let key = Arc::from(key);
        self.node
            .cell
            .write(|transaction| transaction.map_set(&self.node.id, &key, New::Value(value)).map(drop))
    }

    /// Removes a key; nothing happens when it is not there.
    ///
    /// # Errors
    /// None at present; fallible like every write.
    pub fn remove(&self, key: &str) -> Result<(), WriteError> {
        let key = Arc::from(key);
        self.node.cell.write(|transaction| {
            transaction.map_delete(&self.node.id, &key);
            Ok(())
        })
    }

    /// Writes every key of an object that holds another value, as one transaction. Keys that are not in it stay.
    /// Anything but an object changes nothing.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`]; then nothing is written.
    pub fn merge(&self, object: JsonValue) -> Result<(), WriteError> {
        let JsonValue::Object(entries) = object else { return Ok(()) };
        self.node.cell.update(|| {
            for (key, value) in entries {
                if self.field(&key).as_ref() != Some(&value) {
                    self.set(&key, value)?;
                }
            }
            Ok(())
        })
    }
}

impl Observable for JsonRef {
    type Value = Json;

    fn get(&self) -> Result<Json, ReadError> {
        Json::read(&self.node)
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.node.observe_all(callback)
    }
}

impl DocumentRef for JsonRef {
    fn node(&self) -> &Node {
        &self.node
    }
}
