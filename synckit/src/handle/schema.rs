//! What a type stands for as a field of a document.

use std::sync::{Arc, OnceLock};

use super::error::ReadError;
use super::field::FieldRef;
use super::node::Node;
use super::observable::Observable;
use crate::document::WriteError;
use crate::value::FieldValue;

/// A type that can be a field of a `#[derive(Document)]` struct: plain values, [`Counter`](super::Counter),
/// [`Set`](super::Set), [`List`](super::List), [`Map`](super::Map) and other documents.
pub trait Schema: Sized {
    /// The handle of such a field.
    type Ref;

    /// The handle of the field under a key.
    fn at(node: &Node, key: &Arc<str>) -> Self::Ref;

    /// Reads the field.
    ///
    /// # Errors
    /// [`ReadError`] when what is stored is of another type.
    fn read(node: &Node, key: &Arc<str>) -> Result<Self, ReadError>;

    /// Brings the field to this value.
    ///
    /// # Errors
    /// [`WriteError`] when it does not fit.
    fn write(&self, node: &Node, key: &Arc<str>) -> Result<(), WriteError>;
}

/// The name of a field, which all documents share.
pub struct Name {
    text: &'static str,
    shared: OnceLock<Arc<str>>,
}

impl Name {
    /// A name.
    pub const fn new(text: &'static str) -> Self {
        Self { text, shared: OnceLock::new() }
    }

    /// The name as documents hold it.
    pub fn get(&self) -> &Arc<str> {
        self.shared.get_or_init(|| self.text.into())
    }
}

impl<V: FieldValue> Schema for V {
    type Ref = FieldRef<V>;

    fn at(node: &Node, key: &Arc<str>) -> FieldRef<V> {
        node.field(key.clone())
    }

    fn read(node: &Node, key: &Arc<str>) -> Result<V, ReadError> {
        Self::at(node, key).get()
    }

    fn write(&self, node: &Node, key: &Arc<str>) -> Result<(), WriteError> {
        let value = self.clone().into_value();
        let current = node.cell.read(|state| state.map(&node.id).and_then(|map| map.get(key)).cloned());
        let is_default = current.is_none() && V::default().into_value() == value;
        if is_default || current == Some(crate::crdt::container::Slot::Value(value)) {
            return Ok(());
        }
        node.field::<V>(key.clone()).set(self.clone())
    }
}
