//! What goes to the server, one frame at a time.

use std::sync::Arc;

use super::tracked::{Phase, Tracked};
use super::{Refused, Session};
use crate::version::VersionVector;
use crate::wire::{Message, NackCode, PeerId, Update};

/// Bytes of changes in one message, unless one change is larger or the server takes less.
const PART: usize = 128 << 10;
/// Bytes that are cut from a document at once and kept until they are sent.
const CUT: usize = 1 << 20;
/// Bytes of a message around its changes.
const AROUND: usize = 512;

/// Where a [`Session`] cuts changes from: the open documents.
pub trait Source {
    /// Everything that `version` lacks of a document.
    fn since(&mut self, document: &str, version: &VersionVector) -> Update;
}

impl Session {
    /// The next frame to send, for as long as the transport has room.
    pub fn poll_frame(&mut self, now: u64, source: &mut dyn Source) -> Option<Vec<u8>> {
        let now = self.time.at(now);
        if let Some(message) = self.control.pop_front() {
            return Some(message.encode());
        }
        if !self.link.is_open() {
            return None;
        }
        while let Some(document) = self.next_ready() {
            if let Some(message) = self.next_message(now, &document, source) {
                self.last = Some(document);
                return Some(message.encode());
            }
            self.ready.remove(&document);
            if self.documents.get(&document).is_some_and(|tracked| tracked.wake_at().is_some()) {
                self.timed.insert(document, ());
            }
        }
        None
    }

    /// Takes turns, so that a large document does not keep the others waiting.
    fn next_ready(&self) -> Option<Arc<str>> {
        let next = self.last.as_ref().and_then(|last| self.ready.after(last));
        next.or_else(|| self.ready.first()).cloned()
    }

    fn next_message(&mut self, now: u64, document: &Arc<str>, source: &mut dyn Source) -> Option<Message> {
        let most = PART.min(self.max_message.saturating_sub(AROUND));
        let max_message = self.max_message;
        let tracked = self.documents.get_mut(document)?;
        match tracked.phase {
            Phase::ToSubscribe { at } if at <= now => {
                tracked.phase = Phase::CatchingUp;
                tracked.subscribed_at = Some(now);
                let version = tracked.state.clone();
                return Some(Message::Subscribe { document: document.clone(), version });
            }
            Phase::Live => {}
            _ => return None,
        }
        if let Some(state) = tracked.presence.take(now) {
            return Some(Message::Presence { document: document.clone(), peer: PeerId(0), state });
        }
        if tracked.refused.is_some() {
            return None;
        }
        if let Some(at) = tracked.relay_at
            && at <= now
        {
            tracked.relay_at = None;
            tracked.needs_cut |= !tracked.cut.includes(&tracked.state);
        }
        loop {
            if let Some(update) = tracked.next_part() {
                let message = Message::Changes { document: document.clone(), update: Arc::new(update) };
                if message.encoded_len() > max_message {
                    let message = "a change is larger than the server takes".into();
                    tracked.refused = Some(Refused { code: NackCode::TooLarge, message });
                    tracked.reset_outbox();
                    self.changed.insert(document.clone(), ());
                    return None;
                }
                return Some(message);
            }
            if !tracked.needs_cut || !tracked.outbox.is_empty() {
                return None;
            }
            tracked.cut_from(source.since(document, &tracked.cut), most);
        }
    }
}

impl Tracked {
    /// Takes the next part that may leave the device, without what the server got from elsewhere meanwhile.
    fn next_part(&mut self) -> Option<Update> {
        while let Some(part) = self.outbox.front() {
            if !self.may_send(part) {
                return None;
            }
            let mut part = self.outbox.pop_front()?;
            part.changes.retain(|change| self.server.get(change.replica) < change.last_seq());
            if !part.is_empty() {
                return Some(part);
            }
        }
        None
    }

    /// Fills the outbox with the first part of what the document has beyond `cut`.
    fn cut_from(&mut self, update: Update, most: usize) {
        self.needs_cut = false;
        self.relay_at = None;
        let mut size = 0;
        for part in update.split(most) {
            if size >= CUT {
                self.needs_cut = true;
                return;
            }
            size += part.encoded_len();
            for change in &part.changes {
                self.cut.advance(change.replica, change.last_seq());
                self.state.advance(change.replica, change.last_seq());
            }
            self.outbox.push_back(part);
        }
    }
}
