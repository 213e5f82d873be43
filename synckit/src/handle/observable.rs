//! The four doors to every value: get, with, subscribe, stream.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::error::ReadError;
use crate::client::Subscription;

/// A value that can be watched.
///
/// Callbacks run after the transaction or update that caused them, without any lock held, once for each that touched
/// the value, in order. They may read and write documents.
pub trait Observable: Clone + Send + Sync + 'static {
    /// What it holds.
    type Value: Clone + Send + Sync + 'static;

    /// The value now.
    ///
    /// # Errors
    /// [`ReadError`] when what is stored cannot be read as this type.
    fn get(&self) -> Result<Self::Value, ReadError>;

    /// Calls back when something changed here, without reading it.
    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription;

    /// Looks at the value.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn with<R>(&self, look: impl FnOnce(&Self::Value) -> R) -> Result<R, ReadError> {
        self.get().map(|value| look(&value))
    }

    /// Calls back with every new value. One that cannot be read is passed over: [`get`](Self::get) tells why.
    fn subscribe(&self, callback: impl Fn(&Self::Value) + Send + Sync + 'static) -> Subscription {
        let source = self.clone();
        self.observe(move || {
            let _ = source.with(&callback);
        })
    }

    /// The value now and whenever it is another one. Whoever is slow gets the latest value, not all between.
    fn stream(&self) -> ValueStream<Self> {
        let signal = Arc::new(Mutex::new(Signal { changed: true, waker: None }));
        let sender = signal.clone();
        let subscription = self.observe(move || {
            let waker = {
                let mut signal = sender.lock().unwrap_or_else(PoisonError::into_inner);
                signal.changed = true;
                signal.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        ValueStream { source: self.clone(), signal, _subscription: subscription }
    }
}

struct Signal {
    changed: bool,
    waker: Option<Waker>,
}

/// The stream of an observable's values: see [`Observable::stream`].
pub struct ValueStream<O: Observable> {
    source: O,
    signal: Arc<Mutex<Signal>>,
    _subscription: Subscription,
}

impl<O: Observable + Unpin> Stream for ValueStream<O> {
    type Item = O::Value;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<O::Value>> {
        loop {
            {
                let mut signal = self.signal.lock().unwrap_or_else(PoisonError::into_inner);
                if !signal.changed {
                    signal.waker = Some(context.waker().clone());
                    return Poll::Pending;
                }
                signal.changed = false;
            }
            if let Ok(value) = self.source.get() {
                return Poll::Ready(Some(value));
            }
        }
    }
}

impl<O: Observable> std::fmt::Debug for ValueStream<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ValueStream").finish_non_exhaustive()
    }
}
