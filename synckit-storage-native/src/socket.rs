//! The WebSocket of native programs as a [`Transport`].

mod tls;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use futures_util::future::select;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use synckit::transport::{FrameSender, Transport, TransportError};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::error::UrlError;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

use crate::limits::{CONNECT_TIMEOUT_MS, MAX_BUFFERED_BYTES, MAX_FRAME_BYTES};

/// Reserved for each connection, in bytes. The library's default is eight times as much; a client has few messages.
const READ_BUFFER_BYTES: usize = 16 << 10;
/// Frames are gathered up to this size before they go to the operating system, in bytes.
const WRITE_BUFFER_BYTES: usize = 16 << 10;
/// How long a closing connection may take to send what was handed over, in milliseconds.
const FAREWELL_MS: u64 = 5_000;
/// Longest address in bytes.
const MAX_URL_BYTES: usize = 2_048;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connects by WebSocket over TCP or TLS. Binary frames only.
///
/// Servers that are reached by `wss://` need a certificate that the operating system trusts, also one that its
/// administrator has added, or that is in the file which `SSL_CERT_FILE` names.
#[derive(Debug, Clone)]
pub struct WebSocketTransport {
    runtime: Handle,
}

impl WebSocketTransport {
    pub(crate) fn on(runtime: Handle) -> Self {
        Self { runtime }
    }
}

impl Transport for WebSocketTransport {
    type Sender = WebSocketSender;
    type Receiver = WebSocketReceiver;

    async fn connect(&self, url: &str) -> Result<(WebSocketSender, WebSocketReceiver), TransportError> {
        let url = check(url)?;
        // On the runtime, so that whoever polls this need not be in it.
        let connecting = self.runtime.spawn(open(url));
        let socket = Ended(connecting).await?;
        let (sink, frames) = socket.split();
        let buffered = Arc::new(AtomicUsize::new(0));
        let (queue, waiting) = mpsc::unbounded_channel();
        let (open, closing) = oneshot::channel();
        self.runtime.spawn(send_all(sink, waiting, buffered.clone(), closing));
        let sender = WebSocketSender { queue, buffered, _open: open };
        Ok((sender, WebSocketReceiver { frames, ended: false }))
    }
}

/// A task that ends when nobody waits for it any more.
struct Ended(JoinHandle<Result<Socket, TransportError>>);

impl Future for Ended {
    type Output = Result<Socket, TransportError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(
            outcome.unwrap_or_else(|_| Err(TransportError::Unreachable("the runtime has ended".into()))),
        )
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn check(url: &str) -> Result<String, TransportError> {
    let whole = || -> Option<bool> {
        let parsed: Uri = url.parse().ok()?;
        let (authority, host) = (parsed.authority()?, parsed.host()?);
        // Behind the host there is nothing or a port; the parser takes any number for one.
        let (_, behind) = authority.as_str().rsplit_once(host)?;
        let scheme = matches!(parsed.scheme_str(), Some("ws" | "wss"));
        Some(scheme && !host.is_empty() && (behind.is_empty() || parsed.port_u16().is_some()))
    };
    if url.len() <= MAX_URL_BYTES && whole() == Some(true) {
        return Ok(url.to_owned());
    }
    Err(TransportError::Address(shorten(url)))
}

fn shorten(url: &str) -> String {
    url.chars().take(200).collect()
}

async fn open(url: String) -> Result<Socket, TransportError> {
    let connector = if url.starts_with("wss://") { Some(tls::connector().await?) } else { None };
    open_with(url, connector).await
}

async fn open_with(url: String, connector: Option<Connector>) -> Result<Socket, TransportError> {
    let mut config = WebSocketConfig::default();
    config.read_buffer_size = READ_BUFFER_BYTES;
    config.write_buffer_size = WRITE_BUFFER_BYTES;
    // One frame of the largest size, and what was gathered before it.
    config.max_write_buffer_size = MAX_FRAME_BYTES + 2 * WRITE_BUFFER_BYTES;
    config.max_message_size = Some(MAX_FRAME_BYTES);
    config.max_frame_size = Some(MAX_FRAME_BYTES);
    // Small frames are not held back.
    let no_delay = true;
    let connecting =
        tokio_tungstenite::connect_async_tls_with_config(&url, Some(config), no_delay, connector);
    match tokio::time::timeout(Duration::from_millis(CONNECT_TIMEOUT_MS), connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(unreachable(&url, &error)),
        Err(_) => {
            let seconds = CONNECT_TIMEOUT_MS / 1_000;
            Err(TransportError::Unreachable(format!("no answer within {seconds} s")))
        }
    }
}

fn unreachable(url: &str, error: &Error) -> TransportError {
    let nobody = || TransportError::Unreachable("nothing answers there, is it running?".into());
    match error {
        Error::Url(UrlError::UnableToConnect(_)) => nobody(),
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => nobody(),
        Error::Url(_) | Error::HttpFormat(_) => TransportError::Address(shorten(url)),
        Error::Http(answer) => {
            let status = answer.status();
            TransportError::Unreachable(format!("it answers {status} instead of a WebSocket"))
        }
        error => TransportError::Unreachable(error.to_string()),
    }
}

/// Sends what is handed over, in order, until the sender is gone; then says goodbye.
async fn send_all(
    mut sink: SplitSink<Socket, Message>,
    mut waiting: mpsc::UnboundedReceiver<Vec<u8>>,
    buffered: Arc<AtomicUsize>,
    closing: oneshot::Receiver<()>,
) {
    let sending = pin!(async move {
        while let Some(frame) = waiting.recv().await {
            let bytes = frame.len();
            if sink.send(Message::Binary(frame.into())).await.is_err() {
                return;
            }
            buffered.fetch_sub(bytes, Ordering::AcqRel);
        }
        let _ = sink.close().await;
    });
    let patience = pin!(async {
        let _ = closing.await;
        tokio::time::sleep(Duration::from_millis(FAREWELL_MS)).await;
    });
    // A server that reads no more does not keep the connection open for ever.
    select(sending, patience).await;
}

/// Sends frames. Dropping it closes the connection, after what was handed over has been sent or five seconds.
#[derive(Debug)]
pub struct WebSocketSender {
    queue: mpsc::UnboundedSender<Vec<u8>>,
    buffered: Arc<AtomicUsize>,
    /// Dropped with the sender: the sign for the sending task that nothing more comes.
    _open: oneshot::Sender<()>,
}

impl FrameSender for WebSocketSender {
    /// At most [`MAX_BUFFERED_BYTES`](crate::limits::MAX_BUFFERED_BYTES) wait; a frame that would exceed it is refused,
    /// unless nothing waits at all, so that a larger frame is not refused for ever.
    fn send(&mut self, frame: Vec<u8>) -> Result<(), TransportError> {
        let (waiting, bytes) = (self.buffered(), frame.len());
        let buffered = waiting.saturating_add(bytes);
        if waiting > 0 && buffered > MAX_BUFFERED_BYTES {
            return Err(TransportError::Overflow { buffered, limit: MAX_BUFFERED_BYTES });
        }
        self.buffered.fetch_add(bytes, Ordering::AcqRel);
        self.queue.send(frame).map_err(|_| TransportError::Closed("it has ended".into()))
    }

    fn buffered(&self) -> usize {
        self.buffered.load(Ordering::Acquire)
    }
}

/// Received frames, until the connection ends. A normal closure ends the stream; any other is its last item. Nothing is
/// read ahead: what waits, waits at the server.
#[derive(Debug)]
pub struct WebSocketReceiver {
    frames: SplitStream<Socket>,
    ended: bool,
}

impl Stream for WebSocketReceiver {
    type Item = Result<Vec<u8>, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while !self.ended {
            let error = match ready!(self.frames.poll_next_unpin(context)) {
                Some(Ok(Message::Binary(frame))) => return Poll::Ready(Some(Ok(frame.into()))),
                // The library answers pings by itself.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Text(_))) => {
                    Some(TransportError::Frame("a text frame, only binary ones are spoken".into()))
                }
                Some(Ok(Message::Close(reason))) => closed(reason),
                Some(Err(Error::Capacity(error))) => Some(TransportError::Frame(error.to_string())),
                Some(Err(error)) => Some(TransportError::Closed(error.to_string())),
                None => None,
            };
            self.ended = true;
            return Poll::Ready(error.map(Err));
        }
        Poll::Ready(None)
    }
}

fn closed(frame: Option<CloseFrame>) -> Option<TransportError> {
    let frame = frame?;
    let meaning = match frame.code {
        CloseCode::Normal => return None,
        CloseCode::Away => "the server goes away",
        CloseCode::Size => "a frame was too large",
        CloseCode::Error => "the server failed",
        CloseCode::Restart | CloseCode::Again => "the server restarts or is overloaded",
        _ => "closed by the server",
    };
    let separator = if frame.reason.is_empty() { "" } else { ": " };
    Some(TransportError::Closed(format!("{meaning} (code {}){separator}{}", frame.code, frame.reason)))
}

#[cfg(test)]
mod tests;
