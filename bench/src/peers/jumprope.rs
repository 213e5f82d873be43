//! jumprope: a rope without replication, the floor below every sequence.

use anyhow::Result;
use jumprope::JumpRopeBuf;

use crate::replica::{Edit, Library, RawText};

pub(crate) struct Rope(JumpRopeBuf);

impl Library for Rope {
    const NAME: &'static str = "jumprope (no CRDT)";
}

impl RawText for Rope {
    fn create() -> Self {
        Self(JumpRopeBuf::new())
    }

    fn edit(&mut self, edit: &Edit) -> Result<()> {
        if edit.delete > 0 {
            self.0.remove(edit.at..edit.at + edit.delete);
        }
        if !edit.insert.is_empty() {
            self.0.insert(edit.at, &edit.insert);
        }
        Ok(())
    }

    fn text(&self) -> String {
        self.0.to_string()
    }
}
