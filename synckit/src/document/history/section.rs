//! The history of a snapshot.

use std::collections::HashMap;

use super::stream::seal;
use super::{DocumentState, History, by_replica, keeper};
#[cfg(feature = "text")]
use crate::crdt::container::Content;
use crate::crdt::operation::{Action, Live, Operation};
use crate::document::error::ApplyError;
use crate::document::event::Touched;
use crate::document::snapshot::{Numbers, are_apart};
use crate::sorted::SortedMap;
use crate::version::{Dot, ReplicaId, VersionVector};
use crate::wire::history::{Deleted, HistorySection};
use crate::wire::reader::Reader;
use crate::wire::{Change, DecodeError, Update};

/// Operations in one change of a snapshot.
const OPERATIONS: usize = 4096;

const WRONG: ApplyError =
    ApplyError::History(DecodeError::Invalid("a history that is not the one of its document"));

impl DocumentState {
    /// What is not live; empty when the document keeps no history.
    pub(in crate::document) fn encoded_history(&self) -> Vec<u8> {
        let Some(history) = &self.history else { return Vec::new() };
        // What is live in two forms, as removals from a set can be, is found in neither.
        let mut live: HashMap<Dot, Option<Action>> = HashMap::new();
        self.each_live(&mut |Operation { stamp, action, .. }| {
            live.entry(stamp.dot).and_modify(|form| *form = None).or_insert(Some(action));
        });
        let mut past = Update::default();
        for (_, stream) in history.streams.iter() {
            let mut operations = Vec::new();
            stream.since(0, &mut |operation| {
                // A set's operation is live with all that was observed since.
                if live.get(&operation.stamp.dot).and_then(Option::as_ref) != Some(&operation.action) {
                    operations.push(operation);
                }
            });
            past.changes.extend(operations.chunks(OPERATIONS).filter_map(seal));
        }
        let steps = history.timeline.iter().map(|(replica, steps)| (replica, steps.to_vec())).collect();
        HistorySection {
            from: history.from.clone(),
            past,
            steps,
            deleted: self.deleted_texts(&history.floor),
        }
        .encode()
    }

    /// Takes in the history of the document that was just loaded.
    pub(in crate::document) fn read_history(&mut self, bytes: &[u8]) -> Result<(), ApplyError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let HistorySection { from, past, steps, deleted } =
            HistorySection::decode(bytes).map_err(ApplyError::History)?;
        self.restore_deleted(&deleted)?;
        // It may begin with what has not arrived yet: somebody else's floor.
        if self.version.get(keeper()) == 0 {
            return Err(WRONG);
        }
        let mut replaced = Vec::new();
        for change in &past.changes {
            self.read_past(change, &mut replaced)?;
        }
        let ascends = |pair: &[Operation]| {
            pair[0].stamp.dot.replica != pair[1].stamp.dot.replica
                || pair[0].stamp.dot.seq < pair[1].stamp.dot.seq
        };
        if !replaced.windows(2).all(ascends) || !past.changes.is_sorted_by_key(|change| change.replica) {
            return Err(WRONG);
        }
        // That something else has replaced them is not taken on trust: whoever gets them as changes executes them too.
        self.history = None;
        let bases = std::mem::take(&mut self.counter_bases);
        let mut touched = Touched::default();
        replaced.iter().for_each(|operation| drop(self.execute(operation.clone(), &mut touched)));
        self.counter_bases = bases;
        let all = by_replica(|emit| replaced.into_iter().for_each(emit), |emit| self.each_live(emit));
        self.check_numbers(&all)?;
        let mut history = History::new(from, all);
        for (replica, own) in steps {
            if own.last().is_some_and(|last| last.end > self.version.get(replica)) {
                return Err(WRONG);
            }
            history.timeline.set(replica, own);
        }
        self.history = Some(Box::new(history));
        self.raise_floor();
        Ok(())
    }

    /// Reads operations that something else has replaced.
    fn read_past(&self, change: &Change, operations: &mut Vec<Operation>) -> Result<(), ApplyError> {
        let (replica, first_seq) = (change.replica.get(), change.first_seq);
        let unreadable = |source| ApplyError::Unreadable { replica, first_seq, source };
        let reader = Reader::new(change).map_err(unreadable)?;
        let mut fits = true;
        reader
            .each(&mut |operation| {
                fits &= self.version.contains(operation.stamp.dot) && operation.action.is_timed();
                operations.push(operation);
            })
            .map_err(unreadable)?;
        if fits { Ok(()) } else { Err(WRONG) }
    }

    /// Takes over what another state of the same document has of its history.
    pub(in crate::document) fn adopt_history(&mut self, other: &Self) {
        if let (Some(own), Some(other)) = (&mut self.history, &other.history) {
            own.adopt(other);
        }
    }

    /// Every live operation but the edits of texts.
    pub(super) fn each_live(&self, emit: &mut dyn FnMut(Operation)) {
        let nothing = VersionVector::new();
        for (id, content) in &self.containers {
            let emit = &mut |live: Live| {
                emit(Operation { stamp: live.stamp, container: id.clone(), action: live.action });
            };
            match content {
                #[cfg(feature = "text")]
                Content::Text(text) => text.marks.live(&nothing, emit),
                content => content.live(&nothing, emit),
            }
        }
    }

    #[cfg(feature = "text")]
    fn deleted_texts(&self, floor: &VersionVector) -> Vec<Deleted> {
        self.texts().map(|(_, text)| text.sequence().deleted_text(floor)).collect()
    }

    #[cfg(feature = "text")]
    fn restore_deleted(&mut self, deleted: &[Deleted]) -> Result<(), ApplyError> {
        let mut texts = self.containers.iter_mut().filter_map(|(_, content)| match content {
            Content::Text(text) if !text.sequence().version().is_empty() => Some(text),
            _ => None,
        });
        for (runs, characters) in deleted {
            let text = texts.next().ok_or(WRONG)?;
            text.restore_deleted(runs, characters).map_err(ApplyError::History)?;
        }
        if texts.next().is_some() { Err(WRONG) } else { Ok(()) }
    }

    /// # Errors
    /// When two operations have one sequence number.
    fn check_numbers(&self, operations: &SortedMap<ReplicaId, Vec<Operation>>) -> Result<(), ApplyError> {
        let mut taken: Vec<Numbers> = Vec::new();
        for (replica, own) in operations.iter() {
            taken.extend(own.iter().map(|operation| {
                let first = operation.stamp.dot.seq;
                (*replica, first, first + operation.action.span())
            }));
        }
        #[cfg(feature = "text")]
        for (_, text) in self.texts() {
            text.sequence().numbers(&mut |replica, first, end| taken.push((replica, first, end)));
        }
        if are_apart(&mut taken) { Ok(()) } else { Err(WRONG) }
    }

    #[cfg(not(feature = "text"))]
    fn restore_deleted(&mut self, _deleted: &[Deleted]) -> Result<(), ApplyError> {
        Ok(())
    }

    #[cfg(not(feature = "text"))]
    fn deleted_texts(&self, _floor: &VersionVector) -> Vec<Deleted> {
        Vec::new()
    }
}
