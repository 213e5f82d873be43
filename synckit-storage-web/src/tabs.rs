//! Nudges between tabs by a `BroadcastChannel`: who stored something says so, the store is the truth.

use std::cell::RefCell;

use synckit::storage::StorageEvent;
use wasm_bindgen::prelude::*;

use crate::limits::{MAX_DOCUMENT_ID_BYTES, MAX_RECORD_KEY_BYTES};
use crate::queue::Queue;

/// Most different events that wait for one reader. Beyond it they are dropped: they are hints.
const MAX_WAITING: usize = 4096;

/// The readers of a store's events.
#[derive(Default)]
pub(crate) struct Events(RefCell<Vec<Queue<StorageEvent>>>);

impl Events {
    pub(crate) fn subscribe(&self) -> Queue<StorageEvent> {
        let queue = Queue::new();
        let mut readers = self.0.borrow_mut();
        readers.retain(|reader| !reader.is_abandoned());
        readers.push(queue.clone());
        queue
    }

    /// Tells every reader; an event that already waits there is not repeated.
    pub(crate) fn tell(&self, event: &StorageEvent) {
        let readers = self.0.borrow().clone();
        for reader in readers {
            let (waiting, known) = reader.find(|other| other == event);
            if !known && waiting < MAX_WAITING {
                reader.push(event.clone());
            }
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        for reader in self.0.take() {
            reader.close();
        }
    }
}

/// A message is a letter and an id. Whatever else comes is not ours.
pub(crate) fn parse(data: &JsValue) -> Option<StorageEvent> {
    let text: &js_sys::JsString = data.dyn_ref()?;
    if text.length() as usize > 1 + MAX_DOCUMENT_ID_BYTES.max(MAX_RECORD_KEY_BYTES) {
        return None;
    }
    let text = String::from(text);
    if let Some(document) = text.strip_prefix('a') {
        return crate::limits::document(document)
            .ok()
            .map(|()| StorageEvent::Appended { document: document.into() });
    }
    let key = text.strip_prefix('r')?;
    crate::limits::key(key).ok().map(|()| StorageEvent::Recorded { key: key.into() })
}
