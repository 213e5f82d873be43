//! Temporary: handles with the shape of SyncKit's, kept in plain signals.
#![allow(missing_docs, dead_code)]
use leptos::prelude::*;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

pub type Done = Result<(), WriteError>;
#[derive(Debug, Clone)]
pub struct WriteError;
impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write failed")
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ElementId(u64);
impl fmt::Display for ElementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
static NEXT: AtomicU64 = AtomicU64::new(1);
pub fn fresh() -> ElementId {
    ElementId(NEXT.fetch_add(1, Ordering::Relaxed))
}

#[derive(PartialEq)]
pub struct FieldRef<V: Send + Sync + 'static>(RwSignal<V>);
impl<V: Send + Sync + 'static> Clone for FieldRef<V> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}
impl<V: Clone + PartialEq + Send + Sync + 'static> FieldRef<V> {
    pub fn new(v: V) -> Self {
        Self(RwSignal::new(v))
    }
    pub fn signal(&self) -> Signal<V> {
        self.0.into()
    }
    pub fn get(&self) -> Result<V, WriteError> {
        Ok(self.0.get_untracked())
    }
    pub fn set(&self, v: impl Into<V>) -> Done {
        self.0.set(v.into());
        Ok(())
    }
}
#[derive(Clone, PartialEq)]
pub struct CounterRef(RwSignal<i64>);
impl CounterRef {
    pub fn signal(&self) -> Signal<i64> {
        self.0.into()
    }
    pub fn increment(&self, by: i64) -> Done {
        self.0.update(|v| *v += by);
        Ok(())
    }
}
pub trait Element: Clone + Send + Sync + 'static {
    fn id(&self) -> ElementId;
}
pub struct ListRef<R: Element>(RwSignal<Vec<R>>);
impl<R: Element> Clone for ListRef<R> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}
impl<R: Element> ListRef<R> {
    pub fn signal(&self) -> Signal<Vec<R>> {
        self.0.into()
    }
    pub fn elements(&self) -> Vec<R> {
        self.0.get_untracked()
    }
    pub fn remove(&self, id: ElementId) -> Done {
        self.0.update(|v| v.retain(|r| r.id() != id));
        Ok(())
    }
    pub fn push_ref(&self, r: R) {
        self.0.update(|v| v.push(r));
    }
    pub fn move_before(&self, id: ElementId, before: Option<ElementId>) -> Done {
        self.0.update(|v| {
            if let Some(at) = v.iter().position(|r| r.id() == id) {
                let r = v.remove(at);
                let to = before.and_then(|b| v.iter().position(|r| r.id() == b)).unwrap_or(v.len());
                v.insert(to, r);
            }
        });
        Ok(())
    }
}
#[derive(Clone)]
pub struct TodoRef(ElementId, FieldRef<String>, FieldRef<bool>, CounterRef);
impl TodoRef {
    pub fn new(title: &str, done: bool, votes: i64) -> Self {
        Self(fresh(), FieldRef::new(title.into()), FieldRef::new(done), CounterRef(RwSignal::new(votes)))
    }
    pub fn id(&self) -> ElementId {
        self.0
    }
    pub fn title(&self) -> FieldRef<String> {
        self.1.clone()
    }
    pub fn done(&self) -> FieldRef<bool> {
        self.2.clone()
    }
    pub fn votes(&self) -> CounterRef {
        self.3.clone()
    }
}
impl Element for TodoRef {
    fn id(&self) -> ElementId {
        self.0
    }
}
#[derive(Clone)]
pub struct TodoListRef(FieldRef<String>, ListRef<TodoRef>);
impl TodoListRef {
    pub fn title(&self) -> FieldRef<String> {
        self.0.clone()
    }
    pub fn todos(&self) -> ListRef<TodoRef> {
        self.1.clone()
    }
    pub fn sample(filled: bool) -> Self {
        let todos = if !filled {
            vec![]
        } else {
            vec![
                TodoRef::new("Book the ferry to Orkney", false, 4),
                TodoRef::new("Ask Ines whether the tent has all its pegs", false, 0),
                TodoRef::new("Rain jackets, both of them, and the map that survives rain", true, 1),
                TodoRef::new("Coffee, the good one", false, 12),
                TodoRef::new("Charge the head torches", false, 0),
                TodoRef::new("Tell the neighbours about the cat", true, 0),
            ]
        };
        Self(
            FieldRef::new(if filled { "Weekend on the coast".into() } else { String::new() }),
            ListRef(RwSignal::new(todos)),
        )
    }
}
#[derive(Clone)]
pub struct SeenListRef(ElementId, FieldRef<String>, FieldRef<String>);
impl SeenListRef {
    pub fn new(list: &str, title: &str) -> Self {
        Self(fresh(), FieldRef::new(list.into()), FieldRef::new(title.into()))
    }
    pub fn list(&self) -> FieldRef<String> {
        self.1.clone()
    }
    pub fn title(&self) -> FieldRef<String> {
        self.2.clone()
    }
    pub fn id(&self) -> ElementId {
        self.0
    }
}
impl Element for SeenListRef {
    fn id(&self) -> ElementId {
        self.0
    }
}
#[derive(Clone)]
pub struct HomeRef(ListRef<SeenListRef>);
impl HomeRef {
    pub fn lists(&self) -> ListRef<SeenListRef> {
        self.0.clone()
    }
    pub fn sample() -> Self {
        Self(ListRef(RwSignal::new(vec![
            SeenListRef::new("coast", "Weekend on the coast"),
            SeenListRef::new("kitchen", "Kitchen renovation"),
            SeenListRef::new("books", "Books to pass around"),
        ])))
    }
}
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Tier {
    Memory,
    Device,
    Server,
}
#[derive(Clone, PartialEq, Debug)]
pub enum Connection {
    Disabled,
    Connecting,
    Connected,
    Offline { since: u64, retry_at: u64 },
    NeedsAuth { reason: String },
    Refused { reason: String },
}
#[derive(Clone, PartialEq)]
pub struct Status {
    pub connection: Connection,
    pub storage: String,
    pub pending: usize,
    pub saved: Tier,
    pub error: Option<String>,
}
