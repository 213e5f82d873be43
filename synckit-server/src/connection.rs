//! One client's connection, from the upgrade to the close frame: one task, one small future.

mod frugal;
mod socket;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use synckit::sync::SessionId;
use synckit::version::{ReplicaId, VersionVector};
use synckit::wire::{DecodeError, FailureCode, Message, NackCode, PROTOCOL, PeerId, Update};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use self::socket::{Event, Socket};
use crate::authorization::{Action, Principal};
use crate::documents::OpenDocument;
use crate::limits::Limits;
use crate::outbox::{Farewell, Kind, Outbox};
use crate::state::{Shared, failure, now};

/// What the library reads at once and keeps for it: with ten thousand idle connections every kilobyte is ten megabytes.
const READ_BUFFER: usize = 2 << 10;
/// Time the last words may take to get through.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How the WebSocket library is to be set up: the bounds hold before a message is complete.
pub(crate) fn socket_config(limits: &Limits) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(socket::FRAGMENT * 4)
        .max_message_size(Some(limits.message))
        .max_frame_size(Some(limits.message))
}

/// Serves a connection until it ends.
pub(crate) async fn serve<S>(shared: Arc<Shared>, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let session = crate::random_id();
    let outbox = Arc::new(Outbox::new(shared.limits.queue));
    let mut socket = Socket::new(stream, &shared.limits, Arc::clone(&outbox)).await;
    let admitted = shared.connections.enter(session, &outbox, shared.limits.connections);
    // From here on, whatever happens, the connection is counted out and its rooms are left.
    let mut connection = admitted.is_ok().then(|| Connection {
        shared,
        session: SessionId(session),
        outbox,
        principal: Principal::Anonymous,
        peer: PeerId(0),
        documents: HashMap::new(),
        waiting: VecDeque::new(),
        waiting_bytes: 0,
    });
    let end = match (&mut connection, admitted) {
        (_, Err(farewell)) => End::Refused(farewell),
        (Some(connection), Ok(())) => connection.run(&mut socket).await,
        (None, Ok(())) => End::Left,
    };
    tracing::info!(session = %Name(session), reason = end.reason(), "connection ended");
    // The rooms do not wait for the last words.
    if let Some(connection) = &mut connection {
        connection.leave_all();
    }
    let last_words = Box::pin(async move {
        match end {
            End::Left => socket.answer_close().await,
            End::Lost => {}
            End::Refused(farewell) | End::Stopped(farewell) => socket.close(farewell).await,
        }
    });
    if tokio::time::timeout(LAST_WORDS, last_words).await.is_err() {
        tracing::debug!(session = %Name(session), "the last words did not get through");
    }
}

/// How a connection ends.
enum End {
    /// The client closed it.
    Left,
    /// It broke.
    Lost,
    /// The client did something that is not allowed.
    Refused(Farewell),
    /// The server wants it.
    Stopped(Farewell),
}

impl End {
    fn reason(&self) -> &'static str {
        match self {
            Self::Left => "closed by the client",
            Self::Lost => "broken",
            Self::Refused(_) => "refused",
            Self::Stopped(_) => "server shutdown",
        }
    }

    fn refused(code: FailureCode, message: &str, close: u16) -> Self {
        Self::Refused(Farewell { frame: failure(code, message, 0), code: close })
    }

    fn malformed(message: &str) -> Self {
        Self::refused(FailureCode::Malformed, message, 1002)
    }

    fn undecodable(error: &DecodeError) -> Self {
        match error {
            DecodeError::TooLarge { .. } => Self::refused(FailureCode::Limit, &error.to_string(), 1009),
            _ => Self::malformed(&error.to_string()),
        }
    }
}

struct Connection {
    shared: Arc<Shared>,
    session: SessionId,
    outbox: Arc<Outbox>,
    principal: Principal,
    peer: PeerId,
    /// What the client is subscribed to.
    documents: HashMap<Arc<str>, Arc<OpenDocument>>,
    /// Subscriptions that wait for a place to catch up.
    waiting: VecDeque<(Arc<str>, VersionVector)>,
    waiting_bytes: usize,
}

impl Connection {
    async fn run<S>(&mut self, socket: &mut Socket<S>) -> End
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if let Err(end) = self.greet(socket).await {
            return end;
        }
        loop {
            let event = std::future::poll_fn(|context| {
                let may_read = self.waiting_bytes < self.shared.limits.queue;
                let next = self.waiting.front().map(|(document, _)| document);
                socket.poll_event(context, may_read, next)
            })
            .await;
            let outcome = match event {
                Event::Message(bytes) => self.receive(&bytes),
                Event::Place => {
                    self.subscribe_next();
                    Ok(())
                }
                Event::Overflowed => {
                    tracing::info!(session = %self.name(), documents = self.documents.len(), "slow reader: resync");
                    self.documents.values().for_each(|document| document.overflowed(self.session));
                    self.outbox.resume();
                    Ok(())
                }
                Event::Drained(documents) => {
                    for document in documents.iter().filter_map(|id| self.documents.get(id)) {
                        document.drained(self.session);
                    }
                    Ok(())
                }
                Event::Ended(end) => Err(end),
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    /// Waits for `Hello` and answers it.
    async fn greet<S>(&mut self, socket: &mut Socket<S>) -> Result<(), End>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let first = std::future::poll_fn(|context| socket.poll_event(context, true, None));
        let event = tokio::time::timeout(self.shared.limits.hello, first).await;
        let bytes = match event {
            Ok(Event::Message(bytes)) => bytes,
            Ok(Event::Ended(end)) => return Err(end),
            Ok(_) => return Err(End::Lost),
            Err(_) => return Err(End::malformed("no Hello in time")),
        };
        if bytes.len() > Limits::HELLO_BYTES {
            return Err(End::refused(FailureCode::Limit, "the first message is too large", 1009));
        }
        match Message::decode(&bytes, &self.shared.wire_limits) {
            Ok(Message::Hello { protocol, peer, .. }) if protocol == PROTOCOL => self.peer = peer,
            Ok(Message::Hello { protocol, .. }) => {
                let message =
                    format!("this server speaks protocol {PROTOCOL}, not {protocol}: reload or upgrade");
                return Err(End::refused(FailureCode::Protocol, &message, 1002));
            }
            Ok(_) => return Err(End::malformed("the first message has to be Hello")),
            Err(error) => return Err(End::undecodable(&error)),
        }
        socket.lift_guard();
        let limits = &self.shared.limits;
        self.send(&Message::Welcome {
            session: self.session.0,
            server_time: now(),
            epoch: self.shared.log.epoch(),
            max_message: limits.message as u64,
            heartbeat: u64::try_from(limits.heartbeat.as_millis()).unwrap_or(u64::MAX),
        });
        tracing::info!(session = %self.name(), peer = %self.peer, "connection opened");
        Ok(())
    }

    fn receive(&mut self, bytes: &Bytes) -> Result<(), End> {
        let message = Message::decode(bytes, &self.shared.wire_limits).map_err(|error| {
            tracing::info!(session = %self.name(), bytes = bytes.len(), %error, "unreadable message");
            End::undecodable(&error)
        })?;
        match message {
            Message::Subscribe { document, version } => self.subscribe(document, version, bytes.len()),
            Message::Unsubscribe { document } => self.unsubscribe(&document),
            Message::Changes { document, update } => self.changes(&document, &update),
            Message::Presence { document, state, .. } => self.presence(&document, state),
            Message::Ping { nonce } => self.send(&Message::Pong { nonce }),
            Message::Pong { .. } => {}
            _ => return Err(End::malformed("this message is not for a server")),
        }
        Ok(())
    }

    fn subscribe(&mut self, document: Arc<str>, version: VersionVector, bytes: usize) {
        if let Err(denied) = self.shared.authorizer.authorize(&self.principal, &document, Action::Read) {
            return self.refuse(document, None, NackCode::Forbidden, &denied.reason, 0);
        }
        self.stop_waiting(&document);
        let known = self.documents.contains_key(&document);
        if !known && self.documents.len() + self.waiting.len() >= self.shared.limits.subscriptions {
            let reason = "this connection follows as many documents as it may: close one first";
            return self.refuse(document, None, NackCode::TooLarge, reason, 0);
        }
        self.waiting_bytes += bytes;
        self.waiting.push_back((document, version));
    }

    /// A place to catch up is free, and taken for the subscription that waits longest.
    fn subscribe_next(&mut self) {
        let Some((id, version)) = self.waiting.pop_front() else { return };
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
            self.waiting_bytes = 0;
        }
        let documents = &self.shared.documents;
        let open = documents.subscribe(&id, self.session, self.peer, &self.outbox, version);
        if let Some(before) = self.documents.insert(id, Arc::clone(&open))
            && !Arc::ptr_eq(&before, &open)
        {
            before.leave(self.session);
        }
    }

    fn unsubscribe(&mut self, document: &Arc<str>) {
        self.stop_waiting(document);
        if let Some(open) = self.documents.remove(document) {
            open.leave(self.session);
        }
        self.outbox.end_catch_up(document);
    }

    fn stop_waiting(&mut self, document: &Arc<str>) {
        self.waiting.retain(|(other, _)| other != document);
        if self.waiting.is_empty() {
            self.waiting_bytes = 0;
        }
    }

    fn changes(&self, document: &Arc<str>, update: &Update) {
        let Some(open) = self.documents.get(document) else {
            return self.refuse(Arc::clone(document), None, NackCode::Gap, "subscribe first", 0);
        };
        if let Err(denied) = self.shared.authorizer.authorize(&self.principal, document, Action::Write) {
            let mut told: Vec<ReplicaId> = Vec::new();
            for change in &update.changes {
                if !told.contains(&change.replica) {
                    told.push(change.replica);
                    let first = Some((change.replica, change.first_seq));
                    self.refuse(Arc::clone(document), first, NackCode::Forbidden, &denied.reason, 0);
                }
            }
            return;
        }
        open.changes(self.session, update, now());
    }

    fn presence(&self, document: &Arc<str>, state: Vec<u8>) {
        let Some(open) = self.documents.get(document) else { return };
        if self.shared.authorizer.authorize(&self.principal, document, Action::Presence).is_ok() {
            open.presence(self.session, state);
        }
    }

    fn refuse(
        &self,
        document: Arc<str>,
        change: Option<(ReplicaId, u64)>,
        code: NackCode,
        reason: &str,
        retry_after: u64,
    ) {
        tracing::info!(session = %self.name(), document = &*document, ?code, "refused");
        let message = reason.chars().take(200).collect();
        self.send(&Message::Nack { document, change, code, message, retry_after });
    }

    fn send(&self, message: &Message) {
        self.outbox.push(Kind::Control, message.encode().into());
    }

    fn name(&self) -> Name {
        Name(self.session.0)
    }

    fn leave_all(&mut self) {
        for (_, document) in std::mem::take(&mut self.documents) {
            document.leave(self.session);
        }
    }
}

/// A session's id in log lines.
struct Name(u64);

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.leave_all();
        self.shared.connections.leave(self.session.0);
    }
}
