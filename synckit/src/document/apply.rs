//! How changes from elsewhere come in.

use super::error::ApplyError;
use super::event::{Origin, Touched};
use super::state::DocumentState;
use crate::crdt::operation::Action;
use crate::few::Few;
use crate::wire::reader::Read;
use crate::wire::{Change, DecodeError, Update};

/// Operations of an update that are kept from when they are checked until they take effect; beyond, they are read twice.
const MAX_READ: usize = 1 << 16;

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
        self.take(update.changes.clone())
    }

    /// [`apply`](Self::apply) for changes that nobody else needs.
    pub(crate) fn take(&mut self, changes: Vec<Change>) -> Result<Applied, ApplyError> {
        let (mut waiting, mut room) = (Few::default(), MAX_READ);
        let mut applied = Applied::default();
        if let [change] = &changes[..]
            && self.take_edit(change, &change.operations, Some(&mut applied.touched))
        {
            if !self.alone {
                applied.changes = changes;
            }
            return Ok(applied);
        }
        let mut changes = changes.into_iter();
        while let Some(change) = changes.next() {
            if change.last_seq() <= self.version.get(change.replica) {
                continue;
            }
            let read = self.read(&change, &mut room)?;
            if changes.len() == 0 && waiting.is_empty() && self.lacking(&change, read.beyond()).is_none() {
                // Mostly it is the only one.
                self.take_in(change, read, &mut applied)?;
            } else {
                waiting.push((change, read));
            }
        }
        let mut late = Few::default();
        for (change, read) in waiting {
            if self.lacking(&change, read.beyond()).is_none() {
                // Every operation was read once before: this cannot fail any more.
                let _ = self.take_in(change, read, &mut applied);
            } else {
                late.push((change, read.beyond().clone()));
            }
        }
        if !late.is_empty() || self.parked.is_some() {
            self.park(late, &mut applied);
        }
        self.settle_history();
        applied.gap = self.parked.is_some();
        Ok(applied)
    }

    /// Applies changes that start from nothing and lack nothing, in their order. After an error the document is of no use.
    pub(super) fn take_all(&mut self, changes: Vec<Change>, applied: &mut Applied) -> Result<(), ApplyError> {
        for change in changes {
            if change.first_seq > self.version.get(change.replica) + 1 {
                let (replica, first_seq) = (change.replica.get(), change.first_seq);
                let source = DecodeError::Invalid("a snapshot with a gap");
                return Err(ApplyError::Unreadable { replica, first_seq, source });
            }
            self.take_in(change, Read::unchecked(), applied)?;
        }
        Ok(())
    }

    fn read(&self, change: &Change, room: &mut usize) -> Result<Read, ApplyError> {
        let near = self.containers.get(self.last as usize).map(|(id, _)| id);
        Read::new(change, near, room).map_err(|source| unreadable(change, source))
    }

    /// Applies a change that had to wait.
    pub(super) fn take_parked(&mut self, change: Change, applied: &mut Applied) {
        // It was readable when it was parked.
        if let Ok(read) = self.read(&change, &mut { MAX_READ }) {
            let _ = self.take_in(change, read, applied);
        }
    }

    fn take_in(&mut self, change: Change, read: Read, applied: &mut Applied) -> Result<(), ApplyError> {
        let (known, replica, last) = (self.version.get(change.replica), change.replica, change.last_seq());
        if last <= known {
            return Ok(());
        }
        let taken = read.each(&change, &mut |mut operation| {
            if operation.stamp.dot.seq + operation.action.span() - 1 <= known {
                return;
            }
            // Of a run only what is news: a number has one meaning, also when its writer says otherwise.
            if let Action::Text(run) = &mut operation.action
                && operation.stamp.dot.seq <= known
                && let Some((dot, rest)) = run.split_off(known)
            {
                (operation.stamp.dot, operation.action) = (dot, Action::Text(rest));
            }
            if let Action::ListRun(run) = &mut operation.action
                && operation.stamp.dot.seq <= known
            {
                run.skip(known + 1 - operation.stamp.dot.seq, &mut operation.stamp);
            }
            self.execute(operation, &mut applied.touched);
        });
        taken.map_err(|source| unreadable(&change, source))?;
        self.version.advance(replica, last);
        self.recent.end(replica, known + 1, last);
        if !self.alone {
            self.boundaries.get_or_default(replica).push(last);
            applied.changes.push(change);
        }
        Ok(())
    }
}

fn unreadable(change: &Change, source: DecodeError) -> ApplyError {
    ApplyError::Unreadable { replica: change.replica.get(), first_seq: change.first_seq, source }
}
