//! cola keeps positions, no text. The text is in a rope of jumprope beside it; its messages are its own serde encoding, in
//! postcard, with the inserted text.

use anyhow::{Context as _, Result};
use cola::{Deletion, EncodedReplica, Insertion};
use jumprope::JumpRopeBuf;
use serde::{Deserialize, Serialize};

use crate::replica::{Edit, Library, RawText, Replica, StoredText, TextReplica, drawn};

pub(crate) struct Cola {
    replica: cola::Replica,
    text: JumpRopeBuf,
    update: Option<Vec<Message>>,
}

/// What one edit sends.
#[derive(Serialize, Deserialize)]
enum Message {
    Insert(Insertion, String),
    Delete(Deletion),
}

impl Library for Cola {
    const NAME: &'static str = "cola";
}

impl Cola {
    fn new(id: u64) -> Self {
        // All replicas of a document are forks of its first one.
        let first = cola::Replica::new(u64::MAX, 0);
        Self { replica: first.fork(drawn(id)), text: JumpRopeBuf::new(), update: None }
    }

    fn change(&mut self, edit: &Edit) {
        let end = edit.at + edit.delete;
        if edit.delete > 0 {
            let deletion = self.replica.deleted(edit.at..end);
            self.text.remove(edit.at..end);
            if let Some(update) = &mut self.update {
                update.push(Message::Delete(deletion));
            }
        }
        if !edit.insert.is_empty() {
            let insertion = self.replica.inserted(edit.at, edit.insert.len());
            self.text.insert(edit.at, &edit.insert);
            if let Some(update) = &mut self.update {
                update.push(Message::Insert(insertion, edit.insert.to_string()));
            }
        }
    }

    fn integrate(&mut self, message: &Message) {
        match message {
            Message::Insert(insertion, text) => {
                if let Some(at) = self.replica.integrate_insertion(insertion) {
                    self.text.insert(at, text);
                }
            }
            Message::Delete(deletion) => {
                for range in self.replica.integrate_deletion(deletion).into_iter().rev() {
                    self.text.remove(range);
                }
            }
        }
    }
}

impl RawText for Cola {
    fn create() -> Self {
        Self::new(1)
    }

    fn edit(&mut self, edit: &Edit) -> Result<()> {
        self.change(edit);
        Ok(())
    }

    fn text(&self) -> String {
        self.text.to_string()
    }
}

impl Replica for Cola {
    fn create(id: u64) -> Result<Self> {
        Ok(Self::new(id))
    }

    fn publish(&mut self) -> Result<()> {
        self.update = Some(Vec::new());
        Ok(())
    }

    fn take_update(&mut self) -> Result<Vec<u8>> {
        let update = self.update.as_mut().context("not publishing")?;
        let bytes = postcard::to_stdvec(update)?;
        update.clear();
        Ok(bytes)
    }

    fn apply(&mut self, update: &[u8]) -> Result<()> {
        let messages: Vec<Message> = postcard::from_bytes(update)?;
        messages.iter().for_each(|message| self.integrate(message));
        Ok(())
    }

    fn save(&mut self) -> Result<Vec<u8>> {
        Ok(postcard::to_stdvec(&(self.replica.encode(), self.text.to_string()))?)
    }

    fn load(id: u64, stored: &[u8]) -> Result<Self> {
        let (replica, text): (EncodedReplica<'_>, &str) = postcard::from_bytes(stored)?;
        let replica = cola::Replica::decode(drawn(id), &replica)?;
        Ok(Self { replica, text: JumpRopeBuf::from(text), update: None })
    }
}

impl TextReplica for Cola {
    fn edit(&mut self, edits: &[Edit]) -> Result<()> {
        edits.iter().for_each(|edit| self.change(edit));
        Ok(())
    }

    fn text(&mut self) -> Result<String> {
        Ok(self.text.to_string())
    }
}

impl StoredText for Cola {
    fn state(&mut self) -> Result<Option<Vec<u8>>> {
        self.save().map(Some)
    }

    fn history(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }
}

/// cola as it is, without any text.
pub(crate) struct ColaPositions(cola::Replica);

impl Library for ColaPositions {
    const NAME: &'static str = "cola (no text)";
}

impl RawText for ColaPositions {
    fn create() -> Self {
        Self(cola::Replica::new(drawn(1), 0))
    }

    fn edit(&mut self, edit: &Edit) -> Result<()> {
        if edit.delete > 0 {
            let _ = self.0.deleted(edit.at..edit.at + edit.delete);
        }
        if !edit.insert.is_empty() {
            let _ = self.0.inserted(edit.at, edit.insert.len());
        }
        Ok(())
    }

    fn text(&self) -> String {
        String::new()
    }
}
