//! Fields, counters and lists in plain signals.

use std::fmt;

use leptos::prelude::*;

/// Writing to a signal does not fail.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ElementId(usize);

impl ElementId {
    pub(crate) fn new() -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Display for ElementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub(crate) trait DocumentRef {
    fn id(&self) -> ElementId;
}

/// Something a subscription keeps alive.
pub(crate) struct Subscription(Effect<LocalStorage>);

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn observe(track: impl Fn() + 'static, changed: impl Fn() + 'static) -> Subscription {
    Subscription(Effect::new(move |before: Option<()>| {
        track();
        if before.is_some() {
            untrack(&changed);
        }
    }))
}

pub(crate) trait Observable {
    fn observe(&self, changed: impl Fn() + Send + Sync + 'static) -> Subscription;
}

pub(crate) trait ObservableExt: Clone + Send + Sync + 'static {
    fn map_signal<T>(&self, map: impl Fn(&Self) -> T + Send + Sync + 'static) -> Signal<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        let this = self.clone();
        Memo::new(move |_| map(&this)).into()
    }
}

pub(crate) struct FieldRef<T: 'static>(RwSignal<T>);

impl<T> Clone for FieldRef<T> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<T> PartialEq for FieldRef<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Send + Sync> ObservableExt for FieldRef<T> {}

impl<T: Clone + Send + Sync> FieldRef<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(RwSignal::new(value))
    }

    pub(crate) fn signal(&self) -> Signal<T> {
        self.0.into()
    }

    pub(crate) fn get(&self) -> Result<T, Never> {
        Ok(self.0.get())
    }

    pub(crate) fn set(&self, value: impl Into<T>) -> Result<(), Never> {
        self.0.set(value.into());
        Ok(())
    }
}

#[derive(Clone, PartialEq)]
pub(crate) struct CounterRef(RwSignal<i64>);

impl CounterRef {
    pub(crate) fn new(value: i64) -> Self {
        Self(RwSignal::new(value))
    }

    pub(crate) fn signal(&self) -> Signal<i64> {
        self.0.into()
    }

    pub(crate) fn increment(&self, by: i64) -> Result<(), Never> {
        self.0.update(|value| *value += by);
        Ok(())
    }
}

pub(crate) struct ListRef<R: 'static>(RwSignal<Vec<R>>);

impl<R> Clone for ListRef<R> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<R: Send + Sync> Observable for ListRef<R> {
    fn observe(&self, changed: impl Fn() + Send + Sync + 'static) -> Subscription {
        let list = self.0;
        observe(move || list.track(), changed)
    }
}

impl<R: DocumentRef + Clone + Send + Sync> ListRef<R> {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    pub(crate) fn signal(&self) -> Signal<Vec<R>> {
        self.0.into()
    }

    pub(crate) fn elements(&self) -> Vec<R> {
        self.0.get()
    }

    pub(crate) fn at(&self, index: usize) -> Option<R> {
        self.0.with(|elements| elements.get(index).cloned())
    }

    pub(crate) fn push(&self, element: impl Into<R>) -> Result<R, Never> {
        let element = element.into();
        self.0.update(|elements| elements.push(element.clone()));
        Ok(element)
    }

    pub(crate) fn insert(&self, index: usize, element: impl Into<R>) -> Result<R, Never> {
        let element = element.into();
        self.0.update(|elements| elements.insert(index.min(elements.len()), element.clone()));
        Ok(element)
    }

    pub(crate) fn remove(&self, id: ElementId) -> Result<(), Never> {
        self.0.update(|elements| elements.retain(|element| element.id() != id));
        Ok(())
    }

    pub(crate) fn move_before(&self, id: ElementId, before: Option<ElementId>) -> Result<(), Never> {
        self.0.update(|elements| {
            let Some(from) = elements.iter().position(|element| element.id() == id) else { return };
            let element = elements.remove(from);
            let place = elements.iter().position(|element| Some(element.id()) == before);
            elements.insert(place.unwrap_or(elements.len()), element);
        });
        Ok(())
    }
}

/// How many steps there are in each direction.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct UndoSteps {
    pub(crate) undo: usize,
    pub(crate) redo: usize,
}

/// The buttons are there; there is nothing behind them.
#[derive(Clone)]
pub(crate) struct UndoManager(RwSignal<UndoSteps>);

impl UndoManager {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(UndoSteps::default()))
    }

    pub(crate) fn signal(&self) -> Signal<UndoSteps> {
        self.0.into()
    }

    pub(crate) fn undo(&self) -> bool {
        false
    }

    pub(crate) fn redo(&self) -> bool {
        false
    }
}

impl Observable for UndoManager {
    fn observe(&self, changed: impl Fn() + Send + Sync + 'static) -> Subscription {
        let steps = self.0;
        observe(move || steps.track(), changed)
    }
}
