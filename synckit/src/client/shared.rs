//! What all handles of one client share with its driver.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::cell::DocumentCell;
use super::cell::Watch;
use super::inbox::{Command, Inbox};
use super::observers::{self, Observed, Observer, Observers, Subscription};
use super::presence::PresenceCell;
use super::status::{DocumentStatus, LoadState, Status, Tier};
use crate::hash::HashMap;
use crate::platform::Clock;
use crate::sorted::SortedMap;
use crate::version::ReplicaId;

/// Ids that begin like this are given here: a shared document never has one.
pub(super) const OWN: char = '\u{1}';
/// In front of the ids of documents that stay on this device.
const LOCAL: &str = "\u{1}local/";
/// In front of ids that a program asks for and does not get, so that they meet no other.
const REFUSED: &str = "\u{1}refused/";

/// One per client.
pub(crate) struct Shared {
    clock: Clock,
    /// State of a splitmix64 sequence that fresh replica ids come from.
    seed: AtomicU64,
    inbox: Inbox,
    documents: Mutex<Documents>,
    /// Documents of a client without a driver: nobody else would remember them.
    kept: Mutex<Vec<Arc<DocumentCell>>>,
    presence: Mutex<SortedMap<Arc<str>, Weak<PresenceCell>>>,
    status: Mutex<(Status, Observers)>,
}

/// The documents that somebody may still hold.
#[derive(Default)]
struct Documents {
    by_id: HashMap<Arc<str>, Weak<DocumentCell>>,
    /// How many there were after the last look for those that nobody holds any more.
    swept: usize,
}

impl Documents {
    /// Forgets what nobody holds any more, each time that there are twice as many: O(1) for each document in the end.
    fn sweep(&mut self) {
        if self.by_id.len() > 2 * self.swept {
            self.by_id.retain(|cell| cell.strong_count() > 0);
            self.swept = self.by_id.len().max(8);
        }
    }
}

impl Shared {
    pub(crate) fn new(clock: Clock, seed: u64, status: Status) -> Arc<Self> {
        Arc::new(Self {
            clock,
            seed: AtomicU64::new(seed),
            inbox: Inbox::default(),
            documents: Mutex::default(),
            kept: Mutex::default(),
            presence: Mutex::default(),
            status: Mutex::new((status, Observers::default())),
        })
    }

    /// The wall clock, in ms since 1970.
    pub(crate) fn now(&self) -> u64 {
        (self.clock)()
    }

    pub(crate) fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// 64 bits that no other call and, with a good seed, no other client gets (splitmix64, Steele et al. 2014).
    pub(crate) fn random(&self) -> u64 {
        let step = 0x9e37_79b9_7f4a_7c15u64;
        let mut z = self.seed.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A replica id that nobody uses yet.
    pub(crate) fn fresh_replica(&self) -> ReplicaId {
        ReplicaId::new(self.random())
    }

    /// The open document with this id; opens it when nobody has.
    pub(crate) fn document(self: &Arc<Self>, id: &str, local_only: bool) -> Arc<DocumentCell> {
        let key: Arc<str> = match (local_only, id.starts_with(OWN)) {
            (true, _) => [LOCAL, id].concat().into(),
            (false, true) => [REFUSED, id].concat().into(),
            (false, false) => id.into(),
        };
        let cell = {
            let mut documents = lock(&self.documents);
            if let Some(cell) = documents.by_id.get(&key).and_then(Weak::upgrade) {
                return cell;
            }
            let cell = DocumentCell::new(key.clone(), local_only, Arc::downgrade(self), self.fresh_replica());
            documents.by_id.insert(key, Arc::downgrade(&cell));
            documents.sweep();
            cell
        };
        if !self.inbox.push(Command::Open(cell.clone())) {
            lock(&self.kept).push(cell.clone());
            cell.set_status(DocumentStatus { load: LoadState::Ready, saved: Tier::Memory, ..cell.status() });
        }
        cell
    }

    /// Forgets an open document that nobody but the caller holds. Whether it could be forgotten.
    pub(crate) fn release(&self, cell: &Arc<DocumentCell>) -> bool {
        let mut documents = lock(&self.documents);
        // Under this lock nobody gets hold of it by its id.
        let unused = Arc::strong_count(cell) == 1;
        if unused {
            documents.by_id.remove(cell.id());
        }
        unused
    }

    /// The presence of a document; remembered for as long as somebody holds it.
    pub(crate) fn presence(self: &Arc<Self>, document: &str) -> Arc<PresenceCell> {
        let mut all = lock(&self.presence);
        if let Some(cell) = all.get(document).and_then(Weak::upgrade) {
            return cell;
        }
        all.retain(|_, cell| cell.strong_count() > 0);
        let id: Arc<str> = document.into();
        let cell = Arc::new(PresenceCell::new(id.clone(), Arc::downgrade(self)));
        all.insert(id, Arc::downgrade(&cell));
        cell
    }

    /// A peer's presence arrived. `None` when the peer has left.
    pub(crate) fn set_peer(&self, document: &str, peer: u64, state: Option<&[u8]>) {
        let cell = lock(&self.presence).get(document).and_then(Weak::upgrade);
        if let Some(cell) = cell {
            cell.set_peer(peer, state);
        }
    }

    pub(crate) fn status(&self) -> Status {
        lock(&self.status).0.clone()
    }

    /// Sets the status and notifies when it is another one.
    pub(crate) fn set_status(&self, status: Status) {
        let observers = {
            let (current, observers) = &mut *lock(&self.status);
            if *current == status {
                return;
            }
            *current = status;
            observers.of(&Watch::Status)
        };
        observers.iter().for_each(Observer::call);
    }

    pub(crate) fn observe_status(
        self: &Arc<Self>,
        callback: impl Fn() + Send + Sync + 'static,
    ) -> Subscription {
        observers::observe(self.clone(), Watch::Status, Arc::new(callback))
    }
}

impl Observed for Shared {
    fn with_observers(&self, change: &mut dyn FnMut(&mut Observers)) {
        change(&mut lock(&self.status).1);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
