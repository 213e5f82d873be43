//! The documents of the program as structs of signals, with the methods that the page calls on SyncKit's handles.

use leptos::prelude::*;

pub(crate) use crate::signals::{
    CounterRef, DocumentRef, ElementId, FieldRef, ListRef, Observable, ObservableExt, Subscription,
    UndoManager,
};
pub(crate) use crate::status::{
    Connection, ConnectionBadge, DocumentStatus, LoadState, Status, Tier, use_status,
};

/// Stands for the client.
#[derive(Clone, Copy)]
pub(crate) struct SyncKit;

pub(crate) fn provide_synckit(sync: SyncKit) {
    provide_context(sync);
}

pub(crate) fn use_synckit() -> SyncKit {
    expect_context()
}

impl SyncKit {
    pub(crate) fn document<D: Document>(self, _id: &str) -> D::Ref {
        D::empty()
    }

    pub(crate) fn local<D: Document>(self, _id: &str) -> D::Ref {
        D::empty()
    }
}

pub(crate) trait Document {
    type Ref;
    fn empty() -> Self::Ref;
}

/// The number of votes that a new entry starts with.
pub(crate) struct Counter(pub(crate) i64);

pub(crate) struct Todo {
    pub(crate) title: String,
    pub(crate) done: bool,
    pub(crate) votes: Counter,
}

#[derive(Clone, PartialEq)]
pub(crate) struct TodoRef {
    id: ElementId,
    title: FieldRef<String>,
    done: FieldRef<bool>,
    votes: CounterRef,
}

impl From<Todo> for TodoRef {
    fn from(todo: Todo) -> Self {
        Self {
            id: ElementId::new(),
            title: FieldRef::new(todo.title),
            done: FieldRef::new(todo.done),
            votes: CounterRef::new(todo.votes.0),
        }
    }
}

impl DocumentRef for TodoRef {
    fn id(&self) -> ElementId {
        self.id
    }
}

impl TodoRef {
    pub(crate) fn title(&self) -> FieldRef<String> {
        self.title.clone()
    }

    pub(crate) fn done(&self) -> FieldRef<bool> {
        self.done.clone()
    }

    pub(crate) fn votes(&self) -> CounterRef {
        self.votes.clone()
    }
}

pub(crate) struct TodoList;

#[derive(Clone)]
pub(crate) struct TodoListRef {
    title: FieldRef<String>,
    todos: ListRef<TodoRef>,
}

impl Document for TodoList {
    type Ref = TodoListRef;

    fn empty() -> TodoListRef {
        TodoListRef { title: FieldRef::new(String::new()), todos: ListRef::new() }
    }
}

impl ObservableExt for TodoListRef {}

impl TodoListRef {
    pub(crate) fn title(&self) -> FieldRef<String> {
        self.title.clone()
    }

    pub(crate) fn todos(&self) -> ListRef<TodoRef> {
        self.todos.clone()
    }

    pub(crate) fn status(&self) -> FieldRef<DocumentStatus> {
        FieldRef::new(DocumentStatus::default())
    }

    pub(crate) fn update<T>(&self, change: impl FnOnce(&Self) -> T) -> T {
        change(self)
    }

    pub(crate) fn undo_manager(&self) -> UndoManager {
        UndoManager::new()
    }
}

pub(crate) struct Home;

#[derive(Clone)]
pub(crate) struct HomeRef {
    name: FieldRef<String>,
    lists: ListRef<SeenListRef>,
}

impl Document for Home {
    type Ref = HomeRef;

    fn empty() -> HomeRef {
        HomeRef { name: FieldRef::new(String::new()), lists: ListRef::new() }
    }
}

impl HomeRef {
    pub(crate) fn name(&self) -> FieldRef<String> {
        self.name.clone()
    }

    pub(crate) fn lists(&self) -> ListRef<SeenListRef> {
        self.lists.clone()
    }

    pub(crate) fn status(&self) -> FieldRef<DocumentStatus> {
        FieldRef::new(DocumentStatus::default())
    }
}

pub(crate) struct SeenList {
    pub(crate) list: String,
    pub(crate) title: String,
}

#[derive(Clone, PartialEq)]
pub(crate) struct SeenListRef {
    id: ElementId,
    list: FieldRef<String>,
    title: FieldRef<String>,
}

impl From<SeenList> for SeenListRef {
    fn from(seen: SeenList) -> Self {
        Self { id: ElementId::new(), list: FieldRef::new(seen.list), title: FieldRef::new(seen.title) }
    }
}

impl DocumentRef for SeenListRef {
    fn id(&self) -> ElementId {
        self.id
    }
}

impl SeenListRef {
    pub(crate) fn list(&self) -> FieldRef<String> {
        self.list.clone()
    }

    pub(crate) fn title(&self) -> FieldRef<String> {
        self.title.clone()
    }
}

/// Somebody else; there is never anybody else here.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PeerId(u64);

#[derive(Clone, PartialEq)]
pub(crate) struct Me {
    pub(crate) name: String,
    pub(crate) editing: String,
}

pub(crate) fn use_presence(
    _document: impl Fn() -> String + Send + Sync + 'static,
    me: impl Fn() -> Me + Send + Sync + 'static,
) -> Signal<Vec<(PeerId, Me)>> {
    let alone = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        me();
        alone.set(Vec::new());
    });
    alone.into()
}

pub(crate) fn document_id(list: &str) -> String {
    format!("todo-list/{list}")
}
