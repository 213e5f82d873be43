//! What this device remembers: the visitor's name and the lists that were opened here.

use leptos::prelude::*;

use crate::address::Address;
use crate::model::{
    DocumentRef, Home, HomeRef, LoadState, Observable, ObservableExt, SeenList, SeenListRef, TodoListRef,
    use_synckit,
};
use crate::names::{random_list_id, random_name};
use crate::notices::Notices;

/// The device's own document, and whether it has been read.
#[derive(Clone, Copy)]
pub(crate) struct Device {
    home: StoredValue<HomeRef>,
    ready: Signal<bool>,
    pub(crate) name: Signal<String>,
}

impl Device {
    /// Opens the document, and shows a list at the address `/`: the one opened last, or a new one.
    pub(crate) fn provide(address: Address) -> Self {
        let home = use_synckit().local::<Home>("home");
        let ready = home
            .status()
            .map_signal(|status| status.get().is_ok_and(|status| status.load != LoadState::Loading));
        let name = home.name().signal();
        let device = Self { home: StoredValue::new(home), ready, name };
        let notices = expect_context::<Notices>();
        Effect::new(move |_| {
            if !ready.get() {
                return;
            }
            if name.with_untracked(String::is_empty) {
                notices.check(device.home().name().set(random_name()));
            }
            if address.list().get().is_none() {
                let last = device.home().lists().at(0).and_then(|seen| seen.list().get().ok());
                address.replace(&last.unwrap_or_else(random_list_id));
            }
        });
        provide_context(device);
        device
    }

    pub(crate) fn home(self) -> HomeRef {
        self.home.get_value()
    }

    /// Keeps a list, and its title as it changes, among the lists of this device.
    pub(crate) fn remember(self, id: String, list: &TodoListRef) {
        let notices = expect_context::<Notices>();
        let title = list.title().signal();
        Effect::new(move |_| {
            let title = title.get();
            if !self.ready.get() {
                return;
            }
            let lists = self.home().lists();
            // Two tabs may have noted the same list at once: one note is enough.
            let mut notes = lists.elements().into_iter().filter(|seen| is_of(seen, &id));
            let written = match notes.next() {
                Some(seen) if seen.title().get().as_ref() == Ok(&title) => Ok(()),
                // The title of a list that has not arrived yet is not the news that it has lost its title.
                Some(_) if title.is_empty() => Ok(()),
                Some(seen) => seen.title().set(title),
                None => lists.insert(0, SeenList { list: id.clone(), title }).map(drop),
            };
            notices.check(written);
            notices.check(notes.try_for_each(|twice| lists.remove(twice.id())));
        });
    }
}

fn is_of(seen: &SeenListRef, id: &str) -> bool {
    seen.list().get().is_ok_and(|list| list == id)
}
