//! How much of everything a server takes.

use std::time::Duration;

/// Upper bounds that protect a server from a client, and its clients from each other. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Connections open at once. One more gets `Failure LIMIT` and is closed.
    pub connections: usize,
    /// Documents one connection may be subscribed to. One more gets `Nack TOO_LARGE`.
    pub subscriptions: usize,
    /// Live state of one document. Changes beyond it get `Nack TOO_LARGE`.
    pub document: usize,
    /// One message from a client. A larger one ends the connection.
    pub message: usize,
    /// What waits to be sent to one connection. Past it the connection's documents are caught up from their version
    /// once it reads again.
    pub queue: usize,
    /// Time between two signs of life. A connection silent for twice as long is closed.
    pub heartbeat: Duration,
    /// Time a new connection has to say `Hello`.
    pub hello: Duration,
    /// How far a change's time may be ahead of the server's clock. Beyond it gets `Nack CLOCK`.
    pub clock_skew: Duration,
    /// Time a shutdown may take.
    pub shutdown: Duration,
}

impl Limits {
    /// Largest first message of a connection: nobody has said yet who is speaking.
    pub const HELLO_BYTES: usize = 16 << 10;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            subscriptions: 1_000,
            document: 64 << 20,
            message: 8 << 20,
            queue: 1 << 20,
            heartbeat: Duration::from_secs(15),
            hello: Duration::from_secs(10),
            clock_skew: Duration::from_secs(5 * 60),
            shutdown: Duration::from_secs(5),
        }
    }
}
