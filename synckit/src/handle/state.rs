//! A document's status, and waiting for it.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use futures_core::Stream;

use super::error::ReadError;
use super::observable::Observable;
use crate::client::Subscription;
use crate::client::cell::{DocumentCell, Watch};
use crate::client::status::{DocumentStatus, Refusal, Tier};

/// Why a wait for a tier ended without reaching it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlushError {
    /// The server does not take the document's changes.
    #[error("the server refused a change ({}): correct it, or retry", .0.message)]
    Refused(Refusal),
    /// The document stays on this device: it never reaches a server.
    #[error("a local document never reaches a server: wait for Tier::Device")]
    LocalOnly,
}

/// A document's [`DocumentStatus`] as an observable.
#[derive(Clone)]
pub struct DocumentStatusRef {
    cell: Arc<DocumentCell>,
}

impl DocumentStatusRef {
    pub(super) fn new(cell: Arc<DocumentCell>) -> Self {
        Self { cell }
    }

    /// Asks for refused changes to be sent again.
    pub fn retry(&self) {
        self.cell.retry();
    }

    /// Resolves when every write so far has reached `tier`.
    ///
    /// # Errors
    /// [`FlushError`] when that cannot happen.
    pub async fn flush(self, tier: Tier) -> Result<(), FlushError> {
        if tier == Tier::Server && self.cell.local_only() {
            return Err(FlushError::LocalOnly);
        }
        let mut statuses = pin!(self.stream());
        poll_fn(|context| {
            while let Poll::Ready(Some(status)) = statuses.as_mut().poll_next(context) {
                if status.saved >= tier {
                    return Poll::Ready(Ok(()));
                }
                if let Some(refusal) = status.refused.filter(|_| tier == Tier::Server) {
                    return Poll::Ready(Err(FlushError::Refused(refusal)));
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// Two handles are equal when they are of the same open document.
impl PartialEq for DocumentStatusRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cell, &other.cell)
    }
}

impl Observable for DocumentStatusRef {
    type Value = DocumentStatus;

    fn get(&self) -> Result<DocumentStatus, ReadError> {
        Ok(self.cell.status())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.cell.observe(Watch::Status, callback)
    }
}

impl fmt::Debug for DocumentStatusRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cell.status().fmt(f)
    }
}
