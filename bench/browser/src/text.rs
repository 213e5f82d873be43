//! Writing a text.

use std::sync::atomic::{AtomicU64, Ordering};

use synckit::WriteError;
use synckit::prelude::*;
use wasm_bindgen::prelude::*;

use crate::document::{Replica, refused};

/// Edits that a page has brought over before the time is taken.
#[wasm_bindgen]
pub struct Edits(Vec<Edit>);

struct Edit {
    at: usize,
    delete: usize,
    insert: Box<str>,
}

#[wasm_bindgen]
impl Edits {
    /// At `places[i]`, `deletions[i]` characters go and `insertions[i]` of those in `text` come.
    #[wasm_bindgen(constructor)]
    pub fn new(places: &[u32], deletions: &[u32], insertions: &[u32], text: &str) -> Self {
        let mut characters = text.chars();
        let edits = places.iter().zip(deletions).zip(insertions).map(|((&at, &delete), &insert)| Edit {
            at: at as usize,
            delete: delete as usize,
            insert: characters.by_ref().take(insert as usize).collect(),
        });
        Self(edits.collect())
    }
}

/// Times that a text has told of a change.
static NOTIFICATIONS: AtomicU64 = AtomicU64::new(0);

#[wasm_bindgen]
impl Replica {
    /// The text.
    pub fn text(&self) -> Result<String, JsError> {
        self.document.text().get().map_err(refused)
    }

    /// Writes the edits, each in a transaction of its own whose update the other one receives after all of them. Returns how
    /// many bytes were sent.
    pub fn exchange_text(&mut self, edits: &Edits, other: &mut Replica) -> Result<f64, JsError> {
        let mut updates = Vec::with_capacity(edits.0.len());
        for edit in &edits.0 {
            self.write(edit).map_err(refused)?;
            updates.push(self.update());
        }
        other.receive(&updates)
    }

    /// Writes the edits, each in a transaction of its own, while somebody follows the text.
    pub fn replay(&mut self, edits: &Edits) -> Result<f64, JsError> {
        NOTIFICATIONS.store(0, Ordering::Relaxed);
        self.following = Some(self.document.text().follow(|delta| {
            let changed = delta.change.as_ref().is_some_and(|steps| !steps.is_empty());
            NOTIFICATIONS.fetch_add(u64::from(changed), Ordering::Relaxed);
        }));
        edits.0.iter().try_for_each(|edit| self.write(edit)).map_err(refused)?;
        Ok(NOTIFICATIONS.load(Ordering::Relaxed) as f64)
    }

    fn write(&self, edit: &Edit) -> Result<(), WriteError> {
        let text = self.document.text();
        self.document.update(|_| {
            if edit.delete > 0 {
                text.delete(edit.at..edit.at + edit.delete)?;
            }
            if edit.insert.is_empty() { Ok(()) } else { text.insert(edit.at, &edit.insert) }
        })
    }
}
