//! The way to a server: frames in, frames out.

use std::future::Future;

use futures_core::Stream;

use crate::platform::MaybeSend;

/// Why a connection could not be made or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The address is not one this transport understands.
    #[error("`{0}` is not an address to connect to: use ws:// or wss://")]
    Address(String),
    /// No connection could be made.
    #[error("cannot reach the server: {0}")]
    Unreachable(String),
    /// The connection ended.
    #[error("the connection ended: {0}")]
    Closed(String),
    /// More is waiting to be sent than the transport keeps.
    #[error("{buffered} bytes wait to be sent, the limit is {limit}")]
    Overflow {
        /// Bytes that wait.
        buffered: usize,
        /// Bytes that may wait.
        limit: usize,
    },
    /// A frame that is not binary or larger than allowed.
    #[error("unexpected frame: {0}")]
    Frame(String),
}

/// Makes connections. One frame is one encoded `Envelope` (see `proto/synckit/v1/session.proto`).
pub trait Transport: MaybeSend + 'static {
    /// The sending half of a connection.
    type Sender: FrameSender;
    /// The receiving half: binary frames until the connection ends. After an error it yields nothing more.
    type Receiver: Stream<Item = Result<Vec<u8>, TransportError>> + MaybeSend + Unpin + 'static;

    /// Opens a connection and resolves when it is open.
    ///
    /// # Errors
    /// [`TransportError::Address`] and [`TransportError::Unreachable`].
    fn connect(
        &self,
        url: &str,
    ) -> impl Future<Output = Result<(Self::Sender, Self::Receiver), TransportError>> + MaybeSend;
}

/// The sending half of a connection. Dropping it closes the connection.
pub trait FrameSender: MaybeSend + 'static {
    /// Hands a frame over; it goes out in order, as soon as the network takes it.
    ///
    /// # Errors
    /// [`TransportError::Closed`], [`TransportError::Overflow`].
    fn send(&mut self, frame: Vec<u8>) -> Result<(), TransportError>;

    /// Bytes handed over that the network has not taken yet.
    fn buffered(&self) -> usize;
}
