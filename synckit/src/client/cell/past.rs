//! Documents that keep their history: how that begins, and versions of the past as documents that cannot be written.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};

use super::fresh::Fresh;
use super::{DocumentCell, Inner};
use crate::client::status::LoadState;
use crate::client::writer::WriterLock;
use crate::document::{DocumentState, Origin, WriteError};
use crate::wire::Update;

impl DocumentCell {
    /// A version of the past: a document of its own that is neither stored nor sent.
    pub(crate) fn past(of: &Self, state: DocumentState) -> Arc<Self> {
        let mut inner = Inner::new(of.replica());
        inner.state = state;
        inner.status.load = LoadState::Ready;
        Arc::new_cyclic(|me| Self {
            id: of.id.clone(),
            local_only: true,
            shared: Weak::new(),
            me: me.clone(),
            read_only: true,
            announced: AtomicBool::new(false),
            in_transaction: AtomicBool::new(false),
            writer: WriterLock::default(),
            inner: Mutex::new(inner),
        })
    }

    /// Keeps the history from now on.
    pub(crate) fn keep_history(&self) -> Result<(), WriteError> {
        self.update(|| {
            if self.read_only {
                return Err(WriteError::ReadOnly);
            }
            let floor = {
                let inner = &mut *self.lock();
                if inner.state.keeps_history() {
                    return Ok(());
                }
                let floor = inner.state.version().clone();
                let update = Update { changes: vec![DocumentState::keeping()] };
                let applied = inner.state.apply(&update, Origin::Local);
                let applied = applied.map_err(|error| WriteError::Aborted(error.to_string()))?;
                inner.fresh.extend(applied.changes.into_iter().map(Fresh::Imported));
                inner.touch(&applied.touched, Origin::Local);
                floor
            };
            self.write(|transaction| {
                transaction.forget_before(&floor);
                Ok(())
            })
        })
    }
}
