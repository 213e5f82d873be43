//! Hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): wall time that never goes backwards.

/// Milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The first timestamp of a millisecond.
    pub fn from_millis(ms: u64) -> Self {
        Self(ms.min((1 << 48) - 1) << 16)
    }

    /// Its wall time in milliseconds since 1970.
    pub fn millis(self) -> u64 {
        self.0 >> 16
    }
}

/// Hands out timestamps that are greater than every one it has seen.
#[derive(Debug, Clone, Default)]
pub struct HybridClock {
    last: Timestamp,
}

impl HybridClock {
    /// A timestamp for now: the wall clock, or just after the last one seen when the wall clock is behind.
    pub fn tick(&mut self, now_ms: u64) -> Timestamp {
        let next = Timestamp(self.last.0.saturating_add(1));
        self.last = next.max(Timestamp::from_millis(now_ms));
        self.last
    }

    /// Takes note of a timestamp from elsewhere.
    pub fn observe(&mut self, seen: Timestamp) {
        self.last = self.last.max(seen);
    }

    /// The greatest timestamp handed out or seen.
    pub fn last(&self) -> Timestamp {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_goes_back_does_not_take_the_timestamps_along() {
        let mut clock = HybridClock::default();
        let first = clock.tick(1_000);
        let second = clock.tick(500);
        assert!(second > first);
        assert_eq!(second.millis(), 1_000);
        clock.observe(Timestamp::from_millis(9_000));
        assert!(clock.tick(1_001) > Timestamp::from_millis(9_000));
        assert_eq!(clock.tick(10_000), Timestamp::from_millis(10_000));
    }
}
