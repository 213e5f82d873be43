//! What handles ask of the driver.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::cell::DocumentCell;

/// Something for the driver to do.
pub(crate) enum Command {
    /// A document was opened: load it, then subscribe to it.
    Open(Arc<DocumentCell>),
    /// A document has fresh local changes: store them, then send them.
    Dirty(Arc<DocumentCell>),
    /// This client's presence at a document is another one. Empty when it has left.
    Presence { document: Arc<str>, state: Vec<u8> },
    /// Somebody wants a document's refused changes to be sent again.
    Retry(Arc<DocumentCell>),
    /// Nobody holds the client any more: store what is left, then stop.
    Close,
}

/// Commands in order, and the driver that waits for them.
#[derive(Default)]
pub(crate) struct Inbox {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    commands: Vec<Command>,
    waker: Option<Waker>,
    closed: bool,
}

impl Inbox {
    /// Hands a command over. Returns whether there is a driver that will see it.
    pub(crate) fn push(&self, command: Command) -> bool {
        let waker = {
            let mut waiting = self.lock();
            if waiting.closed {
                return false;
            }
            waiting.commands.push(command);
            waiting.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    /// There is no driver, or it has ended.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.commands.clear();
    }

    /// Everything that has been asked for since the last call.
    pub(crate) fn take(&self) -> Vec<Command> {
        std::mem::take(&mut self.lock().commands)
    }

    /// Resolves when there is something to take. One waiter at a time.
    pub(crate) async fn filled(&self) {
        poll_fn(|context| {
            let mut waiting = self.lock();
            if !waiting.commands.is_empty() {
                return Poll::Ready(());
            }
            waiting.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
