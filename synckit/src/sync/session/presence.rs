//! What this device shows of itself to the others: throttled, the last value always delivered.

/// Milliseconds between two messages about the same document.
const THROTTLE: u64 = 50;

#[derive(Default)]
pub(super) struct OwnPresence {
    /// Empty: shows nothing.
    state: Vec<u8>,
    sent_at: Option<u64>,
    to_send: bool,
}

impl OwnPresence {
    pub(super) fn set(&mut self, state: Vec<u8>) {
        self.to_send = self.state != state || self.to_send;
        self.state = state;
    }

    /// A new connection: nobody has seen it.
    pub(super) fn reset(&mut self) {
        self.sent_at = None;
        self.to_send = !self.state.is_empty();
    }

    /// When it wants to be sent.
    pub(super) fn due_at(&self) -> Option<u64> {
        self.to_send.then(|| self.sent_at.map_or(0, |at| at + THROTTLE))
    }

    /// What is to be sent now.
    pub(super) fn take(&mut self, now: u64) -> Option<Vec<u8>> {
        if self.due_at()? > now {
            return None;
        }
        self.to_send = false;
        self.sent_at = Some(now);
        Some(self.state.clone())
    }
}
