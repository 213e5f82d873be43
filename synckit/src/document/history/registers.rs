//! What all replicas know of a history beside the operations: the floor, named checkpoints, who is behind a replica.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{DocumentState, by_replica, registers};
use crate::crdt::container::{ContainerId, Slot};
use crate::crdt::map::MapState;
use crate::crdt::operation::Action;
use crate::document::edit::check_key;
use crate::document::error::WriteError;
use crate::document::transaction::Transaction;
use crate::value::Value;
use crate::version::{Dot, ParseDotError, ReplicaId, VersionVector};
use crate::wire::{decode_version, encode_version};

/// Keys: what a replica has forgotten, a checkpoint, who a replica is.
const FLOOR: &str = "floor/";
const CHECKPOINT: &str = "checkpoint/";
const AUTHOR: &str = "author/";
/// Entries of a checkpoint.
const NAME: &str = "name";
const VERSION: &str = "version";

/// Names a checkpoint. Its text can be stored and sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckpointId(Dot);

impl fmt::Display for CheckpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CheckpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CheckpointId {
    type Err = ParseDotError;

    fn from_str(text: &str) -> Result<Self, ParseDotError> {
        text.parse().map(Self)
    }
}

/// A version with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// Which one: two may have one name.
    pub id: CheckpointId,
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub version: VersionVector,
    /// When it was made, in milliseconds since 1970.
    pub time: u64,
    /// Who made it.
    pub replica: ReplicaId,
}

impl DocumentState {
    fn registers(&self) -> Option<&MapState> {
        self.map(&registers())
    }

    /// Drops what is below the floors of all replicas together.
    pub(super) fn raise_floor(&mut self) {
        let (mut floor, mut known) = (VersionVector::new(), false);
        for (key, slot) in self.registers().into_iter().flat_map(|map| map.iter()) {
            if let Slot::Value(Value::Bytes(bytes)) = slot
                && key.starts_with(FLOOR)
                && let Ok(version) = decode_version(bytes)
            {
                floor.merge(&version);
                known = true;
            }
        }
        let Some(history) = &self.history else { return };
        let forgets = !history.from.includes(&floor);
        let live = forgets.then(|| {
            let there = self.replay(&floor);
            by_replica(|_| {}, |emit| there.each_live(emit))
        });
        let Some(history) = &mut self.history else { return };
        if let Some(live) = live {
            history.forget(&floor, live);
        }
        history.floor.merge(&floor);
        if known {
            history.timeline.settle();
        }
    }

    /// Versions that include this one can be had. `None`: the document keeps no history.
    pub(crate) fn floor(&self) -> Option<&VersionVector> {
        self.history.as_ref().map(|history| &history.floor)
    }

    /// All checkpoints, by time.
    pub(crate) fn checkpoints(&self) -> Vec<Checkpoint> {
        let Some(map) = self.registers() else { return Vec::new() };
        let checkpoint = |(key, slot): (&Arc<str>, &Slot)| {
            let id = key.strip_prefix(CHECKPOINT)?.parse().ok()?;
            let stamp = map.register(key)?.stamp;
            let Slot::Value(value) = slot else { return None };
            let (Some(Value::String(name)), Some(Value::Bytes(version))) =
                (value.entry(NAME), value.entry(VERSION))
            else {
                return None;
            };
            let (name, version) = (name.to_string(), decode_version(version).ok()?);
            Some(Checkpoint { id, name, version, time: stamp.time.millis(), replica: stamp.dot.replica })
        };
        let mut checkpoints: Vec<_> = map.iter().filter_map(checkpoint).collect();
        checkpoints.sort_by_key(|checkpoint| (checkpoint.time, checkpoint.id));
        checkpoints
    }

    /// Who a replica is said to be.
    pub(crate) fn author(&self, replica: ReplicaId) -> Option<Arc<str>> {
        match self.registers()?.get(&author_key(replica))? {
            Slot::Value(Value::String(name)) => Some(name.clone()),
            _ => None,
        }
    }
}

fn author_key(replica: ReplicaId) -> Arc<str> {
    format!("{AUTHOR}{replica}").into()
}

impl Transaction<'_> {
    /// Drops the history below a version, together with what was dropped before.
    pub(crate) fn forget_before(&mut self, version: &VersionVector) {
        let mut floor = version.clone();
        if let Some(history) = &self.state.history {
            floor.merge(&history.floor);
        }
        let key = format!("{FLOOR}{}", self.replica()).into();
        self.write_register(key, Value::Bytes(encode_version(&floor).into()));
    }

    /// Gives the state as it is now a name.
    pub(crate) fn checkpoint(&mut self, name: &str) -> Result<CheckpointId, WriteError> {
        check_key(name)?;
        let id = self.next_dot();
        let version = encode_version(self.state.version());
        let value = Value::map([(NAME, Value::String(name.into())), (VERSION, Value::Bytes(version.into()))]);
        self.write_register(format!("{CHECKPOINT}{id}").into(), value);
        Ok(CheckpointId(id))
    }

    /// Removes a checkpoint; nothing happens when it is not there.
    pub(crate) fn remove_checkpoint(&mut self, id: CheckpointId) {
        let key: Arc<str> = format!("{CHECKPOINT}{id}").into();
        if self.state.registers().is_some_and(|map| map.get(&key).is_some()) {
            self.perform(&registers(), |_| Action::MapDelete { key });
        }
    }

    /// Says who this replica is, unless that is known.
    pub(crate) fn sign(&mut self, name: &str) -> Result<(), WriteError> {
        check_key(name)?;
        let replica = self.replica();
        if self.state.author(replica).as_deref() != Some(name) {
            self.write_register(author_key(replica), Value::String(name.into()));
        }
        Ok(())
    }

    /// Not a step that could be undone.
    fn write_register(&mut self, key: Arc<str>, value: Value) {
        self.perform(&registers(), |_| Action::MapSet { key, slot: Slot::Value(value) });
    }
}

/// The same register with other names for what it speaks of.
pub(in crate::document) fn rename(slot: Slot, name: &dyn Fn(Dot) -> Dot) -> Slot {
    let version = |bytes: &[u8]| {
        let mut renamed = VersionVector::new();
        for (replica, seq) in decode_version(bytes).unwrap_or_default().iter() {
            let last = name(Dot::new(replica, seq));
            renamed.advance(last.replica, last.seq);
            if last.replica != replica {
                // What is before the first new name keeps its own.
                renamed.advance(replica, seq - last.seq);
            }
        }
        Value::Bytes(encode_version(&renamed).into())
    };
    match slot {
        Slot::Value(Value::Bytes(bytes)) => Slot::Value(version(&bytes)),
        Slot::Value(Value::Map(entries)) => Slot::Value(Value::map(entries.iter().map(|(key, value)| {
            let value = match value {
                Value::Bytes(bytes) => version(bytes),
                other => other.clone(),
            };
            (key.clone(), value)
        }))),
        other => other,
    }
}

/// Whether a container is the one of floors, checkpoints and authors.
pub(in crate::document) fn is_register(container: &ContainerId) -> bool {
    *container == registers()
}
