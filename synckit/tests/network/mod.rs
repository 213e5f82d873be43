//! A network, a server and disks inside of one process: real clients on threads, a real room behind them.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic)]

mod disk;
mod server;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_core::Stream;
use synckit::platform::{Clock, Hint, Platform};
use synckit::prelude::*;
use synckit::storage::Storage;
use synckit::{Connection, Set};

pub use disk::Disk;
pub use server::Server;

/// Waits until something holds, for five seconds at most.
#[track_caller]
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(5), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Values on their way to one reader.
pub struct Queue<T> {
    inner: Mutex<(VecDeque<T>, bool, Option<Waker>)>,
}

impl<T> Queue<T> {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { inner: Mutex::new((VecDeque::new(), false, None)) })
    }

    pub fn push(&self, value: T) {
        let mut inner = self.inner.lock().unwrap();
        inner.0.push_back(value);
        if let Some(waker) = inner.2.take() {
            waker.wake();
        }
    }

    pub fn close(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.1 = true;
        if let Some(waker) = inner.2.take() {
            waker.wake();
        }
    }
}

pub struct Reader<T>(pub Arc<Queue<T>>);

impl<T> Stream for Reader<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut inner = self.0.inner.lock().unwrap();
        if let Some(value) = inner.0.pop_front() {
            return Poll::Ready(Some(value));
        }
        if inner.1 {
            return Poll::Ready(None);
        }
        inner.2 = Some(context.waker().clone());
        Poll::Pending
    }
}

/// A machine: threads, the real clock, hints by hand.
#[derive(Clone)]
pub struct Machine {
    server: Server,
    hints: Arc<Queue<Hint>>,
}

static RANDOM: AtomicU64 = AtomicU64::new(1);

impl Machine {
    pub fn new(server: &Server) -> Self {
        Self { server: server.clone(), hints: Queue::new() }
    }

    pub fn hint(&self, hint: Hint) {
        self.hints.push(hint);
    }
}

impl Platform for Machine {
    type Transport = server::Wire;

    fn clock(&self) -> Clock {
        Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64)
    }

    fn random(&self) -> u64 {
        // The thread's address space and a counter: enough for replicas that live in one process.
        let count = RANDOM.fetch_add(1, Ordering::Relaxed);
        count.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(std::process::id())
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        std::thread::spawn(move || pollster::block_on(task));
    }

    fn sleep(&self, ms: u64) -> impl Future<Output = ()> + Send + 'static {
        let alarm = Queue::new();
        let bell = alarm.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(ms));
            bell.push(());
        });
        let mut alarm = Reader(alarm);
        std::future::poll_fn(move |context| Pin::new(&mut alarm).poll_next(context).map(drop))
    }

    fn transport(&self) -> server::Wire {
        server::Wire(self.server.clone())
    }

    fn hints(&self) -> impl Stream<Item = Hint> + Send + Unpin + 'static {
        Reader(self.hints.clone())
    }
}

/// A client of this server.
pub fn client(server: &Server, storage: impl Storage) -> SyncKit {
    let builder = SyncKit::builder(Machine::new(server)).url("ws://test/v1/sync").storage(storage);
    pollster::block_on(builder.connect()).unwrap()
}

/// A client without a server.
pub fn offline_client(server: &Server, storage: impl Storage) -> SyncKit {
    pollster::block_on(SyncKit::builder(Machine::new(server)).storage(storage).connect()).unwrap()
}

#[derive(Document, Clone, Debug, PartialEq, Default)]
pub struct Note {
    pub title: String,
    pub votes: Counter,
    pub tags: Set<String>,
}

pub fn is_connected(client: &SyncKit) -> bool {
    client.status().get().unwrap().connection == Connection::Connected
}

pub fn pending(client: &SyncKit) -> usize {
    client.status().get().unwrap().pending
}

pub fn saved(client: &SyncKit) -> Tier {
    client.status().get().unwrap().saved
}

/// Ends a client and waits until its disk is free again.
pub fn end(client: SyncKit, disk: &Disk) {
    drop(client);
    eventually("the client has ended", || disk.is_free());
}
