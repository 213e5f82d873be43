//! One list as the page works with it: what is shown of it, and what a visitor can do to it.

use leptos::prelude::*;

use crate::drag::Drag;
use crate::model::{
    Counter, DocumentRef, ElementId, Observable, ObservableExt, Subscription, Todo, TodoListRef, TodoRef,
};
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
    pub(crate) shown: Signal<Vec<TodoRef>>,
    pub(crate) counts: Signal<Counts>,
    pub(crate) drag: Drag,
    pub(crate) motion: Motion,
    /// Waits for the next action after one that a toast offers to take back.
    next_action: StoredValue<Option<Subscription>>,
    /// Tells of changes before the screen shows them.
    _before: StoredValue<Subscription>,
}

impl Page {
    pub(crate) fn provide(list: TodoListRef) -> Self {
        let filter = RwSignal::new(Filter::All);
        let shown = list.map_signal(move |list| {
            let filter = filter.get();
            let mut todos = list.todos().elements();
            todos.retain(|todo| filter.shows(is_done(todo)));
            todos
        });
        let counts = list.map_signal(|list| {
            let todos = list.todos().elements();
            Counts { all: todos.len(), done: todos.iter().filter(|todo| is_done(todo)).count() }
        });
        let motion = Motion::new();
        let before = list.todos().observe(move || motion.expect_change());
        let page = Self {
            list: StoredValue::new(list),
            notices: expect_context(),
            filter,
            shown,
            counts,
            drag: Drag::new(),
            motion,
            next_action: StoredValue::new(None),
            _before: StoredValue::new(before),
        };
        provide_context(page);
        page
    }

    pub(crate) fn list(self) -> TodoListRef {
        self.list.get_value()
    }

    /// Adds an entry at the end of the list; one that would not be seen switches the filter back to all.
    pub(crate) fn add(self, title: &str) {
        let todo = Todo { title: title.to_owned(), done: false, votes: Counter(0) };
        if self.notices.check(self.list().todos().push(todo)).is_some() {
            if self.filter.get_untracked() == Filter::Done {
                self.filter.set(Filter::All);
            }
            self.notices.announce(format!("Added {title}"));
        }
    }

    pub(crate) fn remove(self, todo: &TodoRef) {
        let title = todo.title().get().unwrap_or_default();
        if self.notices.check(self.list().todos().remove(todo.id())).is_some() {
            self.offer_undo(format!("Deleted “{title}”"));
        }
    }

    /// Removes everything that is done: one transaction, so one step to undo.
    pub(crate) fn clear_done(self) {
        let done: Vec<_> = self.list().todos().elements().into_iter().filter(is_done).collect();
        let removed = self.list().update(|list| {
            let todos = list.todos();
            done.iter().try_for_each(|todo| todos.remove(todo.id()))
        });
        if self.notices.check(removed).is_some() {
            let count = done.len();
            self.offer_undo(if count == 1 {
                "Cleared 1 entry".to_owned()
            } else {
                format!("Cleared {count} entries")
            });
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
        if self.notices.check(self.list().todos().move_before(id, before)).is_some() {
            self.notices.announce(format!("Moved to place {} of {}", place + 1, others.len() + 1));
        }
    }

    /// Shows a toast with an undo button, until the next action: then undo would take that one back.
    fn offer_undo(self, text: String) {
        let undo = self.list().undo_manager();
        let notices = self.notices;
        let ended = undo.observe(move || notices.hide_toast());
        self.next_action.set_value(Some(ended));
        notices.toast(
            text,
            Some(Callback::new(move |()| {
                undo.undo();
            })),
        );
    }
}

fn is_done(todo: &TodoRef) -> bool {
    todo.done().get().unwrap_or_default()
}
