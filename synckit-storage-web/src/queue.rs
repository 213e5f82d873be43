//! Values from JavaScript callbacks to a task: one value ([`Slot`]) or many ([`Queue`]).

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

/// A place for one value that a task waits for. The first value stays.
pub(crate) struct Slot<T>(Rc<RefCell<SlotState<T>>>);

struct SlotState<T> {
    value: Option<T>,
    filled: bool,
    waker: Option<Waker>,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Slot<T> {
    pub(crate) fn new() -> Self {
        Self(Rc::new(RefCell::new(SlotState { value: None, filled: false, waker: None })))
    }

    /// Fills it unless it has been filled before; then `value` is dropped.
    pub(crate) fn set(&self, value: T) {
        let mut state = self.0.borrow_mut();
        if state.filled {
            // Dropping a value may run code that looks at this slot: not while it is borrowed.
            drop(state);
            drop(value);
            return;
        }
        state.filled = true;
        state.value = Some(value);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Future for Slot<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut state = self.0.borrow_mut();
        match state.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Values in order, read as a stream by one task.
pub(crate) struct Queue<T>(Rc<RefCell<QueueState<T>>>);

struct QueueState<T> {
    items: VecDeque<T>,
    closed: bool,
    waker: Option<Waker>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self(Rc::new(RefCell::new(QueueState { items: VecDeque::new(), closed: false, waker: None })))
    }

    /// Appends a value; dropped when the queue is closed.
    pub(crate) fn push(&self, item: T) {
        let mut state = self.0.borrow_mut();
        if state.closed {
            return;
        }
        state.items.push_back(item);
        Self::wake(state);
    }

    /// What is in it is still read, nothing is added any more.
    pub(crate) fn close(&self) {
        let mut state = self.0.borrow_mut();
        state.closed = true;
        Self::wake(state);
    }

    /// How many values wait and whether one of them satisfies `f`. O(n).
    pub(crate) fn find(&self, f: impl Fn(&T) -> bool) -> (usize, bool) {
        let state = self.0.borrow();
        (state.items.len(), state.items.iter().any(f))
    }

    /// Whether this is the only handle left, so that nobody reads it.
    pub(crate) fn is_abandoned(&self) -> bool {
        Rc::strong_count(&self.0) == 1
    }

    fn wake(mut state: std::cell::RefMut<'_, QueueState<T>>) {
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Stream for Queue<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.0.borrow_mut();
        match state.items.pop_front() {
            Some(item) => Poll::Ready(Some(item)),
            None if state.closed => Poll::Ready(None),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
