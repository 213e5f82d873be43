//! Signals of handles.

use std::rc::Rc;

use dioxus::prelude::*;
use synckit::{Observable, ReadError};

use crate::source::Source;

/// Every handle as a signal. The methods are hooks.
pub trait ObservableExt: Observable + PartialEq {
    /// The value as a signal. Components that read it are rendered again only when this value changes: other fields of
    /// the document may change as they like, and so may this one to what it already was.
    ///
    /// Many changes before the next turn render a component once. The value is read when somebody asks for it. What other threads
    /// write, as on the desktop, is seen from the next turn on, so one rendering may read a signal as often as it likes. As with any
    /// signal of Dioxus, do not hold a `read()` while this thread writes the same handle, nor across an `await`.
    ///
    /// What cannot be read as this type keeps the value it had, at first the type's default;
    /// [`result_signal`](Self::result_signal) tells of it. A hook.
    ///
    /// ```
    /// # use dioxus::prelude::*;
    /// # use synckit::prelude::*;
    /// # use synckit_dioxus::ObservableExt;
    /// #[component]
    /// fn Likes(likes: CounterRef) -> Element {
    ///     let count: ReadSignal<i64> = likes.signal();
    ///     rsx! { button { onclick: move |_| { let _ = likes.increment(1); }, "{count} likes" } }
    /// }
    /// ```
    #[track_caller]
    fn signal(&self) -> ReadSignal<Self::Value>
    where
        Self::Value: PartialEq + Default,
    {
        use_source(self, || {
            let mut last = Self::Value::default();
            move |handle| {
                if let Ok(value) = handle.get() {
                    last = value;
                }
                last.clone()
            }
        })
        .1
    }

    /// The value, or why it cannot be read, as a signal: for fields that another version of the program may have
    /// written with another type. A hook.
    #[track_caller]
    fn result_signal(&self) -> ReadSignal<Result<Self::Value, ReadError>>
    where
        Self::Value: PartialEq,
    {
        self.map_signal(Observable::get)
    }

    /// Something computed from the handle, as a signal. It is computed again when anything that the handle stands for
    /// has changed, and when a signal that `map` reads has; components that read it are rendered again when the result
    /// differs. A hook; `map` is the one of the first time.
    ///
    /// For what depends on many fields at once, such as counts over all elements of a list.
    ///
    /// ```
    /// # use dioxus::prelude::*;
    /// # use synckit::prelude::*;
    /// # use synckit_dioxus::ObservableExt;
    /// #[derive(Document, Clone, Debug, Default, PartialEq)]
    /// struct Todos {
    ///     todos: List<Todo>,
    /// }
    /// #[derive(Document, Clone, Debug, Default, PartialEq)]
    /// struct Todo {
    ///     done: bool,
    /// }
    ///
    /// #[component]
    /// fn Left(todos: TodosRef) -> Element {
    ///     let left = todos.map_signal(|todos| {
    ///         todos.todos().elements().iter().filter(|todo| todo.done().get() == Ok(false)).count()
    ///     });
    ///     rsx! { "{left} left" }
    /// }
    /// ```
    #[track_caller]
    fn map_signal<R: PartialEq + 'static>(&self, map: impl Fn(&Self) -> R + 'static) -> ReadSignal<R> {
        use_source(self, || move |handle: &Self| map(handle)).1
    }
}

impl<O: Observable + PartialEq> ObservableExt for O {}

/// The source of a component for a handle, which follows when it is given another one, and what is computed of it.
#[track_caller]
pub(crate) fn use_source<O, R, C>(handle: &O, compute: impl FnOnce() -> C) -> (Rc<Source<O>>, ReadSignal<R>)
where
    O: Observable + PartialEq,
    R: PartialEq + 'static,
    C: FnMut(&O) -> R + 'static,
{
    let (source, signal) = use_hook(|| {
        let source = Rc::new(Source::new(handle.clone()));
        let mut compute = compute();
        let memo = {
            let source = source.clone();
            Memo::new(move || compute(&source.track()))
        };
        (source, ReadSignal::from(memo))
    });
    source.follow(handle);
    (source, signal)
}
