//! The browser's WebSocket as a [`Transport`], by the functions in `js/socket.js`.
//!
//! Chromium delays WebSockets of a page that has had failures: measured with one attempt each 390 ms at a port that nobody
//! listens on, the 12th attempt took 0.2 s to fail and the 18th 3.8 s. Whoever comes back then waits for seconds although
//! the server is there. Requests of `fetch` are not delayed (3 ms for each of 100 at the same pace), so within 15 s after
//! a failure they ask first whether anything answers. Later an attempt is made whatever the answer is: a page's rules may
//! forbid `fetch` and allow WebSockets. Any answer will do, and with `no-cors` a page learns no more than that there is one.
//!
//! Browsers of before 2024 refuse addresses with a fragment, which is never sent. An `error` event says nothing and is
//! always followed by `close`, which tells a page nothing about why a connection was not made (code 1006).
//!
//! gloo-net's WebSocket hides `bufferedAmount` and the moment of opening, queues incoming frames without a bound, and its
//! sending half is asynchronous, while [`FrameSender`] promises the opposite of each.

use std::cell::{Cell, OnceCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use synckit::transport::{FrameSender, Transport, TransportError};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::error::{ADDRESS, describe};
use crate::page::Callback;
use crate::queue::Queue;

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
        let inbox = Inbox::new();
        let attempted: Rc<OnceCell<Attempt>> = Rc::default();
        let received = {
            let (inbox, attempted) = (inbox.clone(), attempted.clone());
            Callback::new(move |data| {
                if let Err(error) = inbox.take(&data) {
                    inbox.end(Err(error));
                    attempted.get().into_iter().for_each(Attempt::close);
                }
            })
        };
        let ended = {
            let inbox = inbox.clone();
            Callback::new(move |reason: JsValue| {
                inbox.end(reason.as_string().map_or(Ok(()), |reason| Err(TransportError::Closed(reason))));
            })
        };
        let attempt = connect(url, CONNECT_TIMEOUT_MS, received.as_ref(), ended.as_ref());
        let _ = attempted.set(attempt.clone().unchecked_into());
        // Whoever gives up waiting drops it, which ends the attempt.
        let _connection = Connecting(attempt.clone().unchecked_into());
        let socket = JsFuture::from(attempt.opened()).await.map_err(|thrown| refused(url, &thrown))?;
        let sender = WebSocketSender { socket: socket.unchecked_into(), _connection };
        Ok((sender, WebSocketReceiver { inbox, attempt, _callbacks: [received, ended] }))
    }
}

fn refused(url: &str, thrown: &JsValue) -> TransportError {
    let (kind, text) = describe(thrown);
    match kind {
        ADDRESS => TransportError::Address(url.chars().take(200).collect()),
        // For example ws:// from a page that came by https://.
        _ => TransportError::Unreachable(text),
    }
}

#[wasm_bindgen(module = "/js/made/start.js")]
extern "C" {
    type Attempt;
    /// Begins an attempt. `received` is called with what comes, `ended` with the reason for an end that is not a normal
    /// closure.
    fn connect(url: &str, timeout: i32, received: &JsValue, ended: &JsValue) -> Attempt;
    /// Resolves with the socket.
    #[wasm_bindgen(method, getter)]
    fn opened(this: &Attempt) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &Attempt);
    /// Nothing is called any more.
    #[wasm_bindgen(method)]
    fn silence(this: &Attempt);

    type Socket;
    #[wasm_bindgen(method, getter, js_name = readyState)]
    fn ready_state(this: &Socket) -> u16;
    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    fn buffered_amount(this: &Socket) -> f64;
    #[wasm_bindgen(method, catch)]
    fn send(this: &Socket, frame: &[u8]) -> Result<(), JsValue>;
}

/// `readyState` of a socket that is open.
const OPEN: u16 = 1;

/// Closes the connection when it is dropped.
struct Connecting(Attempt);

impl Drop for Connecting {
    fn drop(&mut self) {
        self.0.close();
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
    fn end(&self, result: Result<(), TransportError>) {
        if let Err(error) = result {
            self.frames.push(Err(error));
        }
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

/// Sends frames. Dropping it closes the connection.
pub struct WebSocketSender {
    socket: Socket,
    _connection: Connecting,
}

impl FrameSender for WebSocketSender {
    /// At most [`MAX_BUFFERED_BYTES`] wait; a frame that would exceed it is refused, unless nothing waits at all, so that
    /// a larger frame is not refused for ever.
    fn send(&mut self, frame: Vec<u8>) -> Result<(), TransportError> {
        if self.socket.ready_state() != OPEN {
            return Err(TransportError::Closed("it is closing or closed".into()));
        }
        let waiting = self.buffered();
        let buffered = waiting.saturating_add(frame.len());
        if waiting > 0 && buffered > MAX_BUFFERED_BYTES {
            return Err(TransportError::Overflow { buffered, limit: MAX_BUFFERED_BYTES });
        }
        self.socket.send(&frame).map_err(|thrown| TransportError::Closed(describe(&thrown).1))
    }

    fn buffered(&self) -> usize {
        self.socket.buffered_amount() as usize
    }
}

/// Received frames, until the connection ends. A normal closure ends the stream; any other is its last item.
pub struct WebSocketReceiver {
    inbox: Inbox,
    attempt: Attempt,
    _callbacks: [Callback; 2],
}

impl Drop for WebSocketReceiver {
    fn drop(&mut self) {
        self.attempt.silence();
    }
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

    #[wasm_bindgen(module = "/js/made/start.js")]
    extern "C" {
        #[wasm_bindgen(catch)]
        fn resolve(url: &str) -> Result<String, JsValue>;
    }

    #[wasm_bindgen_test]
    fn addresses_become_absolute() {
        let location = js_sys::Reflect::get(&js_sys::global(), &"location".into()).unwrap();
        let host = js_sys::Reflect::get(&location, &"host".into()).ok();
        // Not every runner has a page with an address.
        if let Some(host) = host.and_then(|host| host.as_string()) {
            assert_eq!(resolve("/v1/sync?x=1#y").unwrap(), format!("ws://{host}/v1/sync?x=1"));
        }
        assert_eq!(resolve("https://example.org/v1/sync").unwrap(), "wss://example.org/v1/sync");
        assert_eq!(resolve("http://example.org:1234").unwrap(), "ws://example.org:1234/");
        assert_eq!(resolve("wss://example.org/a").unwrap(), "wss://example.org/a");
        assert!(resolve("ftp://example.org/").is_err_and(|thrown| describe(&thrown).0 == ADDRESS));
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
