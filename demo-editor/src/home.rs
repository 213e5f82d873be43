//! What this device remembers: the visitor's name and the documents that were opened here.

use dioxus::prelude::*;

use crate::address::Address;
use crate::model::{
    DocumentRef, Home, HomeRef, LoadState, Observable, ObservableExt, PageRef, SeenPage, SeenPageRef,
    use_synckit,
};
use crate::names::{random_id, random_name};
use crate::notices::Notices;

/// How much of a document's beginning is kept for the list and its search, in characters.
const BEGINNING: usize = 160;

/// The device's own document, and whether it has been read.
#[derive(Clone, Copy)]
pub(crate) struct Device {
    home: CopyValue<HomeRef>,
    ready: ReadSignal<bool>,
    pub(crate) name: ReadSignal<String>,
}

impl Device {
    /// Opens the document, and shows a page where none was asked for: the one opened last, or a new one. A hook.
    pub(crate) fn provide(address: Address) -> Self {
        let sync = use_synckit();
        let home = use_hook(|| sync.local::<Home>("home"));
        let ready = home
            .status()
            .map_signal(|status| status.get().is_ok_and(|status| status.load != LoadState::Loading));
        let name = home.name().signal();
        let device = use_context_provider(|| Self { home: CopyValue::new(home), ready, name });
        let notices = use_context::<Notices>();
        use_effect(move || {
            if !ready() {
                return;
            }
            let home = device.home();
            if name.peek().is_empty() {
                notices.check(home.name().set(random_name()));
            }
            match address.page() {
                Some(page) => {
                    if home.last().get().as_ref() != Ok(&page) {
                        notices.check(home.last().set(page));
                    }
                }
                None => {
                    let last = home.last().get().ok().filter(|last| !last.is_empty());
                    address.replace(&last.unwrap_or_else(random_id));
                }
            }
        });
        device
    }

    /// Whether the device's document has been read.
    pub(crate) fn is_ready(self) -> ReadSignal<bool> {
        self.ready
    }

    pub(crate) fn home(self) -> HomeRef {
        self.home.cloned()
    }

    /// Keeps a document, its title and its beginning as they change, among the documents of this device. A hook.
    pub(crate) fn remember(self, id: String, page: &PageRef) {
        let notices = use_context::<Notices>();
        let title = page.title().signal();
        let beginning = page.body().map_signal(|body| beginning_of(&body.slice(0..4 * BEGINNING)));
        use_effect(move || {
            let (title, beginning) = (title(), beginning());
            if !(self.ready)() {
                return;
            }
            let home = self.home();
            let documents = home.documents();
            // Two tabs may have noted the same document at once: one note is enough.
            let mut notes = documents.elements().into_iter().filter(|seen| is_of(seen, &id));
            let written = match notes.next() {
                // The title of a document that has not arrived yet is not the news that it has lost its title.
                Some(_) if title.is_empty() && beginning.is_empty() => Ok(()),
                Some(seen) => home.update(|_| {
                    if seen.title().get().as_ref() != Ok(&title) {
                        seen.title().set(title)?;
                    }
                    if seen.beginning().get().as_ref() != Ok(&beginning) {
                        seen.beginning().set(beginning)?;
                    }
                    Ok(())
                }),
                None => documents.insert(0, SeenPage { page: id.clone(), title, beginning }).map(drop),
            };
            notices.check(written);
            notices.check(notes.try_for_each(|twice| documents.remove(twice.id())));
        });
    }
}

fn is_of(seen: &SeenPageRef, id: &str) -> bool {
    seen.page().get().is_ok_and(|page| page == id)
}

/// The first words of a text, in one line.
fn beginning_of(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(BEGINNING).collect()
}
