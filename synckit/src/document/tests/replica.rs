//! A replica that makes random writes, and a picture of a state that two of them can be compared by.

use std::fmt::Write;
use std::sync::Arc;

use crate::crdt::container::{ContainerId, Content, Kind};
use crate::crdt::marks::Expand;
use crate::document::edit::New;
use crate::document::transaction::{Open, Transaction};
use crate::document::undo::{Direction, UndoHistory};
use crate::document::{DocumentState, Origin, WriteError};
use crate::value::Value;
use crate::version::{Dot, ReplicaId};
use crate::wire::{Change, Update};

/// A random sequence (xorshift64*, Marsaglia 2003) that a seed repeats.
#[derive(Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }
}

#[derive(Clone)]
pub(super) struct Replica {
    pub(super) id: ReplicaId,
    pub(super) state: DocumentState,
    pub(super) undo: UndoHistory,
    pub(super) now: u64,
}

pub(super) fn list() -> ContainerId {
    ContainerId::Root.child("items", Kind::List)
}

pub(super) fn counter() -> ContainerId {
    ContainerId::Root.child("votes", Kind::Counter)
}

pub(super) fn set() -> ContainerId {
    ContainerId::Root.child("tags", Kind::Set)
}

pub(super) fn map() -> ContainerId {
    ContainerId::Root.child("people", Kind::Map)
}

pub(super) fn note() -> ContainerId {
    ContainerId::Root.child("note", Kind::Text)
}

pub(super) fn text(text: &str) -> New {
    New::Value(Value::String(text.into()))
}

impl Replica {
    pub(super) fn new(id: u64) -> Self {
        Self { id: ReplicaId::new(id), state: DocumentState::new(), undo: UndoHistory::default(), now: 1_000 }
    }

    /// A local transaction.
    pub(super) fn write<R>(
        &mut self,
        make: impl FnOnce(&mut Transaction<'_>) -> Result<R, WriteError>,
    ) -> (R, Option<Change>) {
        let mut open = Open::default();
        self.state.begin(&mut open, self.id, self.now);
        let result =
            make(&mut Transaction { state: &mut self.state, open: &mut open }).expect("a valid write");
        let change = self.state.commit(&mut open).then(|| open.pending()).map(|pending| {
            self.undo.record(std::mem::take(&mut open.inverses), self.now);
            self.state.encode(pending)
        });
        (result, change)
    }

    pub(super) fn step(&mut self, direction: Direction) -> Option<Change> {
        let mut open = Open::default();
        self.state.begin(&mut open, self.id, self.now);
        self.undo.go(direction, &mut self.state, &mut open);
        let pending = self.state.commit(&mut open).then(|| open.pending())?;
        Some(self.state.encode(pending))
    }

    pub(super) fn receive(&mut self, changes: Vec<Change>) {
        self.state.apply(&Update { changes }, Origin::Remote).expect("readable changes");
    }

    /// Takes what another replica has and this one lacks.
    pub(super) fn pull(&mut self, from: &DocumentState) {
        let update = from.since(self.state.version());
        let update = Update::decode(&update.encode()).expect("readable bytes");
        let applied = self.state.apply(&update, Origin::Remote).expect("readable changes");
        assert!(!applied.gap);
    }

    /// A random transaction, or an undo or redo.
    pub(super) fn act(&mut self, random: &mut Random) -> Option<Change> {
        self.now += random.below(3) as u64;
        match random.below(12) {
            0 => return self.step(Direction::Undo),
            1 => return self.step(Direction::Redo),
            _ => {}
        }
        self.transact(random)
    }

    /// A random transaction of one to three writes.
    pub(super) fn transact(&mut self, random: &mut Random) -> Option<Change> {
        let steps = 1 + random.below(3);
        self.write(|transaction| {
            for _ in 0..steps {
                random_write(transaction, random)?;
            }
            Ok(())
        })
        .1
    }
}

fn random_write(transaction: &mut Transaction<'_>, random: &mut Random) -> Result<(), WriteError> {
    let key: Arc<str> = ["title", "done", "größe"][random.below(3)].into();
    let word = ["a", "żółw", "👩‍👩‍👧", "", "日本"][random.below(5)];
    let len = transaction.state.list(&list()).map_or(0, |list| list.len());
    let item = |transaction: &Transaction<'_>, at| {
        transaction.state.list(&list()).and_then(|list| Some(list.at(at)?.id))
    };
    match random.below(20) {
        0 | 1 => transaction.map_set(&ContainerId::Root, &key, text(word)).map(drop)?,
        2 => transaction.map_delete(&ContainerId::Root, &key),
        3 => transaction.list_insert(&list(), random.below(len + 1), text(word)).map(drop)?,
        4 | 5 => {
            let item = transaction.list_insert(&list(), random.below(len + 1), New::Container(Kind::Map))?;
            let inside = ContainerId::Created { dot: item, kind: Kind::Map };
            transaction.map_set(&inside, &key, text(word))?;
        }
        6 | 7 if len > 0 => {
            let (from, to) = (random.below(len), random.below(len));
            let Some(item) = item(transaction, from) else { return Ok(()) };
            transaction.list_move(&list(), item, to)?;
        }
        8 if len > 0 => {
            let Some(item) = item(transaction, random.below(len)) else { return Ok(()) };
            transaction.list_delete(&list(), item)?;
        }
        9 if len > 0 => {
            let Some(item) = item(transaction, random.below(len)) else { return Ok(()) };
            transaction.list_set(&list(), item, text(word))?;
        }
        10 => transaction.counter_add(&counter(), random.below(9) as i64 - 4)?,
        11 => {
            transaction.set_add(&set(), Value::String(word.into()))?;
        }
        12 => {
            transaction.set_remove(&set(), &Value::String(word.into()));
        }
        13..=15 => {
            let at = random.below(note_len(transaction) + 1);
            transaction.text_insert(&note(), at, ["xyz", word][random.below(2)])?;
        }
        16 | 17 => {
            let from = random.below(note_len(transaction) + 1);
            let to = note_len(transaction).min(from + random.below(6));
            transaction.text_delete(&note(), from..to)?;
        }
        18 => {
            let from = random.below(note_len(transaction) + 1);
            let to = note_len(transaction).min(from + random.below(6));
            let key: Arc<str> = ["bold", "link"][random.below(2)].into();
            let value = (random.below(3) > 0).then(|| Value::String(word.into()));
            let expand = [Expand::None, Expand::Before, Expand::After, Expand::Both][random.below(4)];
            transaction.text_mark(&note(), from..to, &key, value, expand)?;
        }
        _ => {
            let dot = transaction.map_set(&map(), &key, New::Container(Kind::Map))?;
            let inside = ContainerId::Created { dot, kind: Kind::Map };
            transaction.map_set(&inside, &"name".into(), text(word))?;
        }
    }
    Ok(())
}

fn note_len(transaction: &Transaction<'_>) -> usize {
    transaction.state.text(&note()).map_or(0, |text| text.sequence().len())
}

/// Everything that can be read from a state, in one order.
pub(super) fn picture(state: &DocumentState) -> String {
    let mut containers: Vec<_> = state.containers.iter().collect();
    containers.sort_by(|a, b| a.0.cmp(&b.0));
    let mut picture = String::new();
    for (id, content) in containers {
        let content = match content {
            Content::Map(map) => format!("{:?}", map.iter().collect::<Vec<_>>()),
            Content::List(list) => {
                format!("{:?}", list.iter().map(|item| (item.id, item.slot())).collect::<Vec<(Dot, _)>>())
            }
            Content::Counter(counter) => counter.value().to_string(),
            Content::Set(set) => format!("{:?} of {}", set.iter().collect::<Vec<_>>(), set.len()),
            Content::Text(text) => {
                let sequence = text.sequence();
                let spans = text.spans(0..sequence.len()).into_iter();
                let spans = spans.map(|(range, marks)| (sequence.slice(range), marks));
                format!("{:?}", spans.collect::<Vec<_>>())
            }
        };
        if !["[]", "[] of 0", "0"].contains(&content.as_str()) {
            writeln!(picture, "{id:?}: {content}").expect("a string takes everything");
        }
    }
    picture
}
