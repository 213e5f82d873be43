//! Containers, keys, replicas and values inside the operations of a change.

use std::sync::Arc;

use prost::Message;

use super::generated::{self as pb, ContainerKind, container_entry::Identity, value::Kind as Wire};
use super::limits::{DecodeError, MAX_DEPTH, MAX_KEY, MAX_SEQ, check};
use crate::crdt::container::{ContainerId, Kind, Slot};
use crate::hash::HashMap;
use crate::sorted::SortedMap;
use crate::value::Value;
use crate::version::{Dot, ReplicaId};

/// Gives containers, keys and replicas their indices while a change is written.
pub(super) struct Table {
    containers: HashMap<ContainerId, u32>,
    container_entries: Vec<pb::ContainerEntry>,
    keys: SortedMap<Arc<str>, u32>,
    key_entries: Vec<String>,
    replicas: SortedMap<ReplicaId, u32>,
    replica_entries: Vec<u64>,
}

impl Table {
    pub(super) fn new(own: ReplicaId) -> Self {
        let mut replicas = SortedMap::default();
        replicas.insert(own, 0);
        Self {
            containers: HashMap::default(),
            container_entries: Vec::new(),
            keys: SortedMap::default(),
            key_entries: Vec::new(),
            replicas,
            replica_entries: Vec::new(),
        }
    }

    pub(super) fn key(&mut self, key: &Arc<str>) -> u32 {
        if let Some(&index) = self.keys.get(key) {
            return index;
        }
        let index = self.key_entries.len() as u32;
        self.key_entries.push(key.to_string());
        self.keys.insert(key.clone(), index);
        index
    }

    pub(super) fn replica(&mut self, replica: ReplicaId) -> u32 {
        if let Some(&index) = self.replicas.get(&replica) {
            return index;
        }
        self.replica_entries.push(replica.get());
        let index = self.replica_entries.len() as u32;
        self.replicas.insert(replica, index);
        index
    }

    pub(super) fn container(&mut self, id: &ContainerId) -> u32 {
        if let Some(&index) = self.containers.get(id) {
            return index;
        }
        let identity = match id {
            ContainerId::Root => Identity::Root(true),
            ContainerId::Place(place) => Identity::Place(pb::Place {
                parent: self.container(&place.parent),
                key: self.key(&place.key),
                kind: kind_to_wire(place.kind),
            }),
            ContainerId::Created { dot, kind } => Identity::Created(self.created(*dot, *kind)),
        };
        let index = self.container_entries.len() as u32;
        self.container_entries.push(pb::ContainerEntry { identity: Some(identity) });
        self.containers.insert(id.clone(), index);
        index
    }

    pub(super) fn finish(self, columns: &mut pb::Operations) {
        columns.container_table = self.container_entries;
        columns.key_table = self.key_entries;
        columns.replica_table = self.replica_entries;
    }

    fn created(&mut self, dot: Dot, kind: Kind) -> pb::Created {
        pb::Created { replica: self.replica(dot.replica), seq: dot.seq, kind: kind_to_wire(kind) }
    }
}

/// The tables of a change that is read.
pub(super) struct Tables {
    containers: Vec<ContainerId>,
    keys: Vec<Arc<str>>,
    replicas: Vec<ReplicaId>,
}

impl Tables {
    /// Takes the tables out of the columns and checks them.
    pub(super) fn read(own: ReplicaId, columns: &mut pb::Operations) -> Result<Self, DecodeError> {
        let mut tables = Self { containers: Vec::new(), keys: Vec::new(), replicas: vec![own] };
        for key in std::mem::take(&mut columns.key_table) {
            check("key", key.len(), MAX_KEY)?;
            tables.keys.push(key.into());
        }
        for replica in std::mem::take(&mut columns.replica_table) {
            if replica == 0 {
                return Err(DecodeError::Invalid("a replica without id"));
            }
            tables.replicas.push(ReplicaId::new(replica));
        }
        let mut depths = Vec::new();
        for entry in std::mem::take(&mut columns.container_table) {
            let (id, depth) = match entry.identity {
                Some(Identity::Root(_)) => (ContainerId::Root, 0usize),
                Some(Identity::Place(place)) => {
                    let parent = tables.container(place.parent)?;
                    if parent.kind() != Kind::Map {
                        return Err(DecodeError::Invalid("a field outside of a map"));
                    }
                    let depth = depths[place.parent as usize] + 1;
                    check("nesting", depth, MAX_DEPTH)?;
                    (parent.child(tables.key(place.key)?, kind_from_wire(place.kind)?), depth)
                }
                Some(Identity::Created(created)) => (tables.created(&created)?, 0),
                None => return Err(DecodeError::Invalid("a container without identity")),
            };
            tables.containers.push(id);
            depths.push(depth);
        }
        Ok(tables)
    }

    pub(super) fn container(&self, index: u32) -> Result<ContainerId, DecodeError> {
        self.containers
            .get(index as usize)
            .cloned()
            .ok_or(DecodeError::Invalid("a container that is not in the table"))
    }

    pub(super) fn key(&self, index: u32) -> Result<Arc<str>, DecodeError> {
        self.keys.get(index as usize).cloned().ok_or(DecodeError::Invalid("a key that is not in the table"))
    }

    pub(super) fn dot(&self, replica: u32, seq: u64) -> Result<Dot, DecodeError> {
        let missing = DecodeError::Invalid("a replica that is not in the table");
        let replica = *self.replicas.get(replica as usize).ok_or(missing)?;
        if !(1..MAX_SEQ).contains(&seq) {
            return Err(DecodeError::TooLarge { what: "sequence number", size: seq, limit: MAX_SEQ });
        }
        Ok(Dot::new(replica, seq))
    }

    fn created(&self, created: &pb::Created) -> Result<ContainerId, DecodeError> {
        let dot = self.dot(created.replica, created.seq)?;
        Ok(ContainerId::Created { dot, kind: kind_from_wire(created.kind)? })
    }
}

fn kind_to_wire(kind: Kind) -> u32 {
    let kind = match kind {
        Kind::Map => ContainerKind::Map,
        Kind::List => ContainerKind::List,
        Kind::Counter => ContainerKind::Counter,
        Kind::Set => ContainerKind::Set,
        #[cfg(feature = "text")]
        Kind::Text => ContainerKind::Text,
    };
    kind as u32
}

fn kind_from_wire(kind: u32) -> Result<Kind, DecodeError> {
    match ContainerKind::try_from(kind as i32) {
        Ok(ContainerKind::Map) => Ok(Kind::Map),
        Ok(ContainerKind::List) => Ok(Kind::List),
        Ok(ContainerKind::Counter) => Ok(Kind::Counter),
        Ok(ContainerKind::Set) => Ok(Kind::Set),
        #[cfg(feature = "text")]
        Ok(ContainerKind::Text) => Ok(Kind::Text),
        _ => Err(DecodeError::Unknown { what: "container kind", number: u64::from(kind) }),
    }
}

pub(super) fn slot_to_wire(slot: &Slot, own: Dot, table: &mut Table) -> pb::Value {
    match slot {
        Slot::Value(value) => value_to_wire(value),
        Slot::Container { dot, kind } if *dot == own => {
            pb::Value { kind: Some(Wire::Container(kind_to_wire(*kind))) }
        }
        Slot::Container { dot, kind } => pb::Value { kind: Some(Wire::Link(table.created(*dot, *kind))) },
    }
}

pub(super) fn slot_from_wire(wire: &pb::Value, own: Dot, tables: &Tables) -> Result<Slot, DecodeError> {
    match &wire.kind {
        Some(Wire::Container(kind)) => Ok(Slot::Container { dot: own, kind: kind_from_wire(*kind)? }),
        Some(Wire::Link(created)) => {
            let dot = tables.dot(created.replica, created.seq)?;
            Ok(Slot::Container { dot, kind: kind_from_wire(created.kind)? })
        }
        _ => Ok(Slot::Value(value_from_wire(wire, 0)?)),
    }
}

/// A value's bytes, on its own.
pub(crate) fn encode_value(value: &Value) -> Vec<u8> {
    value_to_wire(value).encode_to_vec()
}

/// Reads a value's bytes.
pub(crate) fn decode_value(bytes: &[u8]) -> Result<Value, DecodeError> {
    value_from_wire(&pb::Value::decode(bytes)?, 0)
}

pub(super) fn value_to_wire(value: &Value) -> pb::Value {
    let kind = match value {
        Value::Null => return pb::Value { kind: None },
        Value::Bool(value) => Wire::Bool(*value),
        Value::Int(value) => Wire::Int(*value),
        Value::Float(value) => Wire::Float(*value),
        Value::String(text) => Wire::String(text.to_string()),
        Value::Bytes(bytes) => Wire::Bytes(bytes.to_vec()),
        Value::List(items) => Wire::List(pb::ValueList { items: items.iter().map(value_to_wire).collect() }),
        Value::Map(entries) => {
            let entry = |(key, value): &(Arc<str>, Value)| pb::ValueEntry {
                key: key.to_string(),
                value: Some(value_to_wire(value)),
            };
            Wire::Map(pb::ValueMap { entries: entries.iter().map(entry).collect() })
        }
    };
    pb::Value { kind: Some(kind) }
}

pub(super) fn value_from_wire(wire: &pb::Value, depth: usize) -> Result<Value, DecodeError> {
    check("nesting", depth, MAX_DEPTH)?;
    Ok(match &wire.kind {
        None => Value::Null,
        Some(Wire::Bool(value)) => Value::Bool(*value),
        Some(Wire::Int(value)) => Value::Int(*value),
        Some(Wire::Float(value)) => Value::Float(*value),
        Some(Wire::String(text)) => Value::String(text.as_str().into()),
        Some(Wire::Bytes(bytes)) => Value::Bytes(bytes.as_slice().into()),
        Some(Wire::List(list)) => Value::List(
            list.items.iter().map(|item| value_from_wire(item, depth + 1)).collect::<Result<_, _>>()?,
        ),
        Some(Wire::Map(map)) => {
            if !map.entries.windows(2).all(|pair| pair[0].key < pair[1].key) {
                return Err(DecodeError::Invalid("a map with keys out of order"));
            }
            let null = pb::Value { kind: None };
            let entry = |entry: &pb::ValueEntry| {
                check("key", entry.key.len(), MAX_KEY)?;
                let value = value_from_wire(entry.value.as_ref().unwrap_or(&null), depth + 1)?;
                Ok((entry.key.as_str().into(), value))
            };
            Value::Map(map.entries.iter().map(entry).collect::<Result<_, DecodeError>>()?)
        }
        Some(Wire::Container(_) | Wire::Link(_)) => {
            return Err(DecodeError::Invalid("a container inside a plain value"));
        }
    })
}
