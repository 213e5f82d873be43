//! Signals of handles.

use leptos::prelude::*;
use leptos::reactive::computed::ArcMemo;
use leptos::reactive::traits::{Notify, Track};
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
        let source = Source::new(self.clone());
        ArcMemo::new(move |_| map(source.track())).into()
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
    let source = Source::new(observable);
    ArcMemo::new(move |before: Option<&O::Value>| {
        source.track().get().unwrap_or_else(|_| before.cloned().unwrap_or_default())
    })
}

/// A handle whose changes the reactive graph hears of.
///
/// It owns the subscription, and the memo that reads it owns the source: the subscription ends with the last signal
/// made of it, wherever that is kept. The callback holds nothing but a trigger, so it may still run while the signal
/// goes away.
struct Source<O> {
    observable: O,
    changed: ArcTrigger,
    _subscription: Option<synckit::Subscription>,
}

impl<O: Observable> Source<O> {
    fn new(observable: O) -> Self {
        let changed = ArcTrigger::new();
        // On the server a page is rendered once: nobody would hear of a change.
        let subscription = (!cfg!(feature = "ssr")).then(|| {
            let changed = changed.clone();
            observable.observe(move || changed.notify())
        });
        Self { observable, changed, _subscription: subscription }
    }

    fn track(&self) -> &O {
        self.changed.track();
        &self.observable
    }
}
