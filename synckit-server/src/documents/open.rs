//! One open document: its room, the sessions in it, and what it has to do with the log, one thing at a time.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use synckit::sync::{CommitToken, Room, RoomEffect, RoomLimits, SessionId};
use synckit::version::VersionVector;
use synckit::wire::{Message, PeerId, Update};

use super::Documents;
use crate::log::{ChunkId, Log, LogError, StoredChunk};
use crate::outbox::{Kind, Outbox};

/// Chunks that a log may have besides its snapshot.
const MAX_CHUNKS: usize = 512;
/// What a chunk costs beyond its content, compared to writing a snapshot of that many bytes.
const CHUNK_BYTES: usize = 4 << 10;
/// Bytes below which a log is not worth replacing.
const MIN_LOG_BYTES: usize = 4 << 20;
/// Bytes of one chunk of a snapshot.
const SNAPSHOT_PART: usize = 1 << 20;
/// Changes are written together up to this many bytes.
const MAX_APPEND: usize = 8 << 20;

pub(crate) struct OpenDocument {
    id: Arc<str>,
    log: Arc<dyn Log>,
    documents: Weak<Documents>,
    /// Sessions that have found the document and are not in the room yet.
    reserved: AtomicUsize,
    inner: Mutex<Inner>,
}

/// Keeps a document open on the way into its room.
pub(super) struct Reservation(Arc<OpenDocument>);

impl Reservation {
    pub(super) fn new(document: &Arc<OpenDocument>) -> Self {
        document.reserved.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(document))
    }

    pub(super) fn document(&self) -> &Arc<OpenDocument> {
        &self.0
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.0.reserved.fetch_sub(1, Ordering::AcqRel);
    }
}

struct Inner {
    room: Room,
    sessions: HashMap<SessionId, Arc<Outbox>>,
    /// What is to be done with the log, in order.
    work: VecDeque<Work>,
    /// Whether a task is doing it.
    working: bool,
    stored: Stored,
}

/// What the log of this document consists of, and when it is replaced by a snapshot.
#[derive(Default)]
struct Stored {
    chunks: Vec<ChunkId>,
    bytes: usize,
    snapshot_bytes: usize,
    /// Chunks to wait for after an attempt that failed.
    patience: usize,
}

impl Stored {
    /// Grows with the snapshot, so that writing snapshots costs a fixed share of all writing.
    fn is_long(&self) -> bool {
        self.chunks.len() >= MAX_CHUNKS + self.patience + self.snapshot_bytes / CHUNK_BYTES
            || self.bytes >= MIN_LOG_BYTES + self.patience * CHUNK_BYTES + 3 * self.snapshot_bytes
    }
}

enum Work {
    Load,
    Persist { token: CommitToken, update: Arc<Update> },
}

/// What the task takes from the queue at once.
enum Step {
    Load,
    Append { token: CommitToken, update: Vec<u8> },
    Compact { covered: Vec<ChunkId>, snapshot: Vec<Vec<u8>> },
}

impl OpenDocument {
    pub(super) fn new(
        id: Arc<str>,
        limits: RoomLimits,
        log: Arc<dyn Log>,
        documents: Weak<Documents>,
    ) -> Arc<Self> {
        let inner = Inner {
            room: Room::new(Arc::clone(&id), limits),
            sessions: HashMap::new(),
            work: VecDeque::new(),
            working: false,
            stored: Stored::default(),
        };
        Arc::new(Self { id, log, documents, reserved: AtomicUsize::new(0), inner: Mutex::new(inner) })
    }

    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    pub(super) fn subscribe(
        self: &Arc<Self>,
        session: SessionId,
        peer: PeerId,
        outbox: &Arc<Outbox>,
        version: VersionVector,
    ) {
        let mut inner = self.lock();
        inner.sessions.insert(session, Arc::clone(outbox));
        inner.room.subscribe(session, peer, version);
        self.carry_out(&mut inner);
    }

    /// The session unsubscribed or its connection ended.
    pub(crate) fn leave(self: &Arc<Self>, session: SessionId) {
        let mut inner = self.lock();
        inner.room.leave(session);
        self.carry_out(&mut inner);
        inner.sessions.remove(&session);
        drop(inner);
        self.close_unused();
    }

    /// The session sent changes. `now` is in milliseconds since 1970.
    pub(crate) fn changes(self: &Arc<Self>, session: SessionId, update: &Update, now: u64) {
        self.with_room(|room| room.changes(session, update, now));
    }

    /// The session shows something of itself to the others.
    pub(crate) fn presence(self: &Arc<Self>, session: SessionId, state: Vec<u8>) {
        self.with_room(|room| room.presence(session, state));
    }

    /// The session's queue was thrown away.
    pub(crate) fn overflowed(self: &Arc<Self>, session: SessionId) {
        self.with_room(|room| room.overflowed(session));
    }

    /// The session's queue is empty.
    pub(crate) fn drained(self: &Arc<Self>, session: SessionId) {
        self.with_room(|room| room.drained(session));
    }

    /// Whether nobody needs the document. Asked while the table is locked, so it does not wait for a busy room: whoever
    /// keeps it busy is in it or asks again later.
    pub(super) fn is_unused(&self) -> bool {
        self.reserved.load(Ordering::Acquire) == 0
            && self.inner.try_lock().is_ok_and(|inner| inner.room.is_idle() && !inner.working)
    }

    pub(super) fn is_settled(&self) -> bool {
        !self.lock().working
    }

    fn close_unused(self: &Arc<Self>) {
        if let Some(documents) = self.documents.upgrade() {
            documents.close_unused(self);
        }
    }

    fn with_room(self: &Arc<Self>, act: impl FnOnce(&mut Room)) {
        let mut inner = self.lock();
        act(&mut inner.room);
        self.carry_out(&mut inner);
    }

    /// Does what the room wants, in order; the lock is held, so nothing comes in between.
    fn carry_out(self: &Arc<Self>, inner: &mut Inner) {
        while let Some(effect) = inner.room.poll_effect() {
            match effect {
                RoomEffect::Load => inner.work.push_back(Work::Load),
                RoomEffect::Persist { token, update } => {
                    inner.work.push_back(Work::Persist { token, update })
                }
                RoomEffect::Send { to, message } => self.send(inner, &to, &message),
                RoomEffect::AwaitDrain { session } => {
                    if let Some(outbox) = inner.sessions.get(&session) {
                        outbox.await_drain(&self.id);
                    }
                }
                _ => tracing::error!(document = &*self.id, "a room asked for something unknown"),
            }
        }
        if !inner.work.is_empty() && !inner.working {
            inner.working = true;
            tokio::spawn(Arc::clone(self).work());
        }
    }

    fn send(&self, inner: &Inner, to: &[SessionId], message: &Message) {
        let kind = match message {
            Message::Nack { .. } => Kind::Control,
            _ => Kind::Data,
        };
        // Refused as a whole or caught up: either way the catch-up is over.
        let ends_catch_up = match message {
            Message::CaughtUp { .. } => true,
            Message::Nack { change, code, .. } => {
                if change.is_some() {
                    tracing::info!(document = &*self.id, ?code, "change refused");
                }
                change.is_none()
            }
            _ => false,
        };
        let frame = Bytes::from(message.encode());
        for outbox in to.iter().filter_map(|session| inner.sessions.get(session)) {
            let catch_up = matches!(message, Message::Changes { .. }) && outbox.is_catching_up(&self.id);
            outbox.push(if catch_up { Kind::CatchUp } else { kind }, frame.clone());
            if ends_catch_up {
                outbox.end_catch_up(&self.id);
            }
        }
    }

    /// Works off what is to be done with the log, one thing after the other: if an append fails, nothing that follows
    /// it may be written, or the log would have a hole.
    async fn work(self: Arc<Self>) {
        while let Some(step) = self.next_step() {
            match step {
                Step::Load => self.load().await,
                Step::Append { token, update } => {
                    let bytes = update.len();
                    let outcome = self.log.append(&self.id, update).await;
                    self.appended(token, bytes, outcome);
                }
                Step::Compact { covered, snapshot } => {
                    let bytes = snapshot.iter().map(Vec::len).sum();
                    let outcome = self.log.compact(&self.id, covered, snapshot).await;
                    self.compacted(bytes, outcome);
                }
            }
        }
        self.close_unused();
    }

    fn next_step(&self) -> Option<Step> {
        let mut inner = self.lock();
        match inner.work.pop_front() {
            Some(Work::Load) => Some(Step::Load),
            Some(Work::Persist { token, update }) => {
                let (mut token, mut merged) = (token, Update::clone(&update));
                let mut bytes = merged.encoded_len();
                while bytes < MAX_APPEND {
                    match inner.work.pop_front() {
                        Some(Work::Persist { token: later, update }) => {
                            token = later;
                            bytes += update.encoded_len();
                            merged.changes.extend(update.changes.iter().cloned());
                        }
                        Some(other) => {
                            inner.work.push_front(other);
                            break;
                        }
                        None => break,
                    }
                }
                Some(Step::Append { token, update: merged.encode() })
            }
            None => {
                let step = self.compaction(&mut inner);
                inner.working = step.is_some();
                step
            }
        }
    }

    fn compaction(&self, inner: &mut Inner) -> Option<Step> {
        if !inner.stored.is_long() {
            return None;
        }
        let snapshot = inner.room.snapshot()?;
        let snapshot = snapshot.split(SNAPSHOT_PART).iter().map(Update::encode).collect();
        Some(Step::Compact { covered: inner.stored.chunks.clone(), snapshot })
    }

    async fn load(self: &Arc<Self>) {
        let outcome = self.log.load(&self.id).await;
        let this = Arc::clone(self);
        // Reading a large document takes a while; other connections go on meanwhile.
        let done = tokio::task::spawn_blocking(move || this.loaded(outcome)).await;
        if let Err(error) = done {
            tracing::error!(document = &*self.id, %error, "loading failed");
            self.load_failed("the document cannot be read");
        }
    }

    fn loaded(self: &Arc<Self>, outcome: Result<Vec<StoredChunk>, LogError>) {
        let chunks = match outcome {
            Ok(chunks) => chunks,
            Err(error) => {
                tracing::error!(document = &*self.id, %error, "loading failed");
                return self.load_failed("the document cannot be read from the store");
            }
        };
        let bytes: usize = chunks.iter().map(|chunk| chunk.update.len()).sum();
        let ids: Vec<_> = chunks.iter().map(|chunk| chunk.id).collect();
        let updates: Result<Vec<_>, _> =
            chunks.into_iter().map(|chunk| Update::decode(&chunk.update)).collect();
        match updates {
            Ok(updates) => {
                tracing::debug!(document = &*self.id, chunks = ids.len(), bytes, "document loaded");
                let mut inner = self.lock();
                inner.stored = Stored { chunks: ids, bytes, ..Stored::default() };
                inner.room.loaded(updates);
                self.carry_out(&mut inner);
            }
            Err(error) => {
                tracing::error!(document = &*self.id, %error, "a stored chunk is damaged");
                self.load_failed("the document is damaged in the store");
            }
        }
    }

    fn load_failed(self: &Arc<Self>, reason: &str) {
        self.with_room(|room| room.load_failed(reason));
    }

    fn appended(self: &Arc<Self>, token: CommitToken, bytes: usize, outcome: Result<ChunkId, LogError>) {
        let mut inner = self.lock();
        match outcome {
            Ok(id) => {
                inner.stored.chunks.push(id);
                inner.stored.bytes += bytes;
                inner.room.committed(token);
            }
            Err(error) => {
                tracing::error!(document = &*self.id, %error, "storing failed");
                // What waited behind it is refused with it.
                inner.work.retain(|work| matches!(work, Work::Load));
                inner.room.commit_failed(token, "the change could not be stored");
            }
        }
        self.carry_out(&mut inner);
    }

    fn compacted(&self, bytes: usize, outcome: Result<Vec<ChunkId>, LogError>) {
        let mut inner = self.lock();
        match outcome {
            Ok(chunks) => {
                tracing::debug!(
                    document = &*self.id,
                    before = inner.stored.bytes,
                    after = bytes,
                    "log compacted"
                );
                inner.stored = Stored { chunks, bytes, snapshot_bytes: bytes, patience: 0 };
            }
            Err(error) => {
                tracing::warn!(document = &*self.id, %error, "the log was not compacted and stays as it is");
                inner.stored.patience += MAX_CHUNKS;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
