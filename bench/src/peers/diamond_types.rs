//! diamond-types: a log of operations and a branch with the text.

use anyhow::{Result, anyhow};
use diamond_types::AgentId;
use diamond_types::list::ListCRDT;
use diamond_types::list::encoding::{ENCODE_FULL, ENCODE_PATCH};

use crate::replica::{Edit, Library, RawText, Replica, StoredText, TextReplica, drawn};

pub(crate) struct DiamondTypes {
    document: ListCRDT,
    agent: AgentId,
    /// The version up to which updates were taken.
    sent: Vec<usize>,
}

impl Library for DiamondTypes {
    const NAME: &'static str = "diamond-types";
}

impl DiamondTypes {
    fn with(mut document: ListCRDT, id: u64) -> Self {
        let agent = document.get_or_create_agent_id(&format!("{:x}", drawn(id) >> 11));
        let sent = document.oplog.local_version_ref().to_vec();
        Self { document, agent, sent }
    }

    fn change(&mut self, edit: &Edit) {
        if edit.delete > 0 {
            self.document.delete_without_content(self.agent, edit.at..edit.at + edit.delete);
        }
        if !edit.insert.is_empty() {
            self.document.insert(self.agent, edit.at, &edit.insert);
        }
    }
}

impl RawText for DiamondTypes {
    fn create() -> Self {
        Self::with(ListCRDT::new(), 1)
    }

    fn edit(&mut self, edit: &Edit) -> Result<()> {
        self.change(edit);
        Ok(())
    }

    fn text(&self) -> String {
        self.document.branch.content().to_string()
    }
}

impl Replica for DiamondTypes {
    fn create(id: u64) -> Result<Self> {
        Ok(Self::with(ListCRDT::new(), id))
    }

    fn publish(&mut self) -> Result<()> {
        Ok(())
    }

    fn take_update(&mut self) -> Result<Vec<u8>> {
        let update = self.document.oplog.encode_from(ENCODE_PATCH, &self.sent);
        self.sent = self.document.oplog.local_version_ref().to_vec();
        Ok(update)
    }

    fn apply(&mut self, update: &[u8]) -> Result<()> {
        self.document.merge_data_and_ff(update).map_err(|error| anyhow!("{error:?}"))?;
        self.sent = self.document.oplog.local_version_ref().to_vec();
        Ok(())
    }

    fn apply_all(&mut self, updates: &[Vec<u8>]) -> Result<()> {
        for update in updates {
            self.document.oplog.decode_and_add(update).map_err(|error| anyhow!("{error:?}"))?;
        }
        let ListCRDT { branch, oplog } = &mut self.document;
        branch.merge(oplog, oplog.local_version_ref());
        self.sent = oplog.local_version_ref().to_vec();
        Ok(())
    }

    fn save(&mut self) -> Result<Vec<u8>> {
        Ok(self.document.oplog.encode(ENCODE_FULL))
    }

    fn load(id: u64, stored: &[u8]) -> Result<Self> {
        let document = ListCRDT::load_from(stored).map_err(|error| anyhow!("{error:?}"))?;
        Ok(Self::with(document, id))
    }
}

impl TextReplica for DiamondTypes {
    fn edit(&mut self, edits: &[Edit]) -> Result<()> {
        edits.iter().for_each(|edit| self.change(edit));
        Ok(())
    }

    fn text(&mut self) -> Result<String> {
        Ok(RawText::text(self))
    }
}

impl StoredText for DiamondTypes {
    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn history(&mut self) -> Result<Option<Vec<u8>>> {
        self.save().map(Some)
    }
}
