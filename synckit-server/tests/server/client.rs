//! A client that shows every message.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use synckit::version::VersionVector;
use synckit::wire::{Change, Limits, Message, NackCode, PROTOCOL, PeerId};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Error};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::writer::{Writer, update};

/// No answer takes longer, on whatever machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) epoch: u64,
    pub(crate) heartbeat: u64,
}

/// What a connection had to say at its end.
#[derive(Debug, Default)]
pub(crate) struct End {
    pub(crate) messages: Vec<Message>,
    pub(crate) close: Option<CloseFrame>,
}

/// A document as it came after subscribing.
#[derive(Debug)]
pub(crate) struct CaughtUp {
    pub(crate) changes: Vec<Change>,
    pub(crate) version: VersionVector,
}

/// Opens a socket without a word.
pub(crate) async fn open(address: SocketAddr) -> WebSocketStream<TcpStream> {
    open_from(address, None, None).await.unwrap()
}

/// Opens a socket as a page of `origin` would, with a receive buffer of a size.
pub(crate) async fn open_from(
    address: SocketAddr,
    origin: Option<&str>,
    receive_buffer: Option<u32>,
) -> Result<WebSocketStream<TcpStream>, Error> {
    let socket = TcpSocket::new_v4().unwrap();
    if let Some(bytes) = receive_buffer {
        socket.set_recv_buffer_size(bytes).unwrap();
    }
    let stream = tokio::time::timeout(PATIENCE, socket.connect(address)).await.unwrap().unwrap();
    stream.set_nodelay(true).unwrap();
    let mut request = format!("ws://{address}/v1/sync").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    let (socket, _) = tokio::time::timeout(PATIENCE, client_async(request, stream)).await.unwrap()?;
    Ok(socket)
}

pub(crate) fn hello(peer: u64) -> Message {
    Message::Hello { protocol: PROTOCOL, peer: PeerId(peer), token: String::new() }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::greet(open(address).await, 7).await
    }

    pub(crate) async fn connect_as(address: SocketAddr, peer: u64) -> Self {
        Self::greet(open(address).await, peer).await
    }

    pub(crate) async fn greet(socket: WebSocketStream<TcpStream>, peer: u64) -> Self {
        let mut client = Self { socket, epoch: 0, heartbeat: 0 };
        client.send(&hello(peer)).await;
        match client.receive().await {
            Message::Welcome { epoch, heartbeat, session, .. } => {
                assert_ne!(session, 0);
                client.epoch = epoch;
                client.heartbeat = heartbeat;
            }
            other => panic!("instead of a welcome: {other:?}"),
        }
        client
    }

    pub(crate) async fn send(&mut self, message: &Message) {
        self.socket.send(tungstenite::Message::Binary(message.encode().into())).await.unwrap();
    }

    /// The next message; pings are answered on the way.
    pub(crate) async fn receive(&mut self) -> Message {
        match self.try_receive().await {
            Some(message) => message,
            None => panic!("the connection ended"),
        }
    }

    /// The next message, or nothing when the connection ends.
    pub(crate) async fn try_receive(&mut self) -> Option<Message> {
        tokio::time::timeout(PATIENCE, self.next_message()).await.expect("no message in time")
    }

    async fn next_message(&mut self) -> Option<Message> {
        loop {
            match self.socket.next().await? {
                Ok(tungstenite::Message::Binary(bytes)) => {
                    match Message::decode(&bytes, &Limits::DEFAULT).unwrap() {
                        Message::Ping { nonce } => self.send(&Message::Pong { nonce }).await,
                        message => return Some(message),
                    }
                }
                Ok(tungstenite::Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Everything until the end of the connection.
    pub(crate) async fn end(mut self) -> End {
        let mut end = End::default();
        while let Some(frame) =
            tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("the connection does not end")
        {
            match frame {
                Ok(tungstenite::Message::Binary(bytes)) => {
                    end.messages.push(Message::decode(&bytes, &Limits::DEFAULT).unwrap());
                }
                Ok(tungstenite::Message::Close(close)) => end.close = close,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        end
    }

    pub(crate) async fn ask_for(&mut self, document: &str, version: VersionVector) {
        self.send(&Message::Subscribe { document: document.into(), version }).await;
    }

    /// Subscribes to the whole document.
    pub(crate) async fn subscribe(&mut self, document: &str) -> CaughtUp {
        self.subscribe_from(document, VersionVector::new()).await
    }

    pub(crate) async fn subscribe_from(&mut self, document: &str, version: VersionVector) -> CaughtUp {
        self.ask_for(document, version).await;
        self.catch_up(document).await
    }

    pub(crate) async fn catch_up(&mut self, document: &str) -> CaughtUp {
        let mut changes = Vec::new();
        loop {
            match self.receive().await {
                Message::Changes { document: id, update } => {
                    assert_eq!(&*id, document);
                    changes.extend(update.changes.iter().cloned());
                }
                Message::CaughtUp { document: id, version } => {
                    assert_eq!(&*id, document);
                    return CaughtUp { changes, version };
                }
                other => panic!("while catching up: {other:?}"),
            }
        }
    }

    pub(crate) async fn send_changes(&mut self, document: &str, changes: Vec<Change>) {
        let update = Arc::new(update(changes));
        self.send(&Message::Changes { document: document.into(), update }).await;
    }

    /// Sets a field and sends the change.
    pub(crate) async fn set(
        &mut self,
        document: &str,
        writer: &mut Writer,
        key: &str,
        value: &str,
    ) -> Change {
        let change = writer.set(key, value);
        self.send_changes(document, vec![change.clone()]).await;
        change
    }

    pub(crate) async fn expect_changes(&mut self, document: &str) -> Vec<Change> {
        match self.receive().await {
            Message::Changes { document: id, update } => {
                assert_eq!(&*id, document);
                update.changes.clone()
            }
            other => panic!("instead of changes: {other:?}"),
        }
    }

    pub(crate) async fn expect_ack(&mut self, document: &str) -> VersionVector {
        match self.receive().await {
            Message::Ack { document: id, version } => {
                assert_eq!(&*id, document);
                version
            }
            other => panic!("instead of an acknowledgement: {other:?}"),
        }
    }

    pub(crate) async fn expect_nack(&mut self, document: &str) -> (NackCode, u64) {
        match self.receive().await {
            Message::Nack { document: id, code, retry_after, .. } => {
                assert_eq!(&*id, document);
                (code, retry_after)
            }
            other => panic!("instead of a refusal: {other:?}"),
        }
    }

    /// Everything that comes before the answer to a ping.
    pub(crate) async fn expect_quiet(&mut self) -> Vec<Message> {
        self.send(&Message::Ping { nonce: 98 }).await;
        let mut messages = Vec::new();
        loop {
            match self.receive().await {
                Message::Pong { nonce: 98 } => return messages,
                message => messages.push(message),
            }
        }
    }

    /// Shows that nothing comes: what the server sent before its answer to this ping would come first.
    pub(crate) async fn expect_nothing(&mut self) {
        self.send(&Message::Ping { nonce: 99 }).await;
        let answer = self.receive().await;
        assert_eq!(answer, Message::Pong { nonce: 99 });
    }
}
