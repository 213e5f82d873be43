//! Local writes: transactions, steps of undo and redo, and telling the driver.

use std::sync::atomic::Ordering;

use super::fresh::Fresh;
use super::{DocumentCell, Inner, Watch};
use crate::client::inbox::Command;
use crate::client::status::Tier;
use crate::document::transaction::Transaction;
use crate::document::undo::Direction;
use crate::document::{Origin, WriteError};

impl DocumentCell {
    /// Makes a write; inside [`update`](Self::update) it joins that transaction.
    pub(crate) fn write<R>(
        &self,
        make: impl FnOnce(&mut Transaction<'_>) -> Result<R, WriteError>,
    ) -> Result<R, WriteError> {
        let (mut make, mut made) = (Some(make), None);
        self.write_once(&mut |transaction| {
            if let Some(make) = make.take() {
                made = Some(make(transaction)?);
            }
            Ok(())
        })?;
        made.ok_or_else(closed)
    }

    /// [`write`](Self::write), compiled once for all that can be written.
    fn write_once(
        &self,
        make: &mut dyn FnMut(&mut Transaction<'_>) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        #[cfg(feature = "history")]
        if self.read_only {
            return Err(WriteError::ReadOnly);
        }
        let inside = self.writer.enter();
        // Before the lock is taken, so that it is dropped after it should `make` panic.
        let mut scope = Scope::new(self, inside.is_again());
        let result = {
            let inner = &mut *self.lock();
            scope.begin(inner);
            // Whoever comes to watch in the midst of a transaction is told of what is written from then on.
            inner.open.touched.set_watched(inner.is_watched());
            let result = make(&mut Transaction { state: &mut inner.state, open: &mut inner.open });
            scope.end(inner, result.is_err());
            result
        };
        drop(inside);
        self.wrote(&scope);
        result
    }

    /// Runs `make` as one transaction: one change, one notification, one undo step. When it fails, what it wrote is
    /// taken back.
    pub(crate) fn update<R, E>(&self, make: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        let inside = self.writer.enter();
        let mut scope = Scope::new(self, inside.is_again());
        scope.begin_later();
        let result = make();
        scope.end(&mut self.lock(), result.is_err());
        drop(inside);
        self.wrote(&scope);
        result
    }

    /// Undoes or redoes a step. Returns whether there was one.
    pub(crate) fn step(&self, direction: Direction) -> bool {
        let inside = self.writer.enter();
        let now = self.now();
        let done = {
            let inner = &mut *self.lock();
            if self.in_transaction.load(Ordering::Relaxed) {
                // Inside a transaction there is nothing finished to take back.
                return false;
            }
            inner.state.begin(&mut inner.open, inner.replica, now);
            inner.open.touched.set_watched(inner.is_watched());
            let done = inner.undo.go(direction, &mut inner.state, &mut inner.open);
            if inner.state.commit(&mut inner.open) {
                self.finish(inner, false);
            }
            inner.announce(&Watch::Undo);
            done
        };
        drop(inside);
        self.tell_driver();
        self.notify();
        done
    }

    /// Goes on after a transaction; one that is part of another one leaves it to that.
    fn wrote(&self, scope: &Scope<'_>) {
        if scope.has_news {
            self.tell_driver();
        }
        if scope.is_watched {
            self.notify();
        }
    }

    /// Takes in what a transaction did. `record` keeps it for undo. Returns whether there is something that the driver has not been
    /// told of.
    fn finish(&self, inner: &mut Inner, record: bool) -> bool {
        inner.written = true;
        inner.status.saved = Tier::Memory;
        let mut is_news = false;
        if !inner.state.is_alone() {
            let pending = inner.open.pending();
            let last = match inner.fresh.last_mut() {
                Some(Fresh::Local(last)) => Some(last),
                _ => None,
            };
            if let Some(pending) = inner.state.go_on(last, pending) {
                inner.fresh.push(Fresh::Local(pending));
                inner.status.pending += usize::from(!self.local_only);
                is_news = true;
            }
        }
        if inner.is_watched() {
            let touched = std::mem::take(&mut inner.open.touched);
            inner.touch(&touched, if record { Origin::Local } else { Origin::Undo });
            inner.open.touched = touched;
            inner.announce(&Watch::Status);
            if record {
                inner.announce(&Watch::Undo);
            }
        }
        inner.open.touched.clear();
        if record {
            inner.undo.record(std::mem::take(&mut inner.open.inverses), inner.open.now_ms);
        }
        is_news
    }

    pub(super) fn tell_driver(&self) {
        // Told and not come yet: it will see what was written since, which lies there by now.
        if self.announced.swap(true, Ordering::AcqRel) {
            return;
        }
        let nothing = self.lock().fresh.is_empty();
        let told = !nothing && {
            let (shared, me) = (self.shared.upgrade(), self.me.upgrade());
            shared.zip(me).is_some_and(|(shared, me)| shared.inbox().push(Command::Dirty(me)))
        };
        if told {
            return;
        }
        self.announced.store(false, Ordering::Release);
        if !nothing {
            // Nobody stores or sends here: the state alone remembers, and nobody will ask for the same changes again.
            let inner = &mut *self.lock();
            inner.fresh = Vec::new();
            inner.state.leave_alone();
        }
    }
}

fn closed() -> WriteError {
    WriteError::Aborted("closed".into())
}

/// A transaction, or a part of one, for as long as its closure runs.
struct Scope<'a> {
    cell: &'a DocumentCell,
    /// Whether it is part of another one.
    is_part: bool,
    /// Where it begins in that one.
    mark: (usize, u64),
    /// Begun and not ended.
    open: bool,
    /// After the end: whether the driver is to be told, and whether somebody is to be called.
    has_news: bool,
    is_watched: bool,
}

impl<'a> Scope<'a> {
    /// `again` says that the caller is in the writer's turn already.
    fn new(cell: &'a DocumentCell, again: bool) -> Self {
        let is_part = again && cell.in_transaction.load(Ordering::Relaxed);
        Self { cell, is_part, mark: (0, 0), open: false, has_news: false, is_watched: false }
    }

    /// Begins with the first write.
    fn begin_later(&mut self) {
        self.open = true;
        if self.is_part {
            let inner = self.cell.lock();
            if inner.open.is_open {
                self.mark = inner.open.mark();
            }
        } else {
            self.cell.in_transaction.store(true, Ordering::Relaxed);
        }
    }

    fn begin(&mut self, inner: &mut Inner) {
        self.open = true;
        if inner.open.is_open {
            self.mark = inner.open.mark();
        } else {
            inner.open.inverses = inner.undo.spare();
            inner.state.begin(&mut inner.open, inner.replica, self.cell.now());
        }
    }

    fn end(&mut self, inner: &mut Inner, given_up: bool) {
        self.open = false;
        if given_up && inner.open.is_open {
            inner.open.touched.set_watched(inner.is_watched());
            inner.undo.roll_back(&mut inner.state, &mut inner.open, self.mark);
        }
        if self.is_part {
            return;
        }
        self.cell.in_transaction.store(false, Ordering::Relaxed);
        if inner.open.is_open && inner.state.commit(&mut inner.open) {
            self.has_news = self.cell.finish(inner, true);
        }
        self.is_watched = !inner.queue.is_empty();
    }
}

/// A panic takes back what its closure wrote.
impl Drop for Scope<'_> {
    fn drop(&mut self) {
        if self.open {
            let cell = self.cell;
            self.end(&mut cell.lock(), true);
        }
    }
}
