//! The loop that stores, sends and receives: one task per client, over whatever platform, store and transport there is.
//!
//! A write goes from the document to the store, then by the [`Session`] to the server. What arrives goes from the
//! session to the document, then to the store. Nothing is kept twice: what the server lacks is cut from the document, and
//! what the store lacks are the changes it has not confirmed.
//!
//! While the store refuses writes, changes are sent all the same: better at the server alone than nowhere. Should the
//! program end before the device has them, the replica id that they were written under looks used twice to the next
//! session, and is replaced.

mod document;
mod events;
mod load;
mod network;
mod status;
mod store;
mod work;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;

use self::document::Document;
use self::events::{Event, Streams, Task, boxed};
use self::network::Network;
use self::status::Totals;
use self::work::Done;
use super::cell::DocumentCell;
use super::inbox::Command;
use super::shared::{OWN, Shared};
use super::status::LoadState;
use crate::platform::{Clock, Platform};
use crate::sorted::{SortedMap, SortedSet};
use crate::storage::{ReplicaLease, Storage};
use crate::sync::Session;
use crate::wire::Limits;

/// Milliseconds that a client which is dropped has to store and send what is left.
const FAREWELL: u64 = 5_000;
/// Milliseconds between two looks for documents that nobody holds any more.
const SWEEP: u64 = 10_000;

/// Where to connect, and as whom.
pub(super) struct Config {
    pub(super) url: Option<String>,
    pub(super) token: String,
}

/// Starts the loop on its platform.
pub(super) fn spawn<P: Platform, S: Storage>(
    platform: P,
    storage: S,
    lease: Option<ReplicaLease>,
    shared: Arc<Shared>,
    config: Config,
) {
    let platform = Arc::new(platform);
    let streams = Streams::new(Box::pin(platform.hints()), Box::pin(storage.events()));
    let driver = Box::new(Driver {
        clock: platform.clock(),
        storage: Arc::new(storage),
        shared,
        session: Session::new(config.token, platform.random()),
        network: Network::new(config.url),
        lease,
        documents: SortedMap::default(),
        presence: SortedMap::default(),
        running: Vec::new(),
        waiting: VecDeque::new(),
        streams,
        timer: None,
        due: SortedSet::default(),
        stale: SortedSet::default(),
        errors: SortedMap::default(),
        totals: Totals::default(),
        next_sweep: 0,
        farewell: None,
        platform: platform.clone(),
    });
    platform.spawn(driver.run());
}

struct Driver<P: Platform, S: Storage> {
    platform: Arc<P>,
    clock: Clock,
    storage: Arc<S>,
    shared: Arc<Shared>,
    session: Session,
    network: Network<P::Transport>,
    /// The replica id that this client may go on writing under, until it turns out to be used elsewhere.
    lease: Option<ReplicaLease>,
    documents: SortedMap<Arc<str>, Box<Document>>,
    /// What this client shows of itself, by document.
    presence: SortedMap<Arc<str>, Vec<u8>>,
    /// Work of the store that is going on, and what waits for its turn.
    running: Vec<Task<Done>>,
    waiting: VecDeque<Task<Done>>,
    streams: Streams,
    timer: Option<(u64, Task<()>)>,
    /// When to look after a document.
    due: SortedSet<(u64, Arc<str>)>,
    /// Documents whose status may be another one.
    stale: SortedSet<Arc<str>>,
    /// What goes wrong at the moment, by document.
    errors: SortedMap<Arc<str>, String>,
    totals: Totals,
    next_sweep: u64,
    /// The client is dropped: when to stop at the latest.
    farewell: Option<u64>,
}

impl<P: Platform, S: Storage> Driver<P, S> {
    async fn run(mut self: Box<Self>) {
        self.check_lease().await;
        if self.network.is_wanted() {
            self.session.start(self.now());
        }
        loop {
            self.settle();
            if self.is_finished() {
                break;
            }
            let events = poll_fn(|context| self.poll_events(context)).await;
            for event in events {
                self.handle(event);
            }
        }
        self.shared.inbox().close();
    }

    fn now(&self) -> u64 {
        (self.clock)()
    }

    fn handle(&mut self, event: Event<P::Transport>) {
        let now = self.now();
        match event {
            Event::Commands => {
                self.shared.inbox().take().into_iter().for_each(|command| self.command(command))
            }
            Event::Hint(hint) => self.session.hint(now, hint),
            Event::Stored(event) => self.stored_elsewhere(event),
            Event::Done(done) => self.done(done),
            Event::Connected(result) => self.connected(result),
            Event::Frame(frame) => self.session.received(now, &frame),
            Event::Disconnected => self.disconnected(),
            Event::Timer => self.session.tick(now),
        }
    }

    fn command(&mut self, command: Command) {
        let now = self.now();
        match command {
            Command::Open(cell) => self.open(cell),
            Command::Dirty(cell) => self.take_fresh(&cell),
            Command::Presence { document, state } => self.set_presence(document, state),
            Command::Retry(cell) => {
                self.session.retry(now, cell.id());
                self.load_again(cell.id());
            }
            Command::Close => {
                let cells: Vec<_> = self.documents.values().map(|document| document.cell.clone()).collect();
                cells.iter().for_each(|cell| self.take_fresh(cell));
                self.farewell = Some(now + FAREWELL);
                let ids: Vec<_> = self.documents.keys().cloned().collect();
                for id in ids {
                    self.write(&id);
                    self.record(&id);
                }
            }
        }
    }

    fn open(&mut self, cell: Arc<DocumentCell>) {
        let id = cell.id().clone();
        if self.documents.contains(&id) {
            return;
        }
        let document = Document::new(cell);
        self.stale.insert(id.clone(), ());
        if id.is_empty() || id.len() > Limits::DEFAULT.document_id {
            let reason = format!("a document's id has 1 to {} bytes", Limits::DEFAULT.document_id);
            return self.refuse(document, reason);
        }
        if id.starts_with(OWN) && !document.cell.local_only() {
            return self.refuse(document, "a document's id does not begin with U+0001".into());
        }
        self.documents.insert(id.clone(), Box::new(document));
        self.load(&id);
    }

    /// A document that cannot be had stays in memory.
    fn refuse(&mut self, mut document: Document, reason: String) {
        document.load = LoadState::Failed { reason };
        document.loadable = false;
        self.documents.insert(document.cell.id().clone(), Box::new(document));
    }

    /// Takes what was written since the last time.
    fn take_fresh(&mut self, cell: &Arc<DocumentCell>) {
        let Some(document) = self.documents.get_mut(cell.id()) else { return };
        let fresh = cell.take_fresh();
        if fresh.is_empty() {
            return;
        }
        self.session.written(cell.id(), &fresh);
        document.unsaved.extend(fresh);
        document.write_at = 0;
        self.stale.insert(cell.id().clone(), ());
        self.write(cell.id());
    }

    fn set_presence(&mut self, id: Arc<str>, state: Vec<u8>) {
        if state.len() > Limits::DEFAULT.presence {
            let limit = Limits::DEFAULT.presence;
            self.errors
                .insert(id, format!("a presence of {} bytes is over the limit of {limit}", state.len()));
            return;
        }
        self.session.set_presence(&id, state.clone());
        if state.is_empty() {
            self.presence.remove(&id);
            return;
        }
        if !self.documents.contains(&id) {
            // Whoever is present at a document has it open.
            self.shared.document(&id, false);
        }
        self.presence.insert(id, state);
    }

    /// Carries out what the events led to, until there is nothing left to do now.
    fn settle(&mut self) {
        let now = self.now();
        self.look_after(now);
        self.exchange();
        self.start_work();
        self.publish();
        self.sweep(now);
        self.set_timer(now);
    }

    /// Documents whose time has come.
    fn look_after(&mut self, now: u64) {
        while self.due.first().is_some_and(|(at, _)| *at <= now) {
            let Some((_, id)) = self.due.pop_first() else { break };
            self.load_again(&id);
            self.write(&id);
            self.record(&id);
        }
    }

    /// Makes sure that the loop wakes up when something is to be done.
    fn set_timer(&mut self, now: u64) {
        let session = self.session.wake_in().map(|ms| now + ms);
        let document = self.due.first().map(|(at, _)| *at);
        let congested = self.network.congested_until(now);
        let Some(at) = [session, document, congested, self.farewell].into_iter().flatten().min() else {
            return;
        };
        if self.timer.as_ref().is_none_or(|timer| timer.0 > at) {
            self.timer = Some((at, boxed(self.platform.sleep(at.saturating_sub(now)))));
        }
    }

    /// Lets go of documents that nobody else holds and that have nothing left to store or send.
    fn sweep(&mut self, now: u64) {
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = now + SWEEP;
        let synced = self.network.is_wanted();
        let unused: Vec<_> = self
            .documents
            .iter()
            .filter(|(id, document)| {
                let settled = !synced
                    || document.cell.local_only()
                    || self.session.document(id).is_some_and(|sync| sync.settled);
                settled
                    && document.is_quiet()
                    && !self.presence.contains(*id)
                    && Arc::strong_count(&document.cell) == 1
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in unused {
            let released =
                self.documents.get(&id).is_some_and(|document| self.shared.release(&document.cell));
            if released {
                self.session.close(&id);
                self.errors.remove(&id);
                if let Some(document) = self.documents.remove(&id) {
                    self.totals.remove(&document.counted);
                }
            }
        }
    }

    fn is_finished(&self) -> bool {
        let Some(latest) = self.farewell else { return false };
        let stored = self.running.is_empty()
            && self.waiting.is_empty()
            && self.documents.values().all(|document| document.unsaved.is_empty() && !document.recording);
        self.now() >= latest || (stored && self.network.is_flushed())
    }
}
