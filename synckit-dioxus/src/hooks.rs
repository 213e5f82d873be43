//! Documents, lists, counters, presence and status for components.

use std::cell::RefCell;
use std::rc::Rc;

use dioxus::prelude::dioxus_core::queue_effect;
use dioxus::prelude::*;
use synckit::{CounterRef, Document, Element, FieldValue, ListRef, PeerId, Presence, Status, SyncKit};

use crate::context::use_synckit;
use crate::signal::ObservableExt;

/// The handle of the document with this id. With another id it is another document, and the one before is let go; signals
/// of its fields follow. A hook.
///
/// The handle is there at once; what this device and the server have arrives in it. `DocumentRef::status` tells how
/// far that is.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use dioxus::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_dioxus::{ObservableExt, use_document};
/// #[derive(Document, Clone, Debug, Default, PartialEq)]
/// struct Note {
///     title: String,
/// }
///
/// #[component]
/// fn Heading(id: String) -> Element {
///     let title = use_document::<Note>(id).title().signal();
///     rsx! { h1 { "{title}" } }
/// }
/// ```
#[track_caller]
pub fn use_document<T: Document>(id: impl Into<String>) -> T::Ref {
    use_handle(id.into(), |sync, id| sync.document::<T>(id))
}

/// The handle of the document that is one list. [`ObservableExt::signal`] is the signal of its elements, to be keyed by
/// their `id`. A hook.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use dioxus::prelude::*;
/// # use synckit::ItemRef;
/// # use synckit::prelude::*;
/// # use synckit_dioxus::{ObservableExt, use_list};
/// #[component]
/// fn Tags() -> Element {
///     let tags = use_list::<String>("tags").signal();
///     rsx! { for tag in tags() { Tag { key: "{tag.id()}", tag } } }
/// }
///
/// #[component]
/// fn Tag(tag: ItemRef<String>) -> Element {
///     let text = tag.signal();
///     rsx! { li { "{text}" } }
/// }
/// ```
#[track_caller]
pub fn use_list<T: Element>(id: impl Into<String>) -> ListRef<T> {
    use_handle(id.into(), |sync, id| sync.list::<T>(id))
}

/// The handle of the document that is one counter. A hook.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use dioxus::prelude::*;
/// # use synckit_dioxus::{ObservableExt, use_counter};
/// #[component]
/// fn Likes() -> Element {
///     let likes = use_counter("likes");
///     let count = likes.signal();
///     rsx! { button { onclick: move |_| { let _ = likes.increment(1); }, "{count}" } }
/// }
/// ```
#[track_caller]
pub fn use_counter(id: impl Into<String>) -> CounterRef {
    use_handle(id.into(), SyncKit::counter)
}

/// The handle of the document that is one text. A hook.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use dioxus::prelude::*;
/// # use synckit_dioxus::{ObservableExt, use_text};
/// #[component]
/// fn Note() -> Element {
///     let note = use_text("note-456").signal();
///     rsx! { pre { "{note}" } }
/// }
/// ```
#[cfg(feature = "text")]
#[track_caller]
pub fn use_text(id: impl Into<String>) -> synckit::TextRef {
    use_handle(id.into(), SyncKit::text)
}

/// The others at a document, as a signal, while this client tells them `me`. When the component goes away, this client
/// leaves. A hook.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use dioxus::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_dioxus::use_presence;
/// #[derive(FieldValue, Clone, Debug, Default, PartialEq)]
/// struct Me {
///     name: String,
/// }
///
/// #[component]
/// fn WhoIsHere(name: String) -> Element {
///     let others = use_presence("note-1", Me { name });
///     rsx! { for (peer, other) in others() { li { key: "{peer:?}", "{other.name}" } } }
/// }
/// ```
#[track_caller]
pub fn use_presence<P: FieldValue + PartialEq>(
    document: impl Into<String>,
    me: P,
) -> ReadSignal<Vec<(PeerId, P)>> {
    let presence: Presence<P> = use_handle(document.into(), SyncKit::presence);
    let told = use_hook(|| Rc::new(RefCell::new(None::<(Presence<P>, P)>)));
    let now = Some((presence.clone(), me));
    if *told.borrow() != now {
        // After the rendering, and never where a page is only rendered to text: that page is nobody.
        queue_effect({
            let now = now.clone();
            move || now.into_iter().for_each(|(presence, me)| presence.set(me))
        });
        let before = told.replace(now);
        drop(before);
    }
    presence.signal()
}

/// Connection, pending and saved state of the client, as a signal. A hook.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use dioxus::prelude::*;
/// use synckit_dioxus::use_status;
///
/// #[component]
/// fn Waiting() -> Element {
///     let status = use_status();
///     rsx! { "{status.read().pending} changes wait" }
/// }
/// ```
#[track_caller]
pub fn use_status() -> ReadSignal<Status> {
    use_synckit().status().signal()
}

/// The handle for an id that may change.
#[track_caller]
fn use_handle<H: Clone + 'static>(id: String, open: impl Fn(&SyncKit, &str) -> H) -> H {
    let sync = use_synckit();
    let opened = use_hook(|| Rc::new(RefCell::new(None::<(String, H)>)));
    let known = opened.borrow().as_ref().filter(|(known, _)| *known == id).map(|(_, handle)| handle.clone());
    known.unwrap_or_else(|| {
        let handle = open(&sync, &id);
        let before = opened.replace(Some((id, handle.clone())));
        drop(before);
        handle
    })
}
