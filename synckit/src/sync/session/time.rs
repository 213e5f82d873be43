//! Time that only goes forward, made from a wall clock that may be set.

/// Milliseconds since the session began. A wall clock that is set back stands still here for one call; one that is set
/// ahead looks like a sleeping machine, after which a connection has to be checked anyway.
#[derive(Default)]
pub(super) struct Time {
    wall: Option<u64>,
    elapsed: u64,
}

impl Time {
    /// Takes the wall clock in and tells the time since the session began.
    pub(super) fn at(&mut self, wall: u64) -> u64 {
        self.elapsed += wall.saturating_sub(self.wall.unwrap_or(wall));
        self.wall = Some(wall);
        self.elapsed
    }

    /// The time as of the last call of [`at`](Self::at).
    pub(super) fn now(&self) -> u64 {
        self.elapsed
    }

    /// The wall clock's reading at a time of this session.
    pub(super) fn wall(&self, at: u64) -> u64 {
        (self.wall.unwrap_or(0) + at).saturating_sub(self.elapsed)
    }
}
