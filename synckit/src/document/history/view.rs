//! A document as it was.

use std::ops::RangeInclusive;

use super::{DocumentState, HistoryEntry, keeper};
use crate::crdt::container::{ContainerId, Content};
use crate::document::error::WriteError;
use crate::document::event::Touched;
use crate::handle::ReadError;
use crate::version::{Dot, ReplicaId, VersionVector};

/// Why a version cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Nobody has asked for it.
    #[error("the document keeps no history: call `history().keep()` first")]
    NotKept,
    /// What came before the floor was dropped.
    #[error("the history before this version was dropped: ask for one that includes `history().floor()`")]
    Forgotten,
    /// It has edits that have not arrived here.
    #[error("the version has edits that have not arrived here: wait until the document is in sync")]
    Unknown,
    /// Something in it is of another type than this program expects.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl DocumentState {
    /// Whether a version can be shown.
    pub(crate) fn check_version(&self, version: &VersionVector) -> Result<(), HistoryError> {
        let history = self.history.as_ref().ok_or(HistoryError::NotKept)?;
        if !version.includes(&history.floor) {
            return Err(HistoryError::Forgotten);
        }
        if !self.version.includes(version) {
            return Err(HistoryError::Unknown);
        }
        Ok(())
    }

    /// The document as a replica had it that knew exactly `version`. O(document and history).
    ///
    /// # Errors
    /// [`HistoryError`] when it is not known.
    pub(crate) fn at(&self, version: &VersionVector) -> Result<Self, HistoryError> {
        self.check_version(version)?;
        let mut past = self.replay(version);
        past.counter_bases.clear();
        past.version.clone_from(version);
        Ok(past)
    }

    /// What of the document is known at a version.
    pub(super) fn replay(&self, version: &VersionVector) -> Self {
        let mut past = Self::new();
        for (id, content) in &self.containers {
            past.take_text(id, content, version);
        }
        past.texts_are_loaded();
        let mut touched = Touched::default();
        self.past(&VersionVector::new(), &mut |operation| {
            if version.contains(operation.stamp.dot) && operation.stamp.dot.replica != keeper() {
                past.execute(operation, &mut touched);
            }
        });
        past
    }

    /// One text of [`at`](Self::at), in a document of its own.
    #[cfg(feature = "text")]
    pub(crate) fn text_at(&self, text: &ContainerId, version: &VersionVector) -> Result<Self, HistoryError> {
        self.check_version(version)?;
        let mut past = Self::new();
        past.version.clone_from(version);
        let Some(content) = self.content(text) else { return Ok(past) };
        past.take_text(text, content, version);
        past.texts_are_loaded();
        let mut touched = Touched::default();
        self.past(&VersionVector::new(), &mut |operation| {
            if operation.container == *text && version.contains(operation.stamp.dot) {
                past.execute(operation, &mut touched);
            }
        });
        Ok(past)
    }

    #[cfg(feature = "text")]
    fn take_text(&mut self, id: &ContainerId, content: &Content, version: &VersionVector) {
        if let Content::Text(text) = content
            && let Some(past) = self.text_mut(id)
        {
            past.load(text.sequence().at(version));
        }
    }

    #[cfg(not(feature = "text"))]
    fn take_text(&mut self, _id: &ContainerId, _content: &Content, _version: &VersionVector) {}

    /// The steps in which the document came to be what it is, those of one replica with pauses of less than `pause`
    /// milliseconds as one. The first one is what was there before.
    pub(crate) fn history_entries(&self, pause: u64) -> Vec<HistoryEntry> {
        let Some(history) = &self.history else { return Vec::new() };
        let from = &history.from;
        let begin = HistoryEntry { version: from.clone(), replica: None, time: 0, until: 0, edits: 0 };
        let mut entries = vec![begin];
        entries.extend(history.timeline.entries(from, pause, &|replica, numbers, need| {
            self.needs(replica, numbers, need);
        }));
        entries
    }

    #[cfg(feature = "text")]
    fn needs(&self, replica: ReplicaId, numbers: RangeInclusive<u64>, need: &mut dyn FnMut(Dot)) {
        self.texts()
            .for_each(|(_, text)| text.sequence().needs(replica, *numbers.start(), *numbers.end(), need));
    }

    /// Operations on everything else stand on nothing.
    #[cfg(not(feature = "text"))]
    fn needs(&self, _replica: ReplicaId, _numbers: RangeInclusive<u64>, _need: &mut dyn FnMut(Dot)) {}

    /// When an operation was made, in milliseconds since 1970, and the last sequence number that this holds for.
    #[cfg(feature = "text")]
    pub(crate) fn time_of(&self, dot: Dot) -> Option<(u64, u64)> {
        let history = self.history.as_ref().filter(|history| dot.seq > history.from.get(dot.replica))?;
        let step = history.timeline.step_at(dot)?;
        Some((step.time, step.end))
    }

    /// How many of `len` operations are older than the history.
    #[cfg(feature = "text")]
    pub(crate) fn without_time(&self, dot: Dot, len: usize) -> usize {
        let from = self.history.as_ref().map_or(0, |history| history.from.get(dot.replica));
        match from.checked_sub(dot.seq) {
            Some(rest) => (rest + 1).min(len as u64) as usize,
            None => len,
        }
    }
}
