//! Signals of handles.

use std::sync::{Arc, OnceLock};

use leptos::prelude::*;
use leptos::reactive::computed::ArcMemo;
use leptos::reactive::graph::{AnySubscriber, ReactiveNode, ToAnySubscriber};
use synckit::{Observable, ReadError};

/// Every handle as a signal.
pub trait ObservableExt: Observable {
    /// The value as a signal. It changes only when this value does: other fields of the document may change as they
    /// like, and so may this one to what it already was.
    ///
    /// Many changes before the next effect runs make that effect run once. The value is read when somebody asks for it.
    ///
    /// What cannot be read as this type keeps the value it had, at first the type's default;
    /// [`result_signal`](Self::result_signal) tells of it.
    ///
    /// ```
    /// # use leptos::prelude::*;
    /// # use synckit::prelude::*;
    /// # use synckit_leptos::ObservableExt;
    /// fn likes(likes: CounterRef) -> impl IntoView {
    ///     let count: Signal<i64> = likes.signal();
    ///     view! { <button on:click=move |_| { let _ = likes.increment(1); }>{count}" likes"</button> }
    /// }
    /// ```
    #[track_caller]
    fn signal(&self) -> Signal<Self::Value>
    where
        Self::Value: PartialEq + Default,
    {
        value_memo(self.clone()).into()
    }

    /// The value, or why it cannot be read, as a signal: for fields that another version of the program may have
    /// written with another type.
    #[track_caller]
    fn result_signal(&self) -> Signal<Result<Self::Value, ReadError>>
    where
        Self::Value: PartialEq,
    {
        self.map_signal(Observable::get)
    }

    /// Something computed from the handle, as a signal. It is computed again when anything that the handle stands for
    /// has changed, and when a signal that `map` reads has; it changes when the result differs.
    ///
    /// For what depends on many fields at once, such as counts over all elements of a list.
    ///
    /// ```
    /// # use leptos::prelude::*;
    /// # use synckit::prelude::*;
    /// # use synckit_leptos::ObservableExt;
    /// #[derive(Document, Clone, Debug, Default, PartialEq)]
    /// struct Todos {
    ///     todos: List<Todo>,
    /// }
    /// #[derive(Document, Clone, Debug, Default, PartialEq)]
    /// struct Todo {
    ///     done: bool,
    /// }
    ///
    /// fn left(todos: TodosRef) -> Signal<usize> {
    ///     todos.map_signal(|todos| todos.todos().elements().iter().filter(|todo| todo.done().get() == Ok(false)).count())
    /// }
    /// ```
    #[track_caller]
    fn map_signal<R>(&self, map: impl Fn(&Self) -> R + Send + Sync + 'static) -> Signal<R>
    where
        R: PartialEq + Send + Sync + 'static,
    {
        memo(self.clone(), move |observable, _| map(observable)).into()
    }
}

impl<O: Observable> ObservableExt for O {}

/// The value of a handle, read when it is asked for.
#[track_caller]
pub(crate) fn value_memo<O>(observable: O) -> ArcMemo<O::Value>
where
    O: Observable,
    O::Value: PartialEq + Default,
{
    memo(observable, |observable, before: Option<&O::Value>| {
        observable.get().unwrap_or_else(|_| before.cloned().unwrap_or_default())
    })
}

/// A memo of a handle: it is out of date as soon as the handle has changed.
///
/// It owns the subscription, which ends with the last signal made of it, wherever that is kept. The callback knows it weakly, and marks it
/// by itself: a trigger between them would forget its subscribers when it is set off, and a memo that is computed on one thread while
/// another one writes would never hear of anything again.
#[track_caller]
fn memo<O, R>(observable: O, read: impl Fn(&O, Option<&R>) -> R + Send + Sync + 'static) -> ArcMemo<R>
where
    O: Observable,
    R: PartialEq + Send + Sync + 'static,
{
    let node = Arc::new(OnceLock::<AnySubscriber>::new());
    // On the server a page is rendered once: nobody would hear of a change.
    let subscription = (!cfg!(feature = "ssr")).then(|| {
        let node = node.clone();
        #[cfg(not(target_arch = "wasm32"))]
        let home = std::thread::current().id();
        observable.observe(move || {
            // Until it is there it is not computed.
            let Some(memo) = node.get() else { return };
            memo.mark_dirty();
            #[cfg(not(target_arch = "wasm32"))]
            if home != std::thread::current().id() {
                // Where it was computed meanwhile, that it is out of date may have been overwritten in the end.
                std::thread::yield_now();
                memo.mark_dirty();
            }
        })
    });
    let memo = ArcMemo::new(move |before: Option<&R>| {
        let _ = &subscription;
        read(&observable, before)
    });
    let _ = node.set(memo.to_any_subscriber());
    memo
}
