//! Replicas, keys and containers inside the operations of a change: spelled out where they first come up, by number from
//! then on.

use std::sync::Arc;

use super::bytes::{Bytes, put_number, put_signed};
use super::limits::{DecodeError, MAX_DEPTH, MAX_KEY, MAX_SEQ, check};
use crate::crdt::container::{ContainerId, Kind};
use crate::few::Few;
use crate::hash::HashMap;
use crate::sorted::SortedMap;
use crate::version::{Dot, ReplicaId, VersionVector};

/// How a container is spelled out: the root; a field of the root, whose kind is the number itself; any other field; created
/// by an operation. What else there is, the length of the key or the kind, stands above these three bits.
const ROOT: u64 = 0;
const FIELD: u64 = 6;
const CREATED: u64 = 7;

/// The number of a kind of container.
pub(super) fn kind_number(kind: Kind) -> u64 {
    match kind {
        Kind::Map => 1,
        Kind::List => 2,
        Kind::Counter => 3,
        #[cfg(feature = "sets")]
        Kind::Set => 4,
        #[cfg(feature = "text")]
        Kind::Text => 5,
        #[cfg(feature = "history")]
        Kind::History => 6,
    }
}

/// The kind of container of a number.
pub(super) fn kind_of(number: u64) -> Result<Kind, DecodeError> {
    match number {
        1 => Ok(Kind::Map),
        2 => Ok(Kind::List),
        3 => Ok(Kind::Counter),
        #[cfg(feature = "sets")]
        4 => Ok(Kind::Set),
        #[cfg(feature = "text")]
        5 => Ok(Kind::Text),
        #[cfg(feature = "history")]
        6 => Ok(Kind::History),
        number => Err(DecodeError::Unknown { what: "container kind", number }),
    }
}

/// What has been named so far, while operations are written.
pub(super) struct Names {
    own: ReplicaId,
    /// All but the writer, who is number 0.
    replicas: SortedMap<ReplicaId, usize>,
    last: Last,
    keys: SortedMap<Arc<str>, u64>,
    /// Mostly there is one container, which takes no table.
    first: Option<ContainerId>,
    containers: HashMap<ContainerId, u64>,
}

/// Of each replica the sequence number that was last referred to: the next one is told by how far it is from there. The
/// writer's, and those of all others in the order of their numbers.
struct Last {
    own: u64,
    others: Vec<u64>,
}

impl Last {
    fn len(&self) -> usize {
        1 + self.others.len()
    }

    fn at(&mut self, replica: usize) -> &mut u64 {
        match replica.checked_sub(1) {
            Some(other) => &mut self.others[other],
            None => &mut self.own,
        }
    }
}

impl Names {
    /// The writer and those whom it builds on have numbers from the start.
    pub(super) fn new(own: ReplicaId, first_seq: u64, dependencies: &VersionVector) -> Self {
        let mut names = Self {
            own,
            replicas: SortedMap::default(),
            last: Last { own: first_seq, others: Vec::new() },
            keys: SortedMap::default(),
            first: None,
            containers: HashMap::default(),
        };
        for (replica, seq) in dependencies.iter() {
            names.replicas.insert(replica, names.last.len());
            names.last.others.push(seq);
        }
        names
    }

    /// Appends a replica and a number of it.
    pub(super) fn put_dot(&mut self, bytes: &mut Vec<u8>, dot: Dot) {
        let at = match self.replicas.get(&dot.replica) {
            _ if dot.replica == self.own => 0,
            Some(&at) => at,
            None => self.last.len(),
        };
        put_number(bytes, at as u64);
        if at == self.last.len() {
            bytes.extend_from_slice(&dot.replica.get().to_le_bytes());
            self.replicas.insert(dot.replica, at);
            self.last.others.push(0);
        }
        let last = self.last.at(at);
        put_signed(bytes, dot.seq.wrapping_sub(*last) as i64);
        *last = dot.seq;
    }

    /// Appends what an operation `own` refers to. One of the writer's own earlier numbers, which it mostly is, takes how
    /// far before it lies, times two; any other 1 and its replica. 0 is left for nothing at all.
    pub(super) fn put_reference(&mut self, bytes: &mut Vec<u8>, own: Dot, dot: Dot) {
        if dot.replica == own.replica && dot.seq < own.seq {
            return put_number(bytes, 2 * (own.seq - dot.seq));
        }
        bytes.push(1);
        self.put_dot(bytes, dot);
    }

    /// Appends a key: twice its number; when it is new its length twice plus one, and itself.
    pub(super) fn put_key(&mut self, bytes: &mut Vec<u8>, key: &Arc<str>) {
        if let Some(number) = self.keys.get(key) {
            return put_number(bytes, 2 * number);
        }
        self.keys.insert(key.clone(), self.keys.len() as u64);
        put_number(bytes, 2 * key.len() as u64 + 1);
        bytes.extend_from_slice(key.as_bytes());
    }

    /// Appends a container: twice its number; when it is new how it is spelled out, twice plus one, and that.
    pub(super) fn put_container(&mut self, bytes: &mut Vec<u8>, id: &ContainerId) {
        if self.first.as_ref() == Some(id) {
            return bytes.push(0);
        }
        if let Some(number) = self.containers.get(id) {
            return put_number(bytes, 2 * number);
        }
        self.spell(bytes, id);
        if self.first.is_none() {
            self.first = Some(id.clone());
        } else {
            self.containers.insert(id.clone(), self.containers.len() as u64 + 1);
        }
    }

    /// Appends how a container is spelled out.
    pub(super) fn spell(&mut self, bytes: &mut Vec<u8>, id: &ContainerId) {
        let mut form = |form: u64, more: u64| put_number(bytes, 2 * (form + 8 * more) + 1);
        match id {
            ContainerId::Root => form(ROOT, 0),
            ContainerId::Place(place)
                if place.parent == ContainerId::Root && kind_number(place.kind) < FIELD =>
            {
                form(kind_number(place.kind), place.key.len() as u64);
                bytes.extend_from_slice(place.key.as_bytes());
            }
            ContainerId::Place(place) => {
                form(FIELD, kind_number(place.kind));
                self.put_container(bytes, &place.parent);
                self.put_key(bytes, &place.key);
            }
            ContainerId::Created { dot, kind } => {
                form(CREATED, kind_number(*kind));
                self.put_dot(bytes, *dot);
            }
        }
    }
}

/// What has been named so far, while operations are read.
pub(super) struct Named<'a> {
    /// One that it may be about: if so, there is no other copy of its name.
    near: Option<&'a ContainerId>,
    own: ReplicaId,
    /// All but the writer.
    replicas: Vec<ReplicaId>,
    last: Last,
    keys: Vec<Arc<str>>,
    /// With how deep each lies in fields of fields. Mostly it is one.
    containers: Few<(ContainerId, usize)>,
}

impl<'a> Named<'a> {
    pub(super) fn new(
        own: ReplicaId,
        first_seq: u64,
        dependencies: &VersionVector,
        near: Option<&'a ContainerId>,
    ) -> Self {
        let mut named = Self {
            near,
            own,
            replicas: Vec::new(),
            last: Last { own: first_seq, others: Vec::new() },
            keys: Vec::new(),
            containers: Few::default(),
        };
        for (replica, seq) in dependencies.iter() {
            named.replicas.push(replica);
            named.last.others.push(seq);
        }
        named
    }

    pub(super) fn dot(&mut self, bytes: &mut Bytes<'_>) -> Result<Dot, DecodeError> {
        let at = bytes.number()?;
        if at == self.last.len() as u64 {
            let replica = u64::from_le_bytes(bytes.array()?);
            if replica == 0 {
                return Err(DecodeError::Invalid("a replica without id"));
            }
            self.replicas.push(ReplicaId::new(replica));
            self.last.others.push(0);
        }
        let at = usize::try_from(at).ok().filter(|&at| at < self.last.len());
        let at = at.ok_or(DecodeError::Invalid("a replica that was not named"))?;
        let replica = at.checked_sub(1).map_or(self.own, |other| self.replicas[other]);
        let last = self.last.at(at);
        *last = last.wrapping_add(bytes.signed()? as u64);
        checked(Dot::new(replica, *last))
    }

    /// What [`Names::put_reference`] wrote; `None` for 0.
    pub(super) fn reference(&mut self, bytes: &mut Bytes<'_>, own: Dot) -> Result<Option<Dot>, DecodeError> {
        match bytes.number()? {
            0 => Ok(None),
            1 => self.dot(bytes).map(Some),
            back if back % 2 == 0 => before(own, back / 2).map(Some),
            _ => Err(DecodeError::Invalid("a reference of no kind")),
        }
    }

    pub(super) fn key(&mut self, bytes: &mut Bytes<'_>) -> Result<Arc<str>, DecodeError> {
        let number = bytes.number()?;
        if number % 2 == 0 {
            let key = usize::try_from(number / 2).ok().and_then(|at| self.keys.get(at));
            return key.cloned().ok_or(DecodeError::Invalid("a key that was not named"));
        }
        let key: Arc<str> = checked_key(bytes, number / 2)?.into();
        self.keys.push(key.clone());
        Ok(key)
    }

    /// Whether what comes next is the name of this field of the root, nothing being named before.
    #[cfg(feature = "text")]
    pub(super) fn takes_field(&self, bytes: &mut Bytes<'_>, field: &ContainerId) -> bool {
        let Ok(number) = bytes.number() else { return false };
        let (Ok(kind), Ok(key)) = (kind_of(number / 2 % 8), checked_key(bytes, number / 16)) else {
            return false;
        };
        number % 2 == 1 && number / 2 % 8 < FIELD && field.is_field_of_root(key, kind)
    }

    pub(super) fn container(&mut self, bytes: &mut Bytes<'_>) -> Result<ContainerId, DecodeError> {
        Ok(self.container_within(bytes, 0)?.0)
    }

    /// `inside` counts how many are being read for which this one is the parent.
    fn container_within(
        &mut self,
        bytes: &mut Bytes<'_>,
        inside: usize,
    ) -> Result<(ContainerId, usize), DecodeError> {
        check("nesting", inside, MAX_DEPTH)?;
        let number = bytes.number()?;
        if number % 2 == 0 {
            let entry = usize::try_from(number / 2).ok().and_then(|at| self.containers.iter().nth(at));
            return entry.cloned().ok_or(DecodeError::Invalid("a container that was not named"));
        }
        let (form, more) = (number / 2 % 8, number / 16);
        let entry = match form {
            ROOT => (ContainerId::Root, 0),
            FIELD => {
                let (parent, depth) = self.container_within(bytes, inside + 1)?;
                if parent.kind() != Kind::Map {
                    return Err(DecodeError::Invalid("a field outside of a map"));
                }
                check("nesting", depth + 1, MAX_DEPTH)?;
                (parent.child(self.key(bytes)?, kind_of(more)?), depth + 1)
            }
            CREATED => (ContainerId::Created { dot: self.dot(bytes)?, kind: kind_of(more)? }, 0),
            kind => {
                let kind = kind_of(kind)?;
                let key = checked_key(bytes, more)?;
                match self.near {
                    Some(near) if near.is_field_of_root(key, kind) => (near.clone(), 1),
                    _ => (ContainerId::Root.child(key, kind), 1),
                }
            }
        };
        self.containers.push(entry.clone());
        Ok(entry)
    }
}

/// The writer's own number so far before `own`.
pub(super) fn before(own: Dot, back: u64) -> Result<Dot, DecodeError> {
    let seq = own.seq.checked_sub(back).filter(|_| back > 0);
    checked(Dot::new(own.replica, seq.unwrap_or(0)))
}

pub(super) fn checked(dot: Dot) -> Result<Dot, DecodeError> {
    if !(1..MAX_SEQ).contains(&dot.seq) {
        return Err(DecodeError::TooLarge { what: "sequence number", size: dot.seq, limit: MAX_SEQ });
    }
    Ok(dot)
}

fn checked_key<'a>(bytes: &mut Bytes<'a>, len: u64) -> Result<&'a str, DecodeError> {
    let key = bytes.text(len)?;
    check("key", key.len(), MAX_KEY)?;
    Ok(key)
}
