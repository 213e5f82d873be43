//! Signals of handles that change.

use leptos::prelude::*;
use leptos::reactive::computed::ArcMemo;
use synckit::{FieldRef, FieldValue, Observable};

use crate::field::FieldSignal;
use crate::signal::value_memo;

/// The value of whichever handle `source` returns, as a signal. When a signal that `source` reads has changed, the next
/// handle is followed and the one before is let go.
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_leptos::{follow, use_synckit};
/// fn likes_of(page: Signal<String>) -> Signal<i64> {
///     let sync = use_synckit();
///     follow(move || sync.counter(&page.get()))
/// }
/// ```
#[track_caller]
pub fn follow<O>(source: impl Fn() -> O + Send + Sync + 'static) -> Signal<O::Value>
where
    O: Observable,
    O::Value: PartialEq + Default,
{
    // Every run of the outer memo makes a new inner one and drops the one before, with its subscription.
    let current = ArcMemo::new_with_compare(move |_| value_memo(source()), |_, _| true);
    ArcMemo::new(move |_| current.get().get()).into()
}

/// The field of whichever handle `source` returns, to be read and written: see [`follow`].
#[track_caller]
pub fn follow_field<V>(source: impl Fn() -> FieldRef<V> + Clone + Send + Sync + 'static) -> FieldSignal<V>
where
    V: FieldValue + PartialEq,
{
    FieldSignal::new(follow(source.clone()), move |value| untrack(&source).set(value))
}

/// What can be followed through a signal of handles, such as [`use_document`](crate::use_document) returns.
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// # use synckit_leptos::{FollowExt, use_document};
/// #[derive(Document, Clone, Debug, Default, PartialEq)]
/// struct Note {
///     title: String,
///     pinned: bool,
/// }
///
/// fn note(id: Signal<String>) -> impl IntoView {
///     let note = use_document::<Note>(move || id.get());
///     let pinned = note.follow(NoteRef::pinned);
///     let title = note.follow_field(NoteRef::title);
///     view! { <input bind:value=title class:pinned=pinned/> }
/// }
/// ```
pub trait FollowExt<O: Observable> {
    /// The value of the current handle.
    fn value(&self) -> Signal<O::Value>
    where
        O::Value: PartialEq + Default;

    /// The value of a part of the current handle.
    fn follow<P>(&self, part: impl Fn(&O) -> P + Send + Sync + 'static) -> Signal<P::Value>
    where
        P: Observable,
        P::Value: PartialEq + Default;

    /// A field of the current handle, to be read and written.
    fn follow_field<V>(
        &self,
        field: impl Fn(&O) -> FieldRef<V> + Clone + Send + Sync + 'static,
    ) -> FieldSignal<V>
    where
        V: FieldValue + PartialEq;
}

impl<O: Observable> FollowExt<O> for Signal<O> {
    #[track_caller]
    fn value(&self) -> Signal<O::Value>
    where
        O::Value: PartialEq + Default,
    {
        let handle = *self;
        follow(move || handle.get())
    }

    #[track_caller]
    fn follow<P>(&self, part: impl Fn(&O) -> P + Send + Sync + 'static) -> Signal<P::Value>
    where
        P: Observable,
        P::Value: PartialEq + Default,
    {
        let handle = *self;
        follow(move || handle.with(&part))
    }

    #[track_caller]
    fn follow_field<V>(
        &self,
        field: impl Fn(&O) -> FieldRef<V> + Clone + Send + Sync + 'static,
    ) -> FieldSignal<V>
    where
        V: FieldValue + PartialEq,
    {
        let handle = *self;
        follow_field(move || handle.with(&field))
    }
}
