//! What happened on any thread, for a task of the component's.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// Whether the text and the carets of others have changed since the task looked last.
#[derive(Default)]
pub(crate) struct Changes(Mutex<State>);

#[derive(Default)]
struct State {
    text: bool,
    carets: bool,
    waker: Option<Waker>,
}

impl Changes {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, note: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.lock();
            note(&mut state);
            state.waker.take()
        };
        // Not while the lock is held: the task may run at once.
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(crate) fn tell_text(&self) {
        self.tell(|state| state.text = true);
    }

    pub(crate) fn tell_carets(&self) {
        self.tell(|state| state.carets = true);
    }

    /// Waits until something has changed: the text, the carets.
    pub(crate) async fn next(&self) -> (bool, bool) {
        poll_fn(|context| {
            let mut state = self.lock();
            if !state.text && !state.carets {
                state.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready((std::mem::take(&mut state.text), std::mem::take(&mut state.carets)))
        })
        .await
    }
}
