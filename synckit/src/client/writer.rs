//! Who may write a document: one thread at a time, and that one as often as it likes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

#[derive(Debug, Default)]
struct Owner {
    /// Who is inside, and how often.
    inside: Option<(ThreadId, usize)>,
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
        let me = std::thread::current().id();
        let mut owner = self.lock();
        loop {
            match &mut owner.inside {
                Some((thread, depth)) if *thread == me => {
                    *depth += 1;
                    return Inside { lock: self };
                }
                Some(_) => {
                    owner.waiting += 1;
                    owner = self.freed.wait(owner).unwrap_or_else(PoisonError::into_inner);
                    owner.waiting -= 1;
                }
                None => {
                    owner.inside = Some((me, 1));
                    return Inside { lock: self };
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
