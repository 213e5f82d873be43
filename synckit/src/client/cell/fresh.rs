//! What is to be stored and sent, until the driver takes it.

use crate::document::DocumentState;
use crate::document::transaction::Pending;
use crate::version::{ReplicaId, VersionVector};
use crate::wire::Change;

pub(super) enum Fresh {
    /// Made here: it is encoded when it is taken, so that one can go on where the last one ended.
    Local(Pending),
    Imported(Change),
    /// All that a snapshot brought into an empty document, up to a version: cut when it is taken.
    Loaded(VersionVector),
}

impl Fresh {
    /// Whose it is, if it is one replica's.
    pub(super) fn replica(&self) -> Option<ReplicaId> {
        match self {
            Self::Local(pending) => Some(pending.replica),
            Self::Imported(change) => Some(change.replica),
            Self::Loaded(_) => None,
        }
    }

    pub(super) fn encode(self, state: &DocumentState) -> Vec<Change> {
        match self {
            Self::Local(pending) => vec![state.encode(pending)],
            Self::Imported(change) => vec![change],
            Self::Loaded(version) => {
                // What was written since is there under headers of its own.
                let mut changes = state.since(&VersionVector::new()).changes;
                changes.retain(|change| change.last_seq() <= version.get(change.replica));
                changes
            }
        }
    }
}

#[cfg(feature = "text")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::container::{ContainerId, Kind};
    use crate::document::Origin;
    use crate::document::transaction::{Open, Transaction};
    use crate::wire::Update;

    fn note() -> ContainerId {
        ContainerId::Root.child("note", Kind::Text)
    }

    fn type_in(state: &mut DocumentState, replica: u64, at: usize, text: &str) -> Pending {
        let mut open = Open::default();
        state.begin(&mut open, ReplicaId::new(replica), 1_000);
        Transaction { state: &mut *state, open: &mut open }.text_insert(&note(), at, text).unwrap();
        assert!(state.commit(&mut open));
        open.pending()
    }

    fn text(state: &DocumentState) -> String {
        state.text(&note()).unwrap().sequence().to_string()
    }

    /// What was written between loading a snapshot and taking what is fresh goes out once, under its own header.
    #[test]
    fn a_snapshot_that_was_written_on_goes_out_whole() {
        let mut theirs = DocumentState::new();
        type_in(&mut theirs, 1, 0, "one three");
        type_in(&mut theirs, 1, 4, "two ");
        let mut ours = DocumentState::new();
        let (applied, loaded) = ours.load(&theirs.snapshot(), Origin::Remote).unwrap();
        assert!(loaded && applied.changes.is_empty());
        let mut fresh = vec![Fresh::Loaded(ours.version().clone())];
        for replica in [1, 2] {
            fresh.push(Fresh::Local(type_in(&mut ours, replica, 3, ",")));
        }
        let changes: Vec<Change> = fresh.into_iter().flat_map(|fresh| fresh.encode(&ours)).collect();
        let mut covered = VersionVector::new();
        for change in &changes {
            assert_eq!(change.first_seq, covered.get(change.replica) + 1);
            covered.advance(change.replica, change.last_seq());
        }
        assert_eq!(&covered, ours.version());
        let mut third = DocumentState::new();
        assert!(!third.apply(&Update { changes }, Origin::Remote).unwrap().gap);
        assert_eq!(text(&third), text(&ours));
        assert_eq!(text(&third), "one,, two three");
    }
}
