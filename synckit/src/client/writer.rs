//! Who may write a document: one thread at a time, and that one as often as it likes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

/// Held by a thread for the length of a transaction, whose closure runs without any other lock. Other threads, readers
/// too, wait until it is over, so nobody sees half a transaction.
#[derive(Debug, Default)]
pub(super) struct WriterLock {
    owner: Mutex<Option<(ThreadId, usize)>>,
    freed: Condvar,
}

impl WriterLock {
    /// Waits until no other thread is inside.
    pub(super) fn enter(&self) -> Inside<'_> {
        let me = std::thread::current().id();
        let mut owner = self.lock();
        loop {
            match &mut *owner {
                Some((thread, depth)) if *thread == me => {
                    *depth += 1;
                    return Inside { lock: self };
                }
                Some(_) => owner = self.freed.wait(owner).unwrap_or_else(PoisonError::into_inner),
                None => {
                    *owner = Some((me, 1));
                    return Inside { lock: self };
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(ThreadId, usize)>> {
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
        if let Some((_, depth)) = &mut *owner {
            *depth -= 1;
            if *depth == 0 {
                *owner = None;
                self.lock.freed.notify_one();
            }
        }
    }
}
