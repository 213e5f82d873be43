//! A document as a whole: what is stored on a device and exported.

use super::apply::Applied;
use super::error::ApplyError;
use super::event::Origin;
use super::recent::Recent;
use super::state::DocumentState;
use crate::crdt::container::Content;
#[cfg(any(feature = "text", feature = "history"))]
use crate::version::ReplicaId;
use crate::version::VersionVector;
use crate::wire::Snapshot;

/// Sequence numbers of a replica: the first one, and the one behind the last.
#[cfg(any(feature = "text", feature = "history"))]
pub(super) type Numbers = (ReplicaId, u64, u64);

/// Whether no number is among several of them. O(n log n).
#[cfg(any(feature = "text", feature = "history"))]
pub(super) fn are_apart(taken: &mut [Numbers]) -> bool {
    taken.sort_unstable();
    taken.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1)
}

impl DocumentState {
    /// Everything, as it is stored and exported. O(document).
    pub fn snapshot(&self) -> Snapshot {
        let Some(texts) = self.encoded_texts() else {
            // By their edits, like any other change; such a text has no past worth keeping.
            return Snapshot { update: self.since(&VersionVector::new()), ..Snapshot::default() };
        };
        Snapshot {
            update: self.cut(&VersionVector::new(), true),
            texts,
            #[cfg(feature = "history")]
            history: self.encoded_history(),
        }
    }

    /// Applies a snapshot, all of it or nothing; into a document that is not empty it is merged.
    ///
    /// O(snapshot) into an empty document, otherwise as [`apply`](Self::apply).
    ///
    /// # Errors
    /// [`ApplyError::Unreadable`] when anything in it is not readable; the document is then as it was.
    pub fn restore(&mut self, snapshot: &Snapshot, origin: Origin) -> Result<Applied, ApplyError> {
        let (mut applied, loaded) = self.load(snapshot, origin)?;
        if loaded && origin != Origin::Load {
            // Whoever stores and passes on what was news needs the edits too.
            applied.changes = self.since(&VersionVector::new()).changes;
        }
        Ok(applied)
    }

    /// [`restore`](Self::restore). `true` when it was loaded as a whole into an empty document: what was news is then all there
    /// is, and not listed.
    pub(crate) fn load(
        &mut self,
        snapshot: &Snapshot,
        origin: Origin,
    ) -> Result<(Applied, bool), ApplyError> {
        if snapshot.is_update() {
            return Ok((self.apply(&snapshot.update, origin)?, false));
        }
        if !self.version.is_empty() || self.parked.is_some() {
            let mut other = Self::new();
            other.restore(snapshot, Origin::Load)?;
            let applied = self.apply(&other.since(&self.version), origin)?;
            #[cfg(feature = "history")]
            self.adopt_history(&other);
            return Ok((applied, false));
        }
        let mut fresh = Self { clock: self.clock.clone(), ..Self::new() };
        let mut applied = Applied::default();
        fresh.read_texts(&snapshot.texts, &mut applied.touched)?;
        fresh.take_all(snapshot.update.changes.clone(), &mut applied)?;
        fresh.check_texts(&snapshot.update)?;
        fresh.texts_are_loaded();
        for (_, content) in &mut fresh.containers {
            if let Content::Set(set) = content {
                set.loaded();
            }
        }
        #[cfg(feature = "history")]
        fresh.read_history(&snapshot.history)?;
        // What was read has nothing to do with the order in which it came about.
        fresh.recent = Recent::default();
        fresh.succeed(self);
        *self = fresh;
        applied.changes.clear();
        Ok((applied, true))
    }
}
