//! Which sequence numbers the edits of a text have taken.

use super::Sequence;
#[cfg(feature = "history")]
use super::piece::Id;
#[cfg(feature = "history")]
use crate::version::Dot;
use crate::version::ReplicaId;

impl Sequence {
    /// Hands over which sequence numbers were used: the first one and the one behind the last.
    pub(crate) fn numbers(&self, emit: &mut dyn FnMut(ReplicaId, u64, u64)) {
        for writer in &self.writers {
            let mut emit = |first: u32, end: u32| emit(writer.replica, u64::from(first), u64::from(end));
            writer.spans.iter().for_each(|span| emit(span.seq, span.end()));
            writer.deletions.iter().for_each(|deletion| emit(deletion.seq, deletion.end()));
        }
    }

    /// Hands over the characters that what a replica wrote from `first` to `last` stands on, or later ones of those who wrote
    /// them. O(log n + edits among them).
    #[cfg(feature = "history")]
    pub(crate) fn needs(&self, replica: ReplicaId, first: u64, last: u64, emit: &mut dyn FnMut(Dot)) {
        let Ok(at) = self.by_replica.binary_search_by_key(&replica, |entry| entry.0) else { return };
        let writer = &self.writers[self.by_replica[at].1 as usize];
        let mut emit = |id: Id| self.dot(id).into_iter().for_each(&mut *emit);
        let spans = writer.spans.partition_point(|span| u64::from(span.end()) <= first);
        for span in writer.spans[spans..].iter().take_while(|span| u64::from(span.seq) <= last) {
            emit(span.left);
            emit(span.right);
        }
        let deletions = writer.deletions.partition_point(|deletion| u64::from(deletion.end()) <= first);
        let deletions = writer.deletions[deletions..].iter();
        for deletion in deletions.take_while(|deletion| u64::from(deletion.seq) <= last) {
            if let Some((_, end)) = deletion.targets() {
                emit(Id::new(deletion.target.writer, end - 1));
            }
        }
    }

    /// In how many runs [`numbers`](Self::numbers) hands them over.
    pub(crate) fn runs(&self) -> usize {
        self.writers.iter().map(|writer| writer.spans.len() + writer.deletions.len()).sum()
    }

    /// Whether one of the numbers from `first` to in front of `end` was used. O(log n).
    pub(crate) fn uses(&self, replica: ReplicaId, first: u64, end: u64) -> bool {
        let Ok(at) = self.by_replica.binary_search_by_key(&replica, |entry| entry.0) else { return false };
        let writer = &self.writers[self.by_replica[at].1 as usize];
        let span = writer.spans.partition_point(|span| u64::from(span.end()) <= first);
        let deletion = writer.deletions.partition_point(|deletion| u64::from(deletion.end()) <= first);
        writer.spans.get(span).is_some_and(|span| u64::from(span.seq) < end)
            || writer.deletions.get(deletion).is_some_and(|deletion| u64::from(deletion.seq) < end)
    }
}
