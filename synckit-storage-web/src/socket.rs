//! The browser's WebSocket as a [`Transport`].
//!
//! Written over `web-sys`: gloo-net's WebSocket hides `bufferedAmount` and the moment of opening, queues incoming frames
//! without a bound, and its sending half is asynchronous, while [`FrameSender`] promises the opposite of each.

mod probe;

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;
use js_sys::{ArrayBuffer, Uint8Array};
use synckit::transport::{FrameSender, Transport, TransportError};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::error::text;
use crate::listener::Listener;
use crate::queue::{Queue, Slot};
use crate::task::Timer;
use crate::web::{global, property};

/// Bytes that may wait to be sent before [`FrameSender::send`] refuses.
pub const MAX_BUFFERED_BYTES: usize = 8 << 20;
/// Largest frame that is taken from a server, in bytes.
pub const MAX_FRAME_BYTES: usize = 65 << 20;
/// Received bytes that may wait to be read; a reader that falls further behind loses the connection.
pub const MAX_UNREAD_BYTES: usize = 2 * MAX_FRAME_BYTES;
/// How long a connection may take to open, in milliseconds.
pub const CONNECT_TIMEOUT_MS: i32 = 20_000;

/// Connects by the browser's WebSocket. Binary frames only.
///
/// An address may be relative to the page (`/v1/sync`); `http` becomes `ws` and `https` becomes `wss`.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebSocketTransport;

impl Transport for WebSocketTransport {
    type Sender = WebSocketSender;
    type Receiver = WebSocketReceiver;

    async fn connect(&self, url: &str) -> Result<(WebSocketSender, WebSocketReceiver), TransportError> {
        let url = resolve(url)?;
        if !probe::is_worth_trying(&url).await {
            return Err(TransportError::Unreachable("nothing answers there, is it running?".into()));
        }
        let socket = WebSocket::new(&url).map_err(|thrown| match crate::error::name(&thrown).as_str() {
            "SyntaxError" => TransportError::Address(shorten(&url)),
            // For example ws:// from a page that came by https://.
            _ => TransportError::Unreachable(text(&thrown)),
        })?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let socket = Rc::new(Socket { socket });
        let inbox = Inbox::new();
        let opened = Slot::new();
        let listeners = listen(&socket, &inbox, &opened);
        let _patience = {
            let opened = opened.clone();
            Timer::new(CONNECT_TIMEOUT_MS, move || {
                let seconds = CONNECT_TIMEOUT_MS / 1000;
                opened.set(Err(TransportError::Unreachable(format!("no answer within {seconds} s"))));
            })
        };
        // Whoever gives up waiting drops the socket, which closes it.
        if let Err(error) = opened.await {
            probe::note_failure(&url);
            return Err(error);
        }
        probe::note_success();
        Ok((WebSocketSender { socket: socket.clone() }, WebSocketReceiver { inbox, _listeners: listeners }))
    }
}

/// `url` as an absolute ws:// or wss:// address.
fn resolve(url: &str) -> Result<String, TransportError> {
    let address = || TransportError::Address(shorten(url));
    let page = global("location")
        .and_then(|location| property(&location, "href"))
        .and_then(|href| href.as_string())
        .unwrap_or_default();
    // A page without an address of its own (`about:blank`, `blob:`) has no relative addresses either.
    let parsed =
        web_sys::Url::new(url).or_else(|_| web_sys::Url::new_with_base(url, &page)).map_err(|_| address())?;
    match parsed.protocol().as_str() {
        "http:" => parsed.set_protocol("ws:"),
        "https:" => parsed.set_protocol("wss:"),
        "ws:" | "wss:" => {}
        _ => return Err(address()),
    }
    // A fragment is never sent; browsers of before 2024 refuse it.
    parsed.set_hash("");
    Ok(parsed.href())
}

fn shorten(url: &str) -> String {
    url.chars().take(200).collect()
}

/// Closes the connection when the last handle goes.
struct Socket {
    socket: WebSocket,
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

/// Received frames, counted in bytes.
#[derive(Clone)]
struct Inbox {
    frames: Queue<Result<Vec<u8>, TransportError>>,
    unread: Rc<Cell<usize>>,
}

impl Inbox {
    fn new() -> Self {
        Self { frames: Queue::new(), unread: Rc::new(Cell::new(0)) }
    }

    /// The last word: nothing is added after it.
    fn fail(&self, error: TransportError) {
        self.frames.push(Err(error));
        self.frames.close();
    }

    fn take(&self, data: &JsValue) -> Result<(), TransportError> {
        let Some(buffer) = data.dyn_ref::<ArrayBuffer>() else {
            return Err(TransportError::Frame("a text frame, only binary ones are spoken".into()));
        };
        let bytes = buffer.byte_length() as usize;
        if bytes > MAX_FRAME_BYTES {
            return Err(TransportError::Frame(format!("{bytes} bytes, the limit is {MAX_FRAME_BYTES}")));
        }
        let unread = self.unread.get() + bytes;
        if unread > MAX_UNREAD_BYTES {
            return Err(TransportError::Frame(format!(
                "{unread} bytes wait to be read, the limit is {MAX_UNREAD_BYTES}"
            )));
        }
        self.unread.set(unread);
        self.frames.push(Ok(Uint8Array::new(buffer).to_vec()));
        Ok(())
    }
}

fn listen(socket: &Rc<Socket>, inbox: &Inbox, opened: &Slot<Result<(), TransportError>>) -> Vec<Listener> {
    let target = &socket.socket;
    let on_open = {
        let opened = opened.clone();
        Listener::new(target, "open", move |_| opened.set(Ok(())))
    };
    let on_message = {
        let inbox = inbox.clone();
        // Not the handle: a listener must not keep its own connection open.
        let socket = target.clone();
        Listener::new(target, "message", move |event| {
            let event: MessageEvent = event.unchecked_into();
            if let Err(error) = inbox.take(&event.data()) {
                inbox.fail(error);
                let _ = socket.close();
            }
        })
    };
    // An `error` event says nothing and is always followed by `close`.
    let on_close = {
        let (inbox, opened) = (inbox.clone(), opened.clone());
        Listener::new(target, "close", move |event| {
            let event: CloseEvent = event.unchecked_into();
            let reason = closing(&event);
            if !opened.is_filled() {
                opened.set(Err(TransportError::Unreachable(reason)));
            } else if event.code() == 1000 {
                inbox.frames.close();
            } else {
                inbox.fail(TransportError::Closed(reason));
            }
        })
    };
    vec![on_open, on_message, on_close]
}

fn closing(event: &CloseEvent) -> String {
    let meaning = match event.code() {
        1000 => "closed normally",
        1001 => "the server goes away",
        // Browsers tell a page nothing about why: no listener, refused upgrade, lost network.
        1006 => "no connection to it, is it running?",
        1009 => "a frame was too large",
        1011 => "the server failed",
        1012 | 1013 => "the server restarts or is overloaded",
        _ => "closed by the server",
    };
    let reason = event.reason();
    let separator = if reason.is_empty() { "" } else { ": " };
    format!("{meaning} (code {}){separator}{reason}", event.code())
}

/// Sends frames. Dropping it closes the connection.
pub struct WebSocketSender {
    socket: Rc<Socket>,
}

impl FrameSender for WebSocketSender {
    /// At most [`MAX_BUFFERED_BYTES`] wait; a frame that would exceed it is refused, unless nothing waits at all, so that
    /// a larger frame is not refused for ever.
    fn send(&mut self, frame: Vec<u8>) -> Result<(), TransportError> {
        let socket = &self.socket.socket;
        if socket.ready_state() != WebSocket::OPEN {
            return Err(TransportError::Closed("it is closing or closed".into()));
        }
        let waiting = self.buffered();
        let buffered = waiting.saturating_add(frame.len());
        if waiting > 0 && buffered > MAX_BUFFERED_BYTES {
            return Err(TransportError::Overflow { buffered, limit: MAX_BUFFERED_BYTES });
        }
        socket.send_with_u8_array(&frame).map_err(|thrown| TransportError::Closed(text(&thrown)))
    }

    fn buffered(&self) -> usize {
        self.socket.socket.buffered_amount() as usize
    }
}

/// Received frames, until the connection ends. A normal closure ends the stream; any other is its last item.
pub struct WebSocketReceiver {
    inbox: Inbox,
    _listeners: Vec<Listener>,
}

impl Stream for WebSocketReceiver {
    type Item = Result<Vec<u8>, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.inbox.frames).poll_next(context);
        if let Poll::Ready(Some(Ok(frame))) = &next {
            let unread = &self.inbox.unread;
            unread.set(unread.get().saturating_sub(frame.len()));
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn addresses_become_absolute() {
        let host = global("location").and_then(|location| property(&location, "host"));
        // Not every runner has a page with an address.
        if let Some(host) = host.and_then(|host| host.as_string()) {
            assert_eq!(resolve("/v1/sync?x=1#y").unwrap(), format!("ws://{host}/v1/sync?x=1"));
        }
        assert_eq!(resolve("https://example.org/v1/sync").unwrap(), "wss://example.org/v1/sync");
        assert_eq!(resolve("http://example.org:1234").unwrap(), "ws://example.org:1234/");
        assert_eq!(resolve("wss://example.org/a").unwrap(), "wss://example.org/a");
        assert!(matches!(resolve("ftp://example.org/"), Err(TransportError::Address(_))));
    }

    #[wasm_bindgen_test]
    fn frames_are_counted_until_they_are_read() {
        let inbox = Inbox::new();
        assert!(matches!(inbox.take(&"text".into()), Err(TransportError::Frame(_))));
        inbox.take(&ArrayBuffer::new(1000)).unwrap();
        assert_eq!(inbox.unread.get(), 1000);
        // As if the reader had stopped.
        inbox.unread.set(MAX_UNREAD_BYTES - 999);
        assert!(inbox.take(&ArrayBuffer::new(999)).is_ok());
        let error = inbox.take(&ArrayBuffer::new(1)).unwrap_err();
        assert!(error.to_string().contains("wait to be read"), "{error}");
    }
}
