//! The bounds of a room.

/// How much a [`Room`](super::Room) takes and keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoomLimits {
    /// Bytes of the document in memory; a change beyond is refused with `TOO_LARGE`.
    pub document: usize,
    /// Sessions that may subscribe at once.
    pub subscribers: usize,
    /// Bytes that may wait for the store; a change beyond is refused with `STORAGE` until there is room again.
    pub in_flight: usize,
    /// Bytes of one part of a catch-up. One change that is larger goes as one part.
    pub part: usize,
    /// Bytes of a catch-up that are sent before the session's queue has to be empty again.
    pub window: usize,
    /// Milliseconds that the time of a change may be ahead of the server's clock.
    pub clock_skew: u64,
    /// Milliseconds that a client shall wait after the store failed.
    pub retry_after: u64,
}

impl RoomLimits {
    /// 32 MiB per document, 10,000 subscribers, 16 MiB in flight, catch-up in parts of 128 KiB and 512 KiB at a time, 5
    /// minutes of clock skew, 1 s of waiting after a failure.
    pub const DEFAULT: Self = Self {
        document: 32 << 20,
        subscribers: 10_000,
        in_flight: 16 << 20,
        part: 128 << 10,
        window: 512 << 10,
        clock_skew: 5 * 60 * 1_000,
        retry_after: 1_000,
    };
}

impl Default for RoomLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
