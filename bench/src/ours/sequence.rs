//! SyncKit's sequence type without a document around it.

use anyhow::Result;
use synckit::sequence::Sequence;
use synckit::version::{Dot, ReplicaId};

use super::NAME;
use crate::replica::{Edit, Library, RawText, drawn};

pub(crate) struct OurSequence {
    sequence: Sequence,
    replica: ReplicaId,
    /// The next sequence number.
    next: u64,
}

impl Library for OurSequence {
    const NAME: &'static str = NAME;
}

impl RawText for OurSequence {
    fn create() -> Self {
        Self { sequence: Sequence::new(), replica: ReplicaId::new(drawn(1)), next: 1 }
    }

    fn edit(&mut self, edit: &Edit) -> Result<()> {
        if edit.delete > 0 {
            let dot = Dot::new(self.replica, self.next);
            self.next += self.sequence.delete(dot, edit.at..edit.at + edit.delete)? as u64;
        }
        if !edit.insert.is_empty() {
            let dot = Dot::new(self.replica, self.next);
            self.next += self.sequence.insert(dot, edit.at, &edit.insert)? as u64;
        }
        Ok(())
    }

    fn text(&self) -> String {
        self.sequence.to_string()
    }
}
