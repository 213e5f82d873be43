//! Whoever listens to what happens to the store from elsewhere.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use synckit::storage::StorageEvent;

/// Most different events that wait for one reader. Beyond it the oldest are dropped: they are hints.
const MAX_WAITING: usize = 4_096;

/// The readers of a store's events.
#[derive(Default)]
pub(crate) struct Events(Mutex<Vec<Arc<Mutex<Reader>>>>);

#[derive(Default)]
struct Reader {
    waiting: VecDeque<StorageEvent>,
    closed: bool,
    waker: Option<Waker>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Events {
    /// A reader of what is told from now on.
    pub(crate) fn subscribe(&self) -> Subscriber {
        let reader = Arc::new(Mutex::new(Reader::default()));
        lock(&self.0).push(reader.clone());
        Subscriber(reader)
    }

    /// Whether anybody listens.
    pub(crate) fn are_heard(&self) -> bool {
        let mut readers = lock(&self.0);
        // Whoever is held by nobody but this list does not listen any more.
        readers.retain(|reader| Arc::strong_count(reader) > 1);
        !readers.is_empty()
    }

    /// Tells every reader; an event that already waits there is not repeated.
    pub(crate) fn tell(&self, event: &StorageEvent) {
        self.each(|reader| {
            if reader.waiting.contains(event) {
                return;
            }
            if reader.waiting.len() >= MAX_WAITING {
                reader.waiting.pop_front();
            }
            reader.waiting.push_back(event.clone());
        });
    }

    /// Nothing is told any more.
    pub(crate) fn close(&self) {
        self.each(|reader| reader.closed = true);
    }

    fn each(&self, change: impl Fn(&mut Reader)) {
        let readers = lock(&self.0).clone();
        for reader in readers {
            let waker = {
                let mut reader = lock(&reader);
                change(&mut reader);
                reader.waker.take()
            };
            waker.into_iter().for_each(Waker::wake);
        }
    }
}

/// Events in order, each once while it waits.
pub(crate) struct Subscriber(Arc<Mutex<Reader>>);

impl Stream for Subscriber {
    type Item = StorageEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<StorageEvent>> {
        let mut reader = lock(&self.0);
        match reader.waiting.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None if reader.closed => Poll::Ready(None),
            None => {
                reader.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
