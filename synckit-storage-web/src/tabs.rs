//! Nudges between tabs by a `BroadcastChannel`: who stored something says so, the store is the truth.

use std::cell::RefCell;
use std::rc::Weak;

use synckit::storage::StorageEvent;
use wasm_bindgen::prelude::*;

use crate::backend::Operation;
use crate::limits::{MAX_DOCUMENT_ID_BYTES, MAX_RECORD_KEY_BYTES};
use crate::page::Others;
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

/// Tells the readers, if the store is still there.
pub(crate) fn tell(events: &Weak<Events>, event: &StorageEvent) {
    if let Some(events) = events.upgrade() {
        events.tell(event);
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        for reader in self.0.take() {
            reader.close();
        }
    }
}

/// The other tabs with the same store.
pub(crate) struct Tabs(Others);

impl Tabs {
    /// `None` where there are no channels; then tabs learn of one another when they load.
    pub(crate) fn join(store: &str, heard: impl Fn(StorageEvent) + 'static) -> Option<Self> {
        let others = Others::join(&format!("synckit:{store}"), move |data| {
            if let Some(event) = parse(&data) {
                heard(event);
            }
        });
        others.map(Self)
    }

    /// Tells what has been stored.
    pub(crate) fn tell(&self, operation: &Operation) {
        let what = match operation.name {
            "append" | "compact" | "delete" => 'a',
            "set_record" => 'r',
            _ => return,
        };
        self.0.tell(&format!("{what}{}", operation.key));
    }
}

/// A message is a letter and an id. Whatever else comes is not ours.
fn parse(data: &JsValue) -> Option<StorageEvent> {
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
