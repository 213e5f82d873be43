//! The WebSocket of one connection: reads, writes and keeps time, all in one poll.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use synckit::wire::{FailureCode, Message};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::tungstenite::{self, protocol::Role};

use super::End;
use super::frugal::Frugal;
use crate::limits::Limits;
use crate::outbox::{Farewell, Kind, Outbox, Outgoing};

/// Larger messages go out in frames of this size: the library's buffer grows to the largest frame and stays there.
pub(super) const FRAGMENT: usize = 2 << 10;
/// What a connection may send before its `Hello` is complete: the message, its frame, and what was read ahead.
const GUARD: usize = Limits::HELLO_BYTES + (8 << 10);

pub(super) enum Event {
    /// A binary message.
    Message(Bytes),
    /// There is a place to catch up for the subscription that waits.
    Place,
    /// The queue was thrown away.
    Overflowed,
    /// The queue is empty, which the rooms of these documents wanted to know.
    Drained(Vec<Arc<str>>),
    Ended(End),
}

/// A message that is partly sent.
struct Sending {
    kind: Kind,
    len: usize,
    rest: Bytes,
}

pub(super) struct Socket<S> {
    stream: WebSocketStream<Frugal<S>>,
    outbox: Arc<Outbox>,
    sending: Option<Sending>,
    unflushed: bool,
    /// The network did not take more, last time.
    blocked: bool,
    /// The message read last. As long as it is there the library cannot keep its buffer for the next one, which would
    /// leave an idle connection with a buffer of the largest message it ever sent.
    read_last: Option<Bytes>,
    heartbeat: Duration,
    alarm: Pin<Box<Sleep>>,
    sign_of_life: Instant,
    pinged: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    pub(super) async fn new(stream: S, limits: &Limits, outbox: Arc<Outbox>) -> Self {
        let config = super::socket_config(limits);
        let frugal = Frugal::new(stream, GUARD);
        Self {
            stream: WebSocketStream::from_raw_socket(frugal, Role::Server, Some(config)).await,
            outbox,
            sending: None,
            unflushed: false,
            blocked: false,
            read_last: None,
            heartbeat: limits.heartbeat,
            alarm: Box::pin(tokio::time::sleep(limits.heartbeat)),
            sign_of_life: Instant::now(),
            pinged: false,
        }
    }

    /// The client has said who it is.
    pub(super) fn lift_guard(&mut self) {
        self.stream.get_mut().lift();
    }

    /// Sends what waits, reads if `may_read`, and looks at the clock. `waiting` is a document that wants a place to
    /// catch up.
    pub(super) fn poll_event(
        &mut self,
        context: &mut Context<'_>,
        may_read: bool,
        waiting: Option<&Arc<str>>,
    ) -> Poll<Event> {
        if let Poll::Ready(event) = self.poll_send(context) {
            return Poll::Ready(event);
        }
        if !self.unflushed && self.sending.is_none() {
            let drained = self.outbox.take_drained();
            if !drained.is_empty() {
                return Poll::Ready(Event::Drained(drained));
            }
        }
        if waiting.is_some_and(|document| self.outbox.begin_catch_up(document)) {
            return Poll::Ready(Event::Place);
        }
        if may_read
            && self.outbox.may_read()
            && let Poll::Ready(event) = self.poll_read(context)
        {
            return Poll::Ready(event);
        }
        self.poll_alarm(context)
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        loop {
            if self.sending.is_some() {
                match self.poll_fragment(context) {
                    Poll::Ready(Ok(())) => continue,
                    Poll::Ready(Err(error)) => return Poll::Ready(Event::Ended(lost(&error))),
                    Poll::Pending => break,
                }
            }
            match self.outbox.poll_next(context) {
                Poll::Ready(Outgoing::Frame(kind, rest)) => {
                    self.sending = Some(Sending { kind, len: rest.len(), rest });
                }
                Poll::Ready(Outgoing::Overflowed) => return Poll::Ready(Event::Overflowed),
                Poll::Ready(Outgoing::Farewell(farewell)) => {
                    return Poll::Ready(Event::Ended(End::Stopped(farewell)));
                }
                Poll::Pending => break,
            }
        }
        if self.unflushed {
            match self.stream.poll_flush_unpin(context) {
                Poll::Ready(Ok(())) => {
                    self.unflushed = false;
                    self.went_through();
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Event::Ended(lost(&error))),
                Poll::Pending => self.blocked = true,
            }
        }
        Poll::Pending
    }

    /// Hands the next piece of the message being sent to the library.
    fn poll_fragment(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.stream.poll_ready_unpin(context) {
            Poll::Ready(ready) => ready?,
            Poll::Pending => {
                self.blocked = true;
                return Poll::Pending;
            }
        }
        self.went_through();
        let Some(mut sending) = self.sending.take() else { return Poll::Ready(Ok(())) };
        let data = if sending.rest.len() == sending.len { Data::Binary } else { Data::Continue };
        let piece = sending.rest.split_to(sending.rest.len().min(FRAGMENT));
        let last = sending.rest.is_empty();
        let frame = Frame::message(piece, OpCode::Data(data), last);
        self.stream.start_send_unpin(tungstenite::Message::Frame(frame))?;
        self.unflushed = true;
        if last {
            self.outbox.sent(sending.kind, sending.len);
        } else {
            self.sending = Some(sending);
        }
        Poll::Ready(Ok(()))
    }

    /// The network takes data again, so somebody on the other side does.
    fn went_through(&mut self) {
        if std::mem::take(&mut self.blocked) {
            self.is_alive();
        }
    }

    fn is_alive(&mut self) {
        self.sign_of_life = Instant::now();
        self.pinged = false;
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        loop {
            let next = self.stream.poll_next_unpin(context);
            self.read_last = None;
            let message = match ready!(next) {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Poll::Ready(Event::Ended(self.read_error(&error))),
                None => return Poll::Ready(Event::Ended(End::Lost)),
            };
            self.is_alive();
            self.stream.get_mut().expect_head();
            match message {
                tungstenite::Message::Binary(bytes) => {
                    self.read_last = Some(bytes.clone());
                    return Poll::Ready(Event::Message(bytes));
                }
                tungstenite::Message::Text(_) => {
                    let end = End::refused(FailureCode::Malformed, "send binary frames, not text", 1003);
                    return Poll::Ready(Event::Ended(end));
                }
                tungstenite::Message::Close(_) => return Poll::Ready(Event::Ended(End::Left)),
                _ => {}
            }
        }
    }

    fn read_error(&self, error: &Error) -> End {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
                let message = format!("a message of {size} bytes is over the limit of {max_size}");
                End::refused(FailureCode::Limit, &message, 1009)
            }
            Error::Io(_) if self.stream.get_ref().is_exhausted() => {
                End::refused(FailureCode::Limit, "the first message is too large", 1009)
            }
            Error::Protocol(error) => End::malformed(&error.to_string()),
            error => lost(error),
        }
    }

    /// Asks for a sign of life when there was none for a heartbeat; gives up when there was none for two.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        loop {
            ready!(self.alarm.as_mut().poll(context));
            let silent = self.sign_of_life.elapsed();
            if silent >= self.heartbeat * 2 {
                let end = End::refused(FailureCode::Unavailable, "no sign of life", 1001);
                return Poll::Ready(Event::Ended(end));
            }
            let next = if silent >= self.heartbeat {
                if !std::mem::replace(&mut self.pinged, true) {
                    self.outbox.push(Kind::Control, Message::Ping { nonce: 0 }.encode().into());
                }
                self.heartbeat * 2 - silent
            } else {
                self.heartbeat - silent
            };
            self.alarm.as_mut().reset(Instant::now() + next.max(Duration::from_millis(1)));
        }
    }

    /// The client wants to go: its close frame is answered.
    pub(super) async fn answer_close(&mut self) {
        // What fails now fails because the client is gone.
        let _ = self.stream.flush().await;
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Says why and closes. Then reads on without looking, so that closing the TCP connection does not throw away what
    /// the client has not read yet.
    pub(super) async fn close(&mut self, farewell: Farewell) {
        let frame = CloseFrame { code: farewell.code.into(), reason: "".into() };
        if self.sending.is_none() {
            // In the middle of a fragmented message only control frames may come.
            let _ = self.stream.feed(tungstenite::Message::Binary(farewell.frame)).await;
        }
        if self.stream.send(tungstenite::Message::Close(Some(frame))).await.is_err() {
            return;
        }
        loop {
            match self.stream.next().await {
                Some(Ok(_)) => {}
                None | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => return,
                Some(Err(_)) => break,
            }
        }
        let stream = self.stream.get_mut();
        stream.lift();
        let _ = stream.shutdown().await;
        let mut ignored = [0; 1024];
        while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
    }
}

fn lost(error: &Error) -> End {
    tracing::debug!(%error, "connection broken");
    End::Lost
}
