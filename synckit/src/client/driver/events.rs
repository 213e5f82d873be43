//! Everything that the loop waits for, in one place.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Driver;
use super::work::Done;
use crate::platform::{Hint, MaybeSend, Platform};
use crate::storage::{Storage, StorageEvent};
use crate::transport::{Transport, TransportError};

/// Operations of the store that go on at the same time.
const PARALLEL: usize = 16;
/// Frames that are taken in before anything else gets its turn.
const FRAMES: usize = 64;

/// A future of which only the result is known.
#[cfg(not(target_arch = "wasm32"))]
pub(super) type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;
#[cfg(target_arch = "wasm32")]
pub(super) type Task<T> = Pin<Box<dyn Future<Output = T>>>;

#[cfg(not(target_arch = "wasm32"))]
type Events<T> = Pin<Box<dyn Stream<Item = T> + Send>>;
#[cfg(target_arch = "wasm32")]
type Events<T> = Pin<Box<dyn Stream<Item = T>>>;

pub(super) fn boxed<T>(future: impl Future<Output = T> + MaybeSend + 'static) -> Task<T> {
    Box::pin(future)
}

/// A connection's two halves, or why there is none.
pub(super) type Connected<T> = Result<(<T as Transport>::Sender, <T as Transport>::Receiver), TransportError>;

pub(super) enum Event<T: Transport> {
    /// The inbox is not empty.
    Commands,
    Hint(Hint),
    /// Somebody else used the store.
    Stored(StorageEvent),
    /// The store has finished something.
    Done(Done),
    Connected(Connected<T>),
    Frame(Vec<u8>),
    Disconnected,
    Timer,
}

/// What comes for as long as the client lives; a stream that ends is not asked again.
pub(super) struct Streams {
    hints: Option<Events<Hint>>,
    store: Option<Events<StorageEvent>>,
}

impl Streams {
    pub(super) fn new(hints: Events<Hint>, store: Events<StorageEvent>) -> Self {
        Self { hints: Some(hints), store: Some(store) }
    }
}

fn drain<T>(stream: &mut Option<Events<T>>, context: &mut Context<'_>, mut take: impl FnMut(T)) {
    while let Some(events) = stream {
        match events.as_mut().poll_next(context) {
            Poll::Ready(Some(event)) => take(event),
            Poll::Ready(None) => *stream = None,
            Poll::Pending => return,
        }
    }
}

impl<P: Platform, S: Storage> Driver<P, S> {
    /// Resolves with everything that has happened since the last time.
    pub(super) fn poll_events(&mut self, context: &mut Context<'_>) -> Poll<Vec<Event<P::Transport>>> {
        let mut events = Vec::new();
        if pin!(self.shared.inbox().filled()).poll(context).is_ready() {
            events.push(Event::Commands);
        }
        drain(&mut self.streams.hints, context, |hint| events.push(Event::Hint(hint)));
        drain(&mut self.streams.store, context, |event| events.push(Event::Stored(event)));
        self.running.retain_mut(|task| match task.as_mut().poll(context) {
            Poll::Ready(done) => {
                events.push(Event::Done(done));
                false
            }
            Poll::Pending => true,
        });
        self.poll_network(context, &mut events);
        let rings = |timer: &mut (u64, Task<()>)| timer.1.as_mut().poll(context).is_ready();
        if self.timer.as_mut().is_some_and(rings) {
            self.timer = None;
            events.push(Event::Timer);
        }
        if events.is_empty() { Poll::Pending } else { Poll::Ready(events) }
    }

    fn poll_network(&mut self, context: &mut Context<'_>, events: &mut Vec<Event<P::Transport>>) {
        if let Some(attempt) = &mut self.network.connecting
            && let Poll::Ready(result) = attempt.as_mut().poll(context)
        {
            self.network.connecting = None;
            events.push(Event::Connected(result));
        }
        let Some((_, receiver)) = &mut self.network.connection else { return };
        for _ in 0..FRAMES {
            match Pin::new(&mut *receiver).poll_next(context) {
                Poll::Ready(Some(Ok(frame))) => events.push(Event::Frame(frame)),
                Poll::Ready(Some(Err(_)) | None) => {
                    events.push(Event::Disconnected);
                    return;
                }
                Poll::Pending => return,
            }
        }
    }

    /// Starts work of the store that waits for its turn.
    pub(super) fn start_work(&mut self) {
        while self.running.len() < PARALLEL
            && let Some(task) = self.waiting.pop_front()
        {
            self.running.push(task);
        }
    }
}
