//! Documents, lists, counters, presence and status for components.

use leptos::prelude::*;
use leptos::reactive::computed::ArcMemo;
use synckit::{CounterRef, Document, Element, FieldValue, ListRef, PeerId, Presence, Status, SyncKit};

use crate::context::use_synckit;
use crate::follow::follow;
use crate::signal::ObservableExt;

/// The document with this id, as a signal of its handle. `id` may read signals: with another id it is another document,
/// and the one before is let go. [`FollowExt`](crate::FollowExt) makes signals of its fields.
///
/// The handle is there at once; what this device and the server have arrives in it. `DocumentRef::status` tells how
/// far that is.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_leptos::{FollowExt, use_document};
/// #[derive(Document, Clone, Debug, Default, PartialEq)]
/// struct Note {
///     title: String,
/// }
///
/// fn heading(id: Signal<String>) -> impl IntoView {
///     let note = use_document::<Note>(move || id.get());
///     let title = note.follow(NoteRef::title);
///     view! { <h1>{title}</h1> }
/// }
/// ```
#[track_caller]
pub fn use_document<T: Document>(id: impl Fn() -> String + Send + Sync + 'static) -> Signal<T::Ref> {
    use_handle(id, |sync, id| sync.document::<T>(id))
}

/// The document that is one list, as a signal of its handle. [`FollowExt::value`](crate::FollowExt::value) is the
/// signal of its elements, to be keyed by their `id` in a `<For>`.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_leptos::{FollowExt, ObservableExt, use_list};
/// fn tags() -> impl IntoView {
///     let list = use_list::<String>(|| "tags".to_owned());
///     let tags = list.value();
///     view! { <For each=move || tags.get() key=|tag| tag.id() children=|tag| view! { <li>{tag.signal()}</li> }/> }
/// }
/// ```
#[track_caller]
pub fn use_list<T: Element>(id: impl Fn() -> String + Send + Sync + 'static) -> Signal<ListRef<T>> {
    use_handle(id, |sync, id| sync.list::<T>(id))
}

/// The document that is one counter, as a signal of its handle.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_leptos::{FollowExt, use_counter};
/// fn likes() -> impl IntoView {
///     let likes = use_counter(|| "likes".to_owned());
///     view! { <button on:click=move |_| { let _ = likes.get().increment(1); }>{likes.value()}</button> }
/// }
/// ```
#[track_caller]
pub fn use_counter(id: impl Fn() -> String + Send + Sync + 'static) -> Signal<CounterRef> {
    use_handle(id, SyncKit::counter)
}

/// The document that is one text, as a signal of its handle.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_leptos::{FollowExt, use_text};
/// fn note() -> impl IntoView {
///     let note = use_text(|| "note-456".to_owned());
///     view! { <pre>{note.value()}</pre> }
/// }
/// ```
#[cfg(feature = "text")]
#[track_caller]
pub fn use_text(id: impl Fn() -> String + Send + Sync + 'static) -> Signal<synckit::TextRef> {
    use_handle(id, SyncKit::text)
}

/// The others at a document, as a signal, while this client tells them `me`. Both `document` and `me` may read signals;
/// when the component goes away, this client leaves.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_leptos::use_presence;
/// #[derive(FieldValue, Clone, Debug, Default, PartialEq)]
/// struct Me {
///     name: String,
/// }
///
/// fn who_is_here(name: Signal<String>) -> impl IntoView {
///     let others = use_presence(|| "note-1".to_owned(), move || Me { name: name.get() });
///     view! { <For each=move || others.get() key=|(peer, _)| *peer children=|(_, other)| other.name/> }
/// }
/// ```
#[track_caller]
pub fn use_presence<P: FieldValue + PartialEq>(
    document: impl Fn() -> String + Send + Sync + 'static,
    me: impl Fn() -> P + Send + Sync + 'static,
) -> Signal<Vec<(PeerId, P)>> {
    let presence: Signal<Presence<P>> = use_handle(document, SyncKit::presence);
    // Effects do not run on the server: a page that is only rendered is nobody.
    Effect::new(move |_| presence.get().set(me()));
    follow(move || presence.get())
}

/// Connection, pending and saved state of the client, as a signal.
///
/// # Panics
/// As [`use_synckit`].
///
/// ```
/// # use leptos::prelude::*;
/// use synckit_leptos::use_status;
///
/// fn waiting() -> impl IntoView {
///     let status = use_status();
///     move || format!("{} changes wait", status.with(|status| status.pending))
/// }
/// ```
#[track_caller]
pub fn use_status() -> Signal<Status> {
    use_synckit().status().signal()
}

/// The handle for an id that may change.
#[track_caller]
fn use_handle<H: Clone + Send + Sync + 'static>(
    id: impl Fn() -> String + Send + Sync + 'static,
    open: impl Fn(&SyncKit, &str) -> H + Send + Sync + 'static,
) -> Signal<H> {
    let sync = use_synckit();
    let id = ArcMemo::new(move |_| id());
    ArcMemo::new_with_compare(move |_| id.with(|id| open(&sync, id)), |_, _| true).into()
}
