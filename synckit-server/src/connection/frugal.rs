//! A byte stream that keeps the buffers above it small.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of the longest head of a WebSocket frame.
const HEAD: usize = 14;

/// Gives little at a time where much would be kept.
///
/// - Before [`Frugal::lift`] reading ends with an error after a number of bytes: whoever has not said who they are cannot
///   make the server keep much for them.
/// - After [`Frugal::expect_head`] the next read gives no more than the head of a frame. The library makes room for a
///   message behind what it has of it already, and stays in that room until it is full; what is left of it would be with
///   an idle connection for a long time.
pub(super) struct Frugal<S> {
    stream: S,
    left: Option<usize>,
    head: bool,
}

impl<S> Frugal<S> {
    pub(super) fn new(stream: S, bytes: usize) -> Self {
        Self { stream, left: Some(bytes), head: true }
    }

    pub(super) fn lift(&mut self) {
        self.left = None;
    }

    pub(super) fn expect_head(&mut self) {
        self.head = true;
    }

    /// Whether the bytes have been used up.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == Some(0)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Frugal<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_exhausted() {
            return Poll::Ready(Err(io::Error::other("too much before the first message was complete")));
        }
        let before = buffer.filled().len();
        if self.head {
            let mut head = [0; HEAD];
            let mut head = ReadBuf::new(&mut head[..buffer.remaining().min(HEAD)]);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut head))?;
            buffer.put_slice(head.filled());
            self.head = false;
        } else {
            ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        }
        let read = buffer.filled().len() - before;
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(read);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Frugal<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn reads_stop_behind_a_head_and_at_the_bound() {
        let (mut client, server) = tokio::io::duplex(1 << 10);
        let mut frugal = Frugal::new(server, 100);
        client.write_all(&[7; 200]).await.unwrap();
        let mut buffer = [0; 64];
        assert_eq!(frugal.read(&mut buffer).await.unwrap(), HEAD);
        assert_eq!(frugal.read(&mut buffer).await.unwrap(), 64);
        frugal.expect_head();
        assert_eq!(frugal.read(&mut buffer).await.unwrap(), HEAD);
        frugal.read_exact(&mut [0; 20]).await.unwrap();
        assert!(frugal.is_exhausted());
        assert!(frugal.read(&mut buffer).await.is_err());
        frugal.lift();
        assert_eq!(frugal.read(&mut buffer).await.unwrap(), 64);
    }
}
