//! An open document: its state behind a lock, who watches it, and what is to be stored and sent.
//!
//! Every change goes: wait for the writer, lock, apply, unlock, then notify. No callback runs under a lock. A write made
//! inside a callback is applied at once and its own callbacks run after those of the change before.

mod fresh;
mod notify;
#[cfg(feature = "history")]
mod past;
#[cfg(feature = "text")]
mod typing;
mod write;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::inbox::Command;
use super::observers::{self, Observed, Observer, Observers, Subscription};
use super::shared::Shared;
use super::status::{DocumentStatus, Tier};
use super::writer::{Inside, WriterLock};
use crate::crdt::container::ContainerId;
use crate::document::event::Target;
use crate::document::journal::{Queue, Recorder};
use crate::document::transaction::Open;
use crate::document::undo::UndoHistory;
use crate::document::{Applied, ApplyError, DocumentState, Origin};
use crate::version::{Dot, ReplicaId};
use crate::wire::{Change, Snapshot, Update};
use fresh::Fresh;

/// What of a document can be watched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Watch {
    Place(Target),
    Status,
    Undo,
}

/// One open document. Handles and the driver share it.
pub(crate) struct DocumentCell {
    id: Arc<str>,
    local_only: bool,
    shared: Weak<Shared>,
    me: Weak<Self>,
    /// Whether it is a version of the past.
    #[cfg(feature = "history")]
    read_only: bool,
    /// Set while the driver has been told of fresh changes and has not looked yet.
    announced: AtomicBool,
    /// Whether a transaction is open: for the thread that writes, which need not take the lock to know.
    in_transaction: AtomicBool,
    writer: WriterLock,
    inner: Mutex<Inner>,
}

struct Inner {
    state: DocumentState,
    observers: Observers,
    queue: VecDeque<Vec<Observer>>,
    notifying: bool,
    open: Open,
    fresh: Vec<Fresh>,
    status: DocumentStatus,
    replica: ReplicaId,
    written: bool,
    undo: UndoHistory,
}

impl Inner {
    fn new(replica: ReplicaId) -> Self {
        Self {
            state: DocumentState::new(),
            observers: Observers::default(),
            queue: VecDeque::new(),
            notifying: false,
            open: Open::default(),
            fresh: Vec::new(),
            status: DocumentStatus::default(),
            replica,
            written: false,
            undo: UndoHistory::default(),
        }
    }
}

impl DocumentCell {
    pub(super) fn new(id: Arc<str>, local_only: bool, shared: Weak<Shared>, replica: ReplicaId) -> Arc<Self> {
        let inner = Inner::new(replica);
        Arc::new_cyclic(|me| Self {
            id,
            local_only,
            shared,
            me: me.clone(),
            #[cfg(feature = "history")]
            read_only: false,
            announced: AtomicBool::new(false),
            in_transaction: AtomicBool::new(false),
            writer: WriterLock::default(),
            inner: Mutex::new(inner),
        })
    }

    /// The document's id.
    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// Whether it stays on this device.
    pub(crate) fn local_only(&self) -> bool {
        self.local_only
    }

    /// Looks at the state. No transaction is half done in it, except the caller's own.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&DocumentState) -> R) -> R {
        let (_inside, inner) = self.settled();
        look(&inner.state)
    }

    /// The state when no other thread has half a transaction in it.
    fn settled(&self) -> (Option<Inside<'_>>, MutexGuard<'_, Inner>) {
        let inner = self.lock();
        if !inner.open.is_open {
            return (None, inner);
        }
        drop(inner);
        let inside = self.writer.enter();
        (Some(inside), self.lock())
    }

    /// Runs `look` while no other thread writes.
    pub(crate) fn undisturbed<R>(&self, look: impl FnOnce() -> R) -> R {
        let _inside = self.writer.enter();
        look()
    }

    /// Takes note of what happens to a container from now on, for as long as the queue is held.
    pub(crate) fn follow<R: Recorder>(&self, container: &ContainerId) -> Arc<Queue<R::Change>> {
        let _inside = self.writer.enter();
        let inner = &mut *self.lock();
        if inner.open.is_open {
            // From the midst of a transaction on, whose end has something to tell now.
            inner.open.touched.set_watched(true);
            inner.open.touched.insert(Target::Content(container.clone()));
        }
        inner.state.follow::<R>(container)
    }

    /// Whether a transaction is open: never wrong for the thread that writes.
    pub(crate) fn is_in_transaction(&self) -> bool {
        self.in_transaction.load(Ordering::Relaxed)
    }

    /// Applies an update from elsewhere and notifies.
    pub(crate) fn apply(&self, update: &Update, origin: Origin) -> Result<Applied, ApplyError> {
        let inside = self.writer.enter();
        let applied = {
            let mut inner = self.lock();
            let applied = inner.state.apply(update, origin)?;
            inner.touch(&applied.touched, origin);
            applied
        };
        drop(inside);
        self.notify();
        Ok(applied)
    }

    /// Applies a snapshot from elsewhere and notifies.
    pub(crate) fn restore(&self, snapshot: &Snapshot, origin: Origin) -> Result<Applied, ApplyError> {
        let inside = self.writer.enter();
        let applied = {
            let mut inner = self.lock();
            let applied = inner.state.restore(snapshot, origin)?;
            inner.touch(&applied.touched, origin);
            applied
        };
        drop(inside);
        self.notify();
        Ok(applied)
    }

    /// Applies a snapshot that the program brings from elsewhere: it is stored and sent like a local change.
    pub(crate) fn import(&self, snapshot: Snapshot) -> Result<(), ApplyError> {
        #[cfg(feature = "history")]
        if self.read_only {
            return Err(ApplyError::ReadOnly);
        }
        let inside = self.writer.enter();
        let (is_news, is_watched) = {
            let mut inner = self.lock();
            let (applied, loaded) = match snapshot.is_update() {
                true => (inner.state.take(snapshot.update.changes)?, false),
                false => inner.state.load(&snapshot, Origin::Remote)?,
            };
            if loaded {
                let version = inner.state.version().clone();
                inner.fresh.push(Fresh::Loaded(version));
            }
            inner.fresh.extend(applied.changes.into_iter().map(Fresh::Imported));
            inner.touch(&applied.touched, Origin::Remote);
            (!inner.fresh.is_empty(), !inner.queue.is_empty())
        };
        drop(inside);
        if is_news {
            self.tell_driver();
        }
        if is_watched {
            self.notify();
        }
        Ok(())
    }

    /// Changes the state's bookkeeping, not its content.
    pub(crate) fn with_state<R>(&self, change: impl FnOnce(&mut DocumentState) -> R) -> R {
        let _inside = self.writer.enter();
        change(&mut self.lock().state)
    }

    /// Local changes since the last call: to be stored, then sent.
    pub(crate) fn take_fresh(&self) -> Vec<Change> {
        self.announced.store(false, Ordering::Release);
        // They are encoded from the state, which is not looked at in the midst of a transaction.
        let _inside = self.writer.enter();
        let inner = &mut *self.lock();
        std::mem::take(&mut inner.fresh).into_iter().flat_map(|fresh| fresh.encode(&inner.state)).collect()
    }

    /// Sets the replica that local writes are made under. Refused (`false`) once something was written under another.
    pub(crate) fn set_replica(&self, replica: ReplicaId) -> bool {
        let _inside = self.writer.enter();
        let mut inner = self.lock();
        if inner.written {
            return false;
        }
        inner.replica = replica;
        true
    }

    /// The replica that local writes are made under.
    pub(crate) fn replica(&self) -> ReplicaId {
        self.lock().replica
    }

    /// Gives up a replica id that is used elsewhere too: this document's operations of it from `from` on get new dots
    /// under `to`. Returns the rewritten changes, to be stored and sent.
    pub(crate) fn reissue(&self, from: Dot, to: ReplicaId) -> Vec<Change> {
        let inside = self.writer.enter();
        let changes = {
            let mut inner = self.lock();
            let (changes, touched) = inner.state.reissue(from, to);
            inner.replica = to;
            inner.fresh.retain(|fresh| fresh.replica() != Some(from.replica));
            inner.undo.clear();
            inner.touch(&touched, Origin::Load);
            changes
        };
        drop(inside);
        self.notify();
        changes
    }

    pub(crate) fn status(&self) -> DocumentStatus {
        self.lock().status.clone()
    }

    /// Sets the status and notifies when it is another one. What has not been taken yet counts as not saved.
    pub(crate) fn set_status(&self, mut status: DocumentStatus) {
        {
            let mut inner = self.lock();
            if !inner.fresh.is_empty() {
                status.saved = Tier::Memory;
                status.pending = status.pending.max(inner.fresh.len());
            }
            if inner.status == status {
                return;
            }
            inner.status = status;
            inner.announce(&Watch::Status);
        }
        self.notify();
    }

    /// Asks the driver to send refused changes again.
    pub(crate) fn retry(&self) {
        let mut status = self.status();
        if status.refused.take().is_some() {
            self.set_status(status);
        }
        if let (Some(shared), Some(me)) = (self.shared.upgrade(), self.me.upgrade()) {
            shared.inbox().push(Command::Retry(me));
        }
    }

    /// How many steps can be undone and redone.
    pub(crate) fn undo_depth(&self) -> (usize, usize) {
        self.lock().undo.depth()
    }

    /// Writes to one field within this many milliseconds become one undo step.
    pub(crate) fn set_undo_window(&self, ms: u64) {
        self.lock().undo.merge_within = ms;
    }

    /// What is written next begins an undo step of its own.
    pub(crate) fn close_undo_step(&self) {
        self.lock().undo.close();
    }

    pub(crate) fn observe(
        self: &Arc<Self>,
        watch: Watch,
        callback: impl Fn() + Send + Sync + 'static,
    ) -> Subscription {
        observers::observe(self.clone(), watch, Arc::new(callback))
    }

    /// How many callbacks watch this document.
    pub(crate) fn observer_count(&self) -> usize {
        self.lock().observers.len()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.shared.upgrade().map_or(0, |shared| shared.now())
    }
}

impl Observed for DocumentCell {
    fn with_observers(&self, change: &mut dyn FnMut(&mut Observers)) {
        change(&mut self.lock().observers);
    }
}
