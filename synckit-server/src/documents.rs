//! The documents that somebody is subscribed to.

mod open;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use synckit::sync::{RoomLimits, SessionId};
use synckit::version::VersionVector;
use synckit::wire::PeerId;
use tokio::sync::Notify;

pub(crate) use self::open::OpenDocument;
use self::open::Reservation;
use crate::log::Log;
use crate::outbox::Outbox;

/// All open documents by id. A document opens with its first subscriber and is closed when nobody is subscribed and
/// nothing of it is being read or written.
///
/// Locks are taken in this order: the table, a document, an outbox.
pub(crate) struct Documents {
    log: Arc<dyn Log>,
    limits: RoomLimits,
    table: Mutex<HashMap<Arc<str>, Arc<OpenDocument>>>,
    /// Told whenever a document has finished what it had to write.
    settled: Notify,
}

impl Documents {
    pub(crate) fn new(log: Arc<dyn Log>, limits: RoomLimits) -> Self {
        Self { log, limits, table: Mutex::default(), settled: Notify::new() }
    }

    /// Subscribes a session, opening the document if it is not open.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        document: &Arc<str>,
        session: SessionId,
        peer: PeerId,
        outbox: &Arc<Outbox>,
        version: VersionVector,
    ) -> Arc<OpenDocument> {
        let reserved = {
            let mut table = self.lock();
            let open = table.entry(Arc::clone(document)).or_insert_with(|| {
                OpenDocument::new(
                    Arc::clone(document),
                    self.limits,
                    Arc::clone(&self.log),
                    Arc::downgrade(self),
                )
            });
            // Under the lock under which documents are closed; the room itself may take a while.
            Reservation::new(open)
        };
        reserved.document().subscribe(session, peer, outbox, version);
        Arc::clone(reserved.document())
    }

    /// Closes a document if nobody needs it any more.
    fn close_unused(&self, document: &Arc<OpenDocument>) {
        let mut table = self.lock();
        let current = table.get(document.id()).is_some_and(|open| Arc::ptr_eq(open, document));
        if current && document.is_unused() {
            table.remove(document.id());
            if table.is_empty() {
                table.shrink_to_fit();
            }
            tracing::debug!(document = &**document.id(), "document closed");
        }
        drop(table);
        self.settled.notify_waiters();
    }

    /// Waits until everything that was handed to the log is answered.
    pub(crate) async fn settle(&self) {
        loop {
            let settled = self.settled.notified();
            tokio::pin!(settled);
            settled.as_mut().enable();
            let open: Vec<_> = self.lock().values().cloned().collect();
            if open.iter().all(|document| document.is_settled()) {
                return;
            }
            settled.await;
        }
    }

    /// How many documents are open.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<OpenDocument>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::sqlite::{SqliteLog, SqliteOptions};

    #[tokio::test]
    async fn a_document_that_somebody_is_about_to_enter_is_not_closed() {
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(&folder.path().join("store.sqlite"), &SqliteOptions::default()).unwrap();
        let documents = Arc::new(Documents::new(Arc::new(log), RoomLimits::default()));
        let outbox = Arc::new(Outbox::new(1 << 20));
        let (session, id) = (SessionId(1), Arc::from("list"));
        let open = documents.subscribe(&id, session, PeerId(1), &outbox, VersionVector::new());
        documents.settle().await;
        let on_the_way = Reservation::new(&open);
        open.leave(session);
        assert_eq!(documents.count(), 1);
        drop(on_the_way);
        documents.close_unused(&open);
        assert_eq!(documents.count(), 0);
    }
}
