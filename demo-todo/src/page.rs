//! One list as the page works with it: what is shown of it, and what a visitor can do to it.

use leptos::prelude::*;

use crate::drag::Drag;
use crate::model::{ElementId, TodoListRef, TodoRef};
use crate::motion::Motion;
use crate::notices::Notices;

/// Which entries are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    All,
    Active,
    Done,
}

impl Filter {
    fn shows(self, done: bool) -> bool {
        match self {
            Self::All => true,
            Self::Active => !done,
            Self::Done => done,
        }
    }
}

/// How many entries there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    pub(crate) all: usize,
    pub(crate) done: usize,
}

impl Counts {
    pub(crate) fn of(self, filter: Filter) -> usize {
        match filter {
            Filter::All => self.all,
            Filter::Active => self.all - self.done,
            Filter::Done => self.done,
        }
    }
}

/// One list on the screen. A handle: cheap to copy, shared by everything on the page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    list: StoredValue<TodoListRef>,
    notices: Notices,
    pub(crate) filter: RwSignal<Filter>,
    pub(crate) shown: Memo<Vec<TodoRef>>,
    pub(crate) counts: Memo<Counts>,
    pub(crate) drag: Drag,
    pub(crate) motion: Motion,
}

impl Page {
    pub(crate) fn provide(list: TodoListRef) -> Self {
        let filter = RwSignal::new(Filter::All);
        let todos = list.todos().signal();
        let shown = Memo::new_with_compare(
            move |_| {
                let filter = filter.get();
                todos
                    .get()
                    .into_iter()
                    .filter(|todo| filter.shows(todo.done().signal().get()))
                    .collect::<Vec<_>>()
            },
            |old, new| {
                !old.zip(new)
                    .is_some_and(|(old, new)| old.iter().map(TodoRef::id).eq(new.iter().map(TodoRef::id)))
            },
        );
        let counts = Memo::new(move |_| {
            todos.with(|todos| Counts {
                all: todos.len(),
                done: todos.iter().filter(|todo| todo.done().signal().get()).count(),
            })
        });
        let page = Self {
            list: StoredValue::new(list),
            notices: expect_context(),
            filter,
            shown,
            counts,
            drag: Drag::new(),
            motion: Motion::new(),
        };
        provide_context(page);
        page
    }

    pub(crate) fn list(self) -> TodoListRef {
        self.list.get_value()
    }

    /// Adds an entry at the end of the list; one that would not be seen switches the filter back to all.
    pub(crate) fn add(self, title: &str) {
        self.motion.expect_change();
        self.list().todos().push_ref(TodoRef::new(title, false, 0));
        if self.filter.get_untracked() == Filter::Done {
            self.filter.set(Filter::All);
        }
        self.notices.announce(format!("Added {title}"));
    }

    pub(crate) fn remove(self, todo: &TodoRef) {
        let title = todo.title().get().unwrap_or_default();
        self.motion.expect_change();
        if self.notices.check(self.list().todos().remove(todo.id())).is_some() {
            self.notices.toast(format!("Deleted “{title}”"), None);
        }
    }

    pub(crate) fn clear_done(self) {
        self.motion.expect_change();
        for todo in self.list().todos().elements() {
            if todo.done().get().unwrap_or_default() {
                self.notices.check(self.list().todos().remove(todo.id()));
            }
        }
    }

    /// Moves an entry to a place among those that are shown.
    pub(crate) fn move_to(self, id: ElementId, place: usize) {
        let others: Vec<_> = self
            .shown
            .with_untracked(|shown| shown.iter().map(TodoRef::id).filter(|other| *other != id).collect());
        let place = place.min(others.len());
        // Behind the last one shown there may be others that the filter hides.
        let before = others.get(place).copied().or_else(|| {
            let all = self.list().todos().elements();
            let last = all.iter().position(|todo| Some(&todo.id()) == others.last())?;
            all[last + 1..].iter().map(TodoRef::id).find(|next| *next != id)
        });
        self.motion.expect_change();
        if self.notices.check(self.list().todos().move_before(id, before)).is_some() {
            self.notices.announce(format!("Moved to place {} of {}", place + 1, others.len() + 1));
        }
    }
}
