//! What waits to be sent to one connection, bounded in bytes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

/// How many documents of one connection are caught up at the same time. Together with the window of a room this keeps
/// catching up within the bound of the queue, however many documents a client subscribes to at once.
const CATCHING_UP: usize = 4;
/// Part of the queue that the catch-up of one document may fill.
pub(crate) const WINDOW_SHARE: usize = 8;

/// What happens to a frame when the queue is thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Dropped: catching up from the client's version makes up for it.
    Data,
    /// A part of a document on its way from `Subscribe` to `CaughtUp`: dropped too, but never the cause. Rooms send a
    /// window of it and wait, so that a client always gets on, whatever it subscribes to.
    CatchUp,
    /// Kept: nothing would make up for it. Only as many come as the connection sends messages, and a connection whose
    /// queue is full is not read.
    Control,
}

/// Why the server ends a connection, and what it says before.
#[derive(Debug, Clone)]
pub(crate) struct Farewell {
    /// The last frame, an encoded `Failure`.
    pub(crate) frame: Bytes,
    /// The status code of the close frame.
    pub(crate) code: u16,
}

/// What the connection has to do next.
pub(crate) enum Outgoing {
    /// Send this and then say so with [`Outbox::sent`].
    Frame(Kind, Bytes),
    /// The queue was thrown away: tell the rooms, then call [`Outbox::resume`].
    Overflowed,
    /// Send this last.
    Farewell(Farewell),
}

/// The frames that wait for one connection, oldest first. Rooms put in, the connection's task takes out.
#[derive(Debug)]
pub(crate) struct Outbox {
    limit: usize,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<(Kind, Bytes)>,
    /// Of all frames, the one being sent included.
    bytes: usize,
    /// Of all frames but those of [`Kind::CatchUp`].
    live_bytes: usize,
    overflowed: bool,
    /// Nothing more is to be read from the connection.
    closing: bool,
    farewell: Option<Farewell>,
    /// Documents whose room wants to know when the queue is empty.
    await_drain: Vec<Arc<str>>,
    /// Documents that are on their way from `Subscribe` to `CaughtUp`.
    catching_up: Vec<Arc<str>>,
    connection: Option<Waker>,
}

impl Outbox {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, queue: Mutex::default() }
    }

    /// Adds a frame. When that takes the queue over its limit, everything but [`Kind::Control`] is thrown away; a single
    /// frame may be larger than the limit.
    pub(crate) fn push(&self, kind: Kind, frame: Bytes) {
        let mut queue = self.lock();
        if queue.farewell.is_some() || (queue.overflowed && kind != Kind::Control) {
            return;
        }
        if kind == Kind::Data && queue.live_bytes > 0 && queue.live_bytes + frame.len() > self.limit {
            queue.overflowed = true;
            let frames = std::mem::take(&mut queue.frames);
            for (kind, frame) in frames {
                if kind == Kind::Control {
                    queue.frames.push_back((kind, frame));
                } else {
                    queue.remove(kind, frame.len());
                }
            }
        } else {
            queue.bytes += frame.len();
            queue.live_bytes += if kind == Kind::CatchUp { 0 } else { frame.len() };
            queue.frames.push_back((kind, frame));
        }
        wake(queue);
    }

    /// Lets what waits go out, then this, then nothing. The first farewell counts.
    pub(crate) fn finish(&self, farewell: Farewell) {
        let mut queue = self.lock();
        queue.farewell.get_or_insert(farewell);
        wake(queue);
    }

    /// The rooms know that the queue was thrown away: data is taken again.
    pub(crate) fn resume(&self) {
        self.lock().overflowed = false;
    }

    /// A room wants to know when the queue is empty.
    pub(crate) fn await_drain(&self, document: &Arc<str>) {
        let mut queue = self.lock();
        if !queue.await_drain.contains(document) {
            queue.await_drain.push(Arc::clone(document));
        }
        wake(queue);
    }

    /// The documents whose rooms are to be told that the queue is empty, if it is.
    pub(crate) fn take_drained(&self) -> Vec<Arc<str>> {
        let mut queue = self.lock();
        if queue.bytes == 0 && !queue.overflowed {
            std::mem::take(&mut queue.await_drain)
        } else {
            Vec::new()
        }
    }

    /// Takes a place for catching up a document, if one is free.
    pub(crate) fn begin_catch_up(&self, document: &Arc<str>) -> bool {
        let mut queue = self.lock();
        let free = queue.catching_up.len() < CATCHING_UP && queue.bytes < self.limit / 2;
        if free && !queue.catching_up.contains(document) {
            queue.catching_up.push(Arc::clone(document));
        }
        free
    }

    /// Whether a document is on its way from `Subscribe` to `CaughtUp`.
    pub(crate) fn is_catching_up(&self, document: &str) -> bool {
        self.lock().catching_up.iter().any(|other| **other == *document)
    }

    /// Gives the place back: the document is caught up, or will not be.
    pub(crate) fn end_catch_up(&self, document: &str) {
        let mut queue = self.lock();
        let before = queue.catching_up.len();
        queue.catching_up.retain(|other| **other != *document);
        if queue.catching_up.len() < before {
            wake(queue);
        }
    }

    /// The server is going away: what the connection has not read yet stays unread.
    pub(crate) fn stop_reading(&self) {
        let mut queue = self.lock();
        queue.closing = true;
        wake(queue);
    }

    /// Whether the connection may be read: not while more waits for it than may, which stops what causes it.
    pub(crate) fn may_read(&self) -> bool {
        let queue = self.lock();
        queue.bytes < self.limit && !queue.closing && queue.farewell.is_none()
    }

    /// Takes the next frame out.
    pub(crate) fn poll_next(&self, context: &Context<'_>) -> Poll<Outgoing> {
        let mut queue = self.lock();
        if queue.overflowed {
            return Poll::Ready(Outgoing::Overflowed);
        }
        if let Some((kind, frame)) = queue.frames.pop_front() {
            if queue.frames.is_empty() {
                // Most connections are idle most of the time: keep nothing for them.
                queue.frames = VecDeque::new();
            }
            return Poll::Ready(Outgoing::Frame(kind, frame));
        }
        if let Some(farewell) = &queue.farewell {
            return Poll::Ready(Outgoing::Farewell(farewell.clone()));
        }
        match &mut queue.connection {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    /// A frame that was taken out is on its way.
    pub(crate) fn sent(&self, kind: Kind, bytes: usize) {
        self.lock().remove(kind, bytes);
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn remove(&mut self, kind: Kind, bytes: usize) {
        self.bytes -= bytes;
        self.live_bytes -= if kind == Kind::CatchUp { 0 } else { bytes };
    }
}

fn wake(mut queue: MutexGuard<'_, Queue>) {
    let connection = queue.connection.take();
    drop(queue);
    if let Some(connection) = connection {
        connection.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(outbox: &Outbox) -> Option<Outgoing> {
        match outbox.poll_next(&Context::from_waker(Waker::noop())) {
            Poll::Ready(outgoing) => Some(outgoing),
            Poll::Pending => None,
        }
    }

    #[test]
    fn past_its_limit_the_queue_loses_data_and_says_so() {
        let outbox = Outbox::new(100);
        outbox.push(Kind::Data, Bytes::from_static(&[1; 60]));
        outbox.push(Kind::Control, Bytes::from_static(&[2; 10]));
        outbox.push(Kind::Data, Bytes::from_static(&[3; 60]));
        outbox.push(Kind::Data, Bytes::from_static(&[4; 1]));
        assert!(matches!(next(&outbox), Some(Outgoing::Overflowed)));
        outbox.resume();
        let Some(Outgoing::Frame(kind, frame)) = next(&outbox) else { panic!("the control frame is gone") };
        assert_eq!(frame[0], 2);
        outbox.await_drain(&"a".into());
        assert!(outbox.take_drained().is_empty(), "the frame is still being sent");
        outbox.sent(kind, frame.len());
        assert_eq!(outbox.take_drained(), ["a".into()]);
        assert!(next(&outbox).is_none());
    }

    #[test]
    fn one_frame_may_be_larger_than_the_limit() {
        let outbox = Outbox::new(100);
        outbox.push(Kind::Data, Bytes::from_static(&[1; 200]));
        assert!(!outbox.may_read());
        assert!(matches!(next(&outbox), Some(Outgoing::Frame(..))));
    }

    #[test]
    fn catching_up_never_throws_the_queue_away() {
        let outbox = Outbox::new(100);
        outbox.push(Kind::CatchUp, Bytes::from_static(&[1; 200]));
        outbox.push(Kind::CatchUp, Bytes::from_static(&[1; 200]));
        outbox.push(Kind::Data, Bytes::from_static(&[2; 60]));
        assert!(matches!(next(&outbox), Some(Outgoing::Frame(Kind::CatchUp, _))));
        outbox.sent(Kind::CatchUp, 200);
        outbox.push(Kind::Data, Bytes::from_static(&[2; 60]));
        assert!(matches!(next(&outbox), Some(Outgoing::Overflowed)));
        outbox.resume();
        assert!(next(&outbox).is_none());
    }

    #[test]
    fn few_documents_are_caught_up_at_once() {
        let outbox = Outbox::new(100);
        let documents: Vec<Arc<str>> = (0..=CATCHING_UP).map(|number| number.to_string().into()).collect();
        assert!(documents[..CATCHING_UP].iter().all(|document| outbox.begin_catch_up(document)));
        assert!(!outbox.begin_catch_up(&documents[CATCHING_UP]));
        outbox.end_catch_up("0");
        assert!(outbox.begin_catch_up(&documents[CATCHING_UP]));
    }

    #[test]
    fn nothing_comes_after_the_farewell() {
        let outbox = Outbox::new(100);
        outbox.push(Kind::Data, Bytes::from_static(b"last"));
        outbox.finish(Farewell { frame: Bytes::new(), code: 1001 });
        outbox.push(Kind::Data, Bytes::from_static(b"too late"));
        assert!(matches!(next(&outbox), Some(Outgoing::Frame(..))));
        assert!(matches!(next(&outbox), Some(Outgoing::Farewell(_))));
    }
}
