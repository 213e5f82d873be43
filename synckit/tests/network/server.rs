use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use synckit::sync::{Room, RoomEffect, RoomLimits, SessionId};
use synckit::transport::{FrameSender, Transport, TransportError};
use synckit::wire::{Limits, Message, PeerId, Update};

use super::{Queue, Reader};

/// A server without sockets and disks of its own: rooms, and logs that can be made to fail.
#[derive(Clone)]
pub struct Server(Arc<Mutex<Inner>>);

struct Inner {
    up: bool,
    commits_fail: bool,
    limits: RoomLimits,
    rooms: BTreeMap<Arc<str>, Room>,
    logs: BTreeMap<Arc<str>, Vec<Update>>,
    sockets: BTreeMap<SessionId, Socket>,
    last_session: u64,
    attempts: usize,
    received: Vec<Message>,
}

#[derive(Clone)]
pub struct Socket {
    peer: PeerId,
    frames: Arc<Queue<Result<Vec<u8>, TransportError>>>,
}

impl Server {
    pub fn start() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            up: true,
            commits_fail: false,
            limits: RoomLimits::default(),
            rooms: BTreeMap::new(),
            logs: BTreeMap::new(),
            sockets: BTreeMap::new(),
            last_session: 0,
            attempts: 0,
            received: Vec::new(),
        })))
    }

    pub fn down() -> Self {
        let server = Self::start();
        server.lock().up = false;
        server
    }

    /// Ends without a word: connections break, what is in memory is gone.
    pub fn kill(&self) {
        let mut inner = self.lock();
        inner.up = false;
        inner.rooms.clear();
        for (_, socket) in std::mem::take(&mut inner.sockets) {
            socket.frames.close();
        }
    }

    pub fn restart(&self) {
        self.lock().up = true;
    }

    pub fn fail_commits(&self, fail: bool) {
        self.lock().commits_fail = fail;
    }

    pub fn set_limits(&self, limits: RoomLimits) {
        self.lock().limits = limits;
    }

    /// Everything that is on its disk.
    pub fn backup(&self) -> BTreeMap<Arc<str>, Vec<Update>> {
        self.lock().logs.clone()
    }

    pub fn restore(&self, backup: BTreeMap<Arc<str>, Vec<Update>>) {
        self.lock().logs = backup;
    }

    pub fn attempts(&self) -> usize {
        self.lock().attempts
    }

    /// What clients have said since the last call.
    pub fn take_received(&self) -> Vec<Message> {
        std::mem::take(&mut self.lock().received)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
}

impl Inner {
    fn receive(&mut self, session: SessionId, frame: &[u8]) {
        let message = Message::decode(frame, &Limits::DEFAULT).unwrap();
        self.received.push(message.clone());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        let Some(socket) = self.sockets.get_mut(&session) else { return };
        match message {
            Message::Hello { peer, .. } => {
                socket.peer = peer;
                let max_message = 1 << 20;
                let welcome = Message::Welcome {
                    session: session.0,
                    server_time: now,
                    epoch: 1,
                    max_message,
                    heartbeat: 5_000,
                };
                socket.frames.push(Ok(welcome.encode()));
            }
            Message::Subscribe { document, version } => {
                let peer = socket.peer;
                self.room(&document).subscribe(session, peer, version);
                self.work(&document);
            }
            Message::Unsubscribe { document } => {
                self.room(&document).leave(session);
                self.work(&document);
            }
            Message::Changes { document, update } => {
                self.room(&document).changes(session, &update, now);
                self.work(&document);
            }
            Message::Presence { document, state, .. } => {
                self.room(&document).presence(session, state);
                self.work(&document);
            }
            Message::Ping { nonce } => socket.frames.push(Ok(Message::Pong { nonce }.encode())),
            other => panic!("not for servers: {other:?}"),
        }
    }

    fn room(&mut self, document: &Arc<str>) -> &mut Room {
        let limits = self.limits;
        self.rooms.entry(document.clone()).or_insert_with(|| Room::new(document.clone(), limits))
    }

    fn work(&mut self, document: &Arc<str>) {
        while let Some(effect) = self.room(document).poll_effect() {
            match effect {
                RoomEffect::Load => {
                    let log = self.logs.get(document).cloned().unwrap_or_default();
                    self.room(document).loaded(log);
                }
                RoomEffect::Persist { token, .. } if self.commits_fail => {
                    self.room(document).commit_failed(token, "disk full");
                }
                RoomEffect::Persist { token, update } => {
                    self.logs.entry(document.clone()).or_default().push((*update).clone());
                    self.room(document).committed(token);
                }
                RoomEffect::Send { to, message } => {
                    let frame = message.encode();
                    for session in to {
                        if let Some(socket) = self.sockets.get(&session) {
                            socket.frames.push(Ok(frame.clone()));
                        }
                    }
                }
                RoomEffect::AwaitDrain { session } => self.room(document).drained(session),
                other => panic!("unknown effect {other:?}"),
            }
        }
    }

    fn leave(&mut self, session: SessionId) {
        if let Some(socket) = self.sockets.remove(&session) {
            socket.frames.close();
        }
        let documents: Vec<_> = self.rooms.keys().cloned().collect();
        for document in documents {
            self.room(&document).leave(session);
            self.work(&document);
        }
    }
}

/// The way to the server.
pub struct Wire(pub Server);

pub struct WireSender {
    server: Server,
    session: SessionId,
}

impl Transport for Wire {
    type Sender = WireSender;
    type Receiver = Reader<Result<Vec<u8>, TransportError>>;

    async fn connect(&self, _url: &str) -> Result<(Self::Sender, Self::Receiver), TransportError> {
        let mut inner = self.0.lock();
        inner.attempts += 1;
        if !inner.up {
            return Err(TransportError::Unreachable("nobody answers".into()));
        }
        inner.last_session += 1;
        let session = SessionId(inner.last_session);
        let frames = Queue::new();
        inner.sockets.insert(session, Socket { peer: PeerId(0), frames: frames.clone() });
        Ok((WireSender { server: self.0.clone(), session }, Reader(frames)))
    }
}

impl FrameSender for WireSender {
    fn send(&mut self, frame: Vec<u8>) -> Result<(), TransportError> {
        let mut inner = self.server.lock();
        if !inner.sockets.contains_key(&self.session) {
            return Err(TransportError::Closed("by the server".into()));
        }
        inner.receive(self.session, &frame);
        Ok(())
    }

    fn buffered(&self) -> usize {
        0
    }
}

impl Drop for WireSender {
    fn drop(&mut self) {
        self.server.lock().leave(self.session);
    }
}
