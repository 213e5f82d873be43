//! How changes from elsewhere come in.

use super::error::ApplyError;
use super::event::{Origin, Touched};
use super::state::DocumentState;
use crate::crdt::operation::Action;
use crate::sorted::SortedMap;
use crate::version::{ReplicaId, VersionVector};
use crate::wire::operations::Reader;
use crate::wire::{Change, DecodeError, Update};

/// Bytes of changes that may wait for a gap to fill; beyond, they are dropped and have to be asked for again.
const MAX_PARKED: usize = 4 << 20;

/// Changes that arrived before what they build on, by replica and first sequence number.
#[derive(Debug, Clone, Default)]
pub(super) struct Parked {
    /// Each with what it waits for.
    changes: SortedMap<(ReplicaId, u64), (Change, VersionVector)>,
    bytes: usize,
}

impl Parked {
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn insert(&mut self, change: Change, dependencies: VersionVector) {
        let size = size(&change, &dependencies);
        let key = (change.replica, change.first_seq);
        let longer = |old: &(Change, _)| old.0.len >= change.len;
        if self.bytes + size > MAX_PARKED || self.changes.get(&key).is_some_and(longer) {
            return;
        }
        if let Some((old, dependencies)) = self.changes.insert(key, (change, dependencies)) {
            self.bytes -= self::size(&old, &dependencies);
        }
        self.bytes += size;
    }

    /// Takes out a change that is ready or no longer needed.
    fn take(&mut self, wanted: impl Fn(&Change, &VersionVector) -> bool) -> Option<Change> {
        let key = *self.changes.iter().find(|(_, (change, dependencies))| wanted(change, dependencies))?.0;
        let (change, dependencies) = self.changes.remove(&key)?;
        self.bytes -= size(&change, &dependencies);
        Some(change)
    }
}

fn size(change: &Change, dependencies: &VersionVector) -> usize {
    change.encoded_len() + 16 * dependencies.len()
}

/// What an update did.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Applied {
    /// The changes that were news: to be stored and passed on.
    pub changes: Vec<Change>,
    /// Whether something waits for, or was dropped because of, changes that are missing: ask for them.
    pub gap: bool,
    pub(crate) touched: Touched,
}

impl DocumentState {
    /// Applies an update from elsewhere, all of it or nothing. What is known already has no second effect; changes that
    /// come too early wait (up to 4 MiB of them) until what they build on arrives.
    ///
    /// O(n log m) for n operations on containers of m entries.
    ///
    /// # Errors
    /// [`ApplyError::Unreadable`] when any change in it is not readable; the document is then as it was.
    pub fn apply(&mut self, update: &Update, _origin: Origin) -> Result<Applied, ApplyError> {
        let mut waiting = Vec::new();
        for change in &update.changes {
            if change.last_seq() > self.version.get(change.replica) {
                waiting.push((change, read(change)?));
            }
        }
        let mut applied = Applied::default();
        // Changes may come in any order: go over them until none is ready any more. In order, once is enough.
        loop {
            let before = waiting.len();
            waiting.retain(|(change, reader)| {
                let ready = self.ready(change, reader.dependencies());
                if ready {
                    self.take_in(change, reader, &mut applied);
                }
                !ready
            });
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for (change, reader) in waiting {
            self.parked.insert(change.clone(), reader.dependencies().clone());
        }
        self.unpark(&mut applied);
        self.settle_history();
        applied.gap = !self.parked.is_empty();
        Ok(applied)
    }

    /// Applies changes that start from nothing and lack nothing, in their order.
    pub(super) fn take_all(&mut self, update: &Update, applied: &mut Applied) -> Result<(), ApplyError> {
        for change in &update.changes {
            let reader = read(change)?;
            if change.first_seq > self.version.get(change.replica) + 1 {
                let (replica, first_seq) = (change.replica.get(), change.first_seq);
                let source = DecodeError::Invalid("a snapshot with a gap");
                return Err(ApplyError::Unreadable { replica, first_seq, source });
            }
            self.take_in(change, &reader, applied);
        }
        Ok(())
    }

    fn unpark(&mut self, applied: &mut Applied) {
        let mut parked = std::mem::take(&mut self.parked);
        while let Some(change) = parked.take(|change, dependencies| self.ready(change, dependencies)) {
            // It was readable when it was parked.
            if let Ok(reader) = read(&change) {
                self.take_in(&change, &reader, applied);
            }
        }
        self.parked = parked;
    }

    fn ready(&self, change: &Change, dependencies: &VersionVector) -> bool {
        change.first_seq <= self.version.get(change.replica) + 1 && self.version.includes(dependencies)
    }

    fn take_in(&mut self, change: &Change, reader: &Reader<'_>, applied: &mut Applied) {
        let known = self.version.get(change.replica);
        if change.last_seq() <= known {
            return;
        }
        // Every operation was read once before: this cannot fail any more.
        let _ = reader.each(&mut |mut operation| {
            if operation.stamp.dot.seq + operation.action.span() - 1 <= known {
                return;
            }
            // Of a run of characters only those that are news: a number has one meaning, also when its writer says otherwise.
            if let Action::Text(run) = &mut operation.action
                && operation.stamp.dot.seq <= known
                && let Some((dot, rest)) = run.split_off(known)
            {
                (operation.stamp.dot, operation.action) = (dot, Action::Text(rest));
            }
            self.execute(&operation, &mut applied.touched);
        });
        self.version.advance(change.replica, change.last_seq());
        self.recent.end(change.replica, known + 1, change.last_seq());
        self.boundaries.get_or_default(change.replica).push(change.last_seq());
        applied.changes.push(change.clone());
    }
}

fn read(change: &Change) -> Result<Reader<'_>, ApplyError> {
    Reader::new(change).map_err(|source| ApplyError::Unreadable {
        replica: change.replica.get(),
        first_seq: change.first_seq,
        source,
    })
}
