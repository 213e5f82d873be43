//! A change that is nothing but one edit of a text, in and out: what is typed while others watch. It takes a straight way; the outcome is
//! that of any other change.

use super::event::{Target, Touched};
use super::state::DocumentState;
use crate::crdt::container::{Content, Part};
use crate::version::{ReplicaId, Timestamp, VersionVector};
use crate::wire::{Change, edit};

/// Bytes of an insertion that is not cut into parts.
const MAX_TEXT: usize = 16 << 10;

impl DocumentState {
    /// Applies a change with these operations, if it is one edit of the text that was written last and lacks nothing. Returns whether it
    /// is; if not, nothing has happened.
    pub(crate) fn take_edit(
        &mut self,
        change: &Change,
        operations: &[u8],
        touched: Option<&mut Touched>,
    ) -> bool {
        let (replica, first) = (change.replica, change.first_seq);
        if self.version.get(replica) + 1 != first || self.parked.is_some() || self.keeps_history() {
            return false;
        }
        let Some((id, Content::Text(text))) = self.containers.get_mut(self.last as usize) else {
            return false;
        };
        let Some(edit) = edit::read(change, operations, id) else { return false };
        let stands = edit.dependencies().into_iter().flatten();
        if !self.version.includes(&change.dependencies)
            || !stands.filter(|dot| dot.replica != replica).all(|dot| self.version.contains(dot))
        {
            return false;
        }
        let shows = text.apply(edit);
        if let Some(touched) = touched.filter(|_| shows) {
            touched.insert(Target::Content(id.clone()));
        }
        self.clock.observe(change.time);
        self.recent.touch((self.last, Part::Whole));
        self.version.advance(replica, change.last_seq());
        self.recent.end(replica, first, change.last_seq());
        if !self.alone {
            self.boundaries.get_or_default(replica).push(change.last_seq());
        }
        true
    }

    /// The change from one sequence number to another, if that is one edit of the container of this number.
    pub(super) fn edit_alone(
        &self,
        at: u32,
        replica: ReplicaId,
        (first_seq, last): (u64, u64),
        time: Timestamp,
    ) -> Option<Change> {
        let (id, Content::Text(text)) = self.containers.get(at as usize)? else { return None };
        let edit = text.sequence().edit_of(replica, first_seq, last)?;
        let mut dependencies = VersionVector::new();
        for dot in edit.dependencies().into_iter().flatten().filter(|dot| dot.replica != replica) {
            dependencies.advance(dot.replica, dot.seq);
        }
        let operations = edit::write(&dependencies, id, edit, MAX_TEXT)?;
        Some(Change { replica, first_seq, len: last + 1 - first_seq, time, operations, dependencies })
    }
}
