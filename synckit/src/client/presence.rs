//! Who else is here: small values that are shared while connected and never stored.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::cell::Watch;
use super::inbox::Command;
use super::observers::{self, Observed, Observer, Observers, Subscription};
use super::shared::Shared;
use crate::handle::{Observable, ReadError};
use crate::sorted::SortedMap;
use crate::value::{FieldValue, Value};
use crate::wire::{PeerId, decode_value, encode_value};

/// The presence at one document.
pub(crate) struct PresenceCell {
    document: Arc<str>,
    shared: Weak<Shared>,
    inner: Mutex<(SortedMap<PeerId, Value>, Observers)>,
}

impl PresenceCell {
    pub(super) fn new(document: Arc<str>, shared: Weak<Shared>) -> Self {
        Self { document, shared, inner: Mutex::default() }
    }

    pub(super) fn set_peer(&self, peer: u64, state: Option<&[u8]>) {
        // What cannot be read is a peer of another version: as good as not here.
        let value = state.filter(|state| !state.is_empty()).and_then(|state| decode_value(state).ok());
        self.change(|peers| match value {
            Some(value) => peers.insert(PeerId(peer), value.clone()).as_ref() != Some(&value),
            None => peers.remove(&PeerId(peer)).is_some(),
        });
    }

    fn change(&self, make: impl FnOnce(&mut SortedMap<PeerId, Value>) -> bool) {
        let observers = {
            let (peers, observers) = &mut *self.lock();
            if !make(peers) {
                return;
            }
            observers.of(&Watch::Status)
        };
        observers.iter().for_each(Observer::call);
    }

    fn send(&self, state: Vec<u8>) {
        if let Some(shared) = self.shared.upgrade() {
            shared.inbox().push(Command::Presence { document: self.document.clone(), state });
        }
    }

    fn lock(&self) -> MutexGuard<'_, (SortedMap<PeerId, Value>, Observers)> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observed for PresenceCell {
    fn with_observers(&self, change: &mut dyn FnMut(&mut Observers)) {
        change(&mut self.lock().1);
    }
}

impl Drop for PresenceCell {
    fn drop(&mut self) {
        self.send(Vec::new());
    }
}

/// Who else is at a document, and what this client tells them about itself. When the last handle is dropped, this
/// client leaves.
///
/// The values of the others, as an observable: by peer, without one's own.
pub struct Presence<P> {
    cell: Arc<PresenceCell>,
    kind: PhantomData<fn() -> P>,
}

impl<P: FieldValue> Presence<P> {
    pub(crate) fn new(cell: Arc<PresenceCell>) -> Self {
        Self { cell, kind: PhantomData }
    }

    /// Tells the others. At most about 16 KiB; sent at most every 50 ms, and the last value always.
    pub fn set(&self, state: P) {
        self.cell.send(encode_value(&state.into_value()));
    }

    /// Leaves, without dropping the handle.
    pub fn leave(&self) {
        self.cell.send(Vec::new());
    }

    /// The others, by peer. Values of another type are left out.
    pub fn others(&self) -> Vec<(PeerId, P)> {
        let (peers, _) = &*self.cell.lock();
        peers.iter().filter_map(|(peer, value)| Some((*peer, P::from_value(value)?))).collect()
    }
}

impl<P: FieldValue> Observable for Presence<P> {
    type Value = Vec<(PeerId, P)>;

    fn get(&self) -> Result<Self::Value, ReadError> {
        Ok(self.others())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        observers::observe(self.cell.clone(), Watch::Status, Arc::new(callback))
    }
}

impl<P> Clone for Presence<P> {
    fn clone(&self) -> Self {
        Self { cell: self.cell.clone(), kind: PhantomData }
    }
}

/// Two handles are equal when they are of the same document of the same client.
impl<P> PartialEq for Presence<P> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.cell, &other.cell)
    }
}

impl<P> fmt::Debug for Presence<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence").field("document", &self.cell.document).finish_non_exhaustive()
    }
}
