//! What all connections share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use synckit::sync::RoomLimits;
use synckit::wire::{FailureCode, Message};
use tokio::sync::Notify;

use crate::authorization::{AllowEverybody, Authorizer};
use crate::documents::Documents;
use crate::limits::Limits;
use crate::log::Log;
use crate::origin::OriginPolicy;
use crate::outbox::{Farewell, Outbox, WINDOW_SHARE};

/// A server without its socket: documents, connections, limits and the gate. Give it to [`router`](crate::router).
/// Cloning is cheap; all clones are the same server.
#[derive(Clone)]
pub struct ServerState(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) log: Arc<dyn Log>,
    pub(crate) limits: Limits,
    pub(crate) wire_limits: synckit::wire::Limits,
    pub(crate) origins: OriginPolicy,
    pub(crate) authorizer: Arc<dyn Authorizer>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) connections: Connections,
}

/// The open connections.
#[derive(Default)]
pub(crate) struct Connections {
    outboxes: Mutex<HashMap<u64, Arc<Outbox>>>,
    closing: AtomicBool,
    left: Notify,
}

impl ServerState {
    /// A server that keeps its documents in `log`, lets everybody in, and lets pages of `origins` connect.
    pub fn new(log: Arc<dyn Log>, limits: Limits, origins: OriginPolicy) -> Self {
        Self::with_authorizer(log, limits, origins, Arc::new(AllowEverybody))
    }

    /// A server that asks `authorizer` about everything.
    pub fn with_authorizer(
        log: Arc<dyn Log>,
        limits: Limits,
        origins: OriginPolicy,
        authorizer: Arc<dyn Authorizer>,
    ) -> Self {
        let mut wire_limits = synckit::wire::Limits::default();
        wire_limits.message = limits.message;
        let mut room = RoomLimits::default();
        room.document = limits.document;
        room.subscribers = limits.connections;
        room.in_flight = room.in_flight.max(limits.message.saturating_mul(2));
        room.window = limits.queue / WINDOW_SHARE;
        room.part = room.part.min(room.window / 2).max(1);
        room.clock_skew = u64::try_from(limits.clock_skew.as_millis()).unwrap_or(u64::MAX);
        let documents = Arc::new(Documents::new(Arc::clone(&log), room));
        Self(Arc::new(Shared {
            log,
            limits,
            wire_limits,
            origins,
            authorizer,
            documents,
            connections: Connections::default(),
        }))
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.0.connections.lock().len()
    }

    /// How many documents are open.
    pub fn documents(&self) -> usize {
        self.0.documents.count()
    }

    /// Ends all connections: nothing more is read from them, what was read is stored and acknowledged, then each is told
    /// to come back at a time of its own. Returns when all have gone or `deadline` is over, and closes the log.
    pub async fn shut_down(&self, deadline: Duration) {
        let shared = &self.0;
        let stop = async {
            shared.connections.closing.store(true, Ordering::Release);
            let outboxes: Vec<_> = {
                let open = shared.connections.lock();
                open.iter().map(|(&session, outbox)| (session, Arc::clone(outbox))).collect()
            };
            for (_, outbox) in &outboxes {
                outbox.stop_reading();
            }
            shared.documents.settle().await;
            // Spread over a time that grows with their number, so that they do not all come at once.
            let spread = u64::try_from(outboxes.len()).unwrap_or(u64::MAX).clamp(200, 10_000);
            for (session, outbox) in &outboxes {
                outbox.finish(unavailable("the server is going away: reconnect", 100 + session % spread));
            }
            while shared.connections.count() > 0 {
                let left = shared.connections.left.notified();
                tokio::pin!(left);
                left.as_mut().enable();
                if shared.connections.count() == 0 {
                    break;
                }
                left.await;
            }
        };
        if tokio::time::timeout(deadline, stop).await.is_err() {
            tracing::warn!(connections = shared.connections.count(), "not everybody left in time");
        }
        if let Err(error) = shared.log.close().await {
            tracing::error!(%error, "the store did not close cleanly");
        }
    }
}

impl std::fmt::Debug for ServerState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerState")
            .field("limits", &self.0.limits)
            .field("connections", &self.connections())
            .field("documents", &self.documents())
            .finish_non_exhaustive()
    }
}

impl Connections {
    /// Lets a connection in, if the server is not going away and there is room for it.
    pub(crate) fn enter(&self, session: u64, outbox: &Arc<Outbox>, limit: usize) -> Result<(), Farewell> {
        let mut open = self.lock();
        if self.closing.load(Ordering::Acquire) {
            return Err(unavailable("the server is going away: reconnect", 1_000));
        }
        if open.len() >= limit {
            let frame = failure(FailureCode::Limit, "the server has as many connections as it takes", 10_000);
            return Err(Farewell { frame, code: 1013 });
        }
        open.insert(session, Arc::clone(outbox));
        Ok(())
    }

    pub(crate) fn leave(&self, session: u64) {
        self.lock().remove(&session);
        self.left.notify_waiters();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Outbox>>> {
        self.outboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An encoded `Failure`.
pub(crate) fn failure(code: FailureCode, message: &str, retry_after: u64) -> Bytes {
    Message::Failure { code, message: message.into(), retry_after }.encode().into()
}

fn unavailable(message: &str, retry_after: u64) -> Farewell {
    Farewell { frame: failure(FailureCode::Unavailable, message, retry_after), code: 1001 }
}

/// The wall clock in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
