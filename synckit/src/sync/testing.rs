//! A writer of documents for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::crdt::container::{ContainerId, Slot};
use crate::document::edit::New;
use crate::document::transaction::{Open, Transaction};
use crate::document::{DocumentState, Origin};
use crate::value::Value;
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Change, Update};

#[derive(Clone)]
pub(crate) struct Writer {
    pub(crate) state: DocumentState,
    pub(crate) replica: ReplicaId,
    pub(crate) now: u64,
}

impl Writer {
    pub(crate) fn new(replica: u64) -> Self {
        Self { state: DocumentState::new(), replica: ReplicaId::new(replica), now: 1_000 }
    }

    /// One transaction that sets one field.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Arc<str>>) -> Change {
        self.now += 1;
        let mut open = Open::default();
        self.state.begin(&mut open, self.replica, self.now);
        let key: Arc<str> = key.into();
        Transaction { state: &mut self.state, open: &mut open }
            .map_set(&ContainerId::Root, &key, New::Value(Value::String(value.into())))
            .unwrap();
        assert!(self.state.commit(&mut open));
        let pending = open.pending();
        self.state.encode(pending)
    }

    pub(crate) fn apply(&mut self, update: &Update) -> Vec<Change> {
        self.state.apply(update, Origin::Remote).unwrap().changes
    }
}

/// The fields of a document.
pub(crate) fn fields(state: &DocumentState) -> BTreeMap<String, String> {
    let Some(map) = state.map(&ContainerId::Root) else { return BTreeMap::new() };
    let field = |(key, slot): (&Arc<str>, &Slot)| match slot {
        Slot::Value(Value::String(value)) => Some((key.to_string(), value.to_string())),
        _ => None,
    };
    map.iter().filter_map(field).collect()
}

pub(crate) fn update(changes: &[Change]) -> Update {
    Update { changes: changes.to_vec() }
}

pub(crate) fn version(entries: &[(u64, u64)]) -> VersionVector {
    entries.iter().map(|&(replica, seq)| (ReplicaId::new(replica), seq)).collect()
}
