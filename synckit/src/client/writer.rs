//! Who may write a document: one thread at a time, and that one as often as it likes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct Owner {
    /// Who is inside, and how often.
    inside: Option<(u64, usize)>,
    /// How many wait: telling nobody would be a system call for nothing.
    waiting: usize,
}

/// Held by a thread for the length of a transaction, whose closure runs without any other lock. Other threads, readers
/// too, wait until it is over, so nobody sees half a transaction.
#[derive(Debug, Default)]
pub(super) struct WriterLock {
    owner: Mutex<Owner>,
    freed: Condvar,
}

impl WriterLock {
    /// Waits until no other thread is inside.
    pub(super) fn enter(&self) -> Inside<'_> {
        let me = this_thread();
        let mut owner = self.lock();
        loop {
            match &mut owner.inside {
                Some((thread, depth)) if *thread == me => {
                    *depth += 1;
                    return Inside { lock: self, again: true };
                }
                Some(_) => {
                    owner.waiting += 1;
                    owner = self.freed.wait(owner).unwrap_or_else(PoisonError::into_inner);
                    owner.waiting -= 1;
                }
                None => {
                    owner.inside = Some((me, 1));
                    return Inside { lock: self, again: false };
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Owner> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner)
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

/// A number of this thread: the standard library's id takes a reference count to get.
fn this_thread() -> u64 {
    static THREADS: AtomicU64 = AtomicU64::new(0);
    thread_local!(static ME: u64 = THREADS.fetch_add(1, Ordering::Relaxed));
    ME.with(|me| *me)
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut owner = self.lock.lock();
        if let Some((_, depth)) = &mut owner.inside {
            *depth -= 1;
            if *depth == 0 {
                owner.inside = None;
                if owner.waiting > 0 {
                    self.lock.freed.notify_one();
                }
            }
        }
    }
}
