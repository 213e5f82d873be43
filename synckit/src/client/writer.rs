//! Who may write a document: one thread at a time, and that one as often as it likes.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Nobody is inside.
const NOBODY: u64 = 0;

/// Held by a thread for the length of a transaction, whose closure runs without any other lock. Other threads, readers
/// too, wait until it is over, so nobody sees half a transaction.
#[derive(Debug, Default)]
pub(super) struct WriterLock {
    /// The number of the thread that is inside.
    owner: AtomicU64,
    /// How often. Only the thread that is inside looks at it.
    depth: AtomicUsize,
    /// How many wait: telling nobody would be a system call for nothing.
    waiting: AtomicUsize,
    queue: Mutex<()>,
    freed: Condvar,
}

impl WriterLock {
    /// Waits until no other thread is inside.
    pub(super) fn enter(&self) -> Inside<'_> {
        let me = this_thread();
        let again = self.owner.load(Ordering::Relaxed) == me;
        if !again && !self.take(me) {
            self.wait(me);
        }
        self.depth.store(self.depth.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        Inside { lock: self, again }
    }

    fn take(&self, me: u64) -> bool {
        self.owner.compare_exchange(NOBODY, me, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    #[cold]
    fn wait(&self, me: u64) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever leaves from now on sees that somebody waits, and tells so under the queue's lock: either the place is free at the next
        // look, or the one who frees it comes after this thread has begun to wait.
        self.waiting.fetch_add(1, Ordering::SeqCst);
        while !self.take(me) {
            queue = self.freed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The thread is inside until this is dropped.
pub(super) struct Inside<'a> {
    lock: &'a WriterLock,
    again: bool,
}

impl Inside<'_> {
    /// Whether the thread was inside before.
    pub(super) fn is_again(&self) -> bool {
        self.again
    }
}

/// A number of this thread, from 1: the standard library's id takes a reference count to get.
fn this_thread() -> u64 {
    static THREADS: AtomicU64 = AtomicU64::new(1);
    thread_local!(static ME: u64 = THREADS.fetch_add(1, Ordering::Relaxed));
    ME.with(|me| *me)
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let WriterLock { owner, depth, waiting, queue, freed } = self.lock;
        let left = depth.load(Ordering::Relaxed) - 1;
        depth.store(left, Ordering::Relaxed);
        if left > 0 {
            return;
        }
        owner.store(NOBODY, Ordering::SeqCst);
        if waiting.load(Ordering::SeqCst) > 0 {
            let _queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            freed.notify_one();
        }
    }
}
