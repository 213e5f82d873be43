//! The connection, and what the session wants to be done.

use std::sync::Arc;

use super::Driver;
use super::document::Document;
use super::events::{Connected, Task, boxed};
use crate::document::Origin;
use crate::platform::Platform;
use crate::sorted::SortedMap;
use crate::storage::Storage;
use crate::sync::{Effect, Source};
use crate::transport::{FrameSender, Transport, TransportError};
use crate::version::VersionVector;
use crate::wire::Update;

/// Bytes that may wait in the transport before no more is cut from the documents.
const BUFFERED: usize = 1 << 20;
/// Milliseconds after which a transport that was full is looked at again.
const CONGESTION: u64 = 20;
/// Milliseconds during which changes of others are gathered before they are stored: they are at the server already.
const GATHER: u64 = 100;
/// Under which name a wrong address is shown as an error.
const ADDRESS: &str = "";

pub(super) struct Network<T: Transport> {
    /// `None`: everything stays on this device.
    url: Option<String>,
    pub(super) connecting: Option<Task<Connected<T>>>,
    pub(super) connection: Option<(T::Sender, T::Receiver)>,
    congested: bool,
}

impl<T: Transport> Network<T> {
    pub(super) fn new(url: Option<String>) -> Self {
        Self { url, connecting: None, connection: None, congested: false }
    }

    /// Whether there is a server to be reached.
    pub(super) fn is_wanted(&self) -> bool {
        self.url.is_some()
    }

    pub(super) fn congested_until(&self, now: u64) -> Option<u64> {
        self.congested.then_some(now + CONGESTION)
    }

    /// Whether everything handed over has left.
    pub(super) fn is_flushed(&self) -> bool {
        !self.congested && self.connection.as_ref().is_none_or(|(sender, _)| sender.buffered() == 0)
    }
}

/// The open documents, for the session to cut from.
struct Documents<'a>(&'a SortedMap<Arc<str>, Box<Document>>);

impl Source for Documents<'_> {
    fn since(&mut self, document: &str, version: &VersionVector) -> Update {
        self.0
            .get(document)
            .map(|document| document.cell.read(|state| state.since(version)))
            .unwrap_or_default()
    }
}

impl<P: Platform, S: Storage> Driver<P, S> {
    /// Carries out effects and sends frames until there are none.
    pub(super) fn exchange(&mut self) {
        loop {
            while let Some(effect) = self.session.poll_effect() {
                self.effect(effect);
            }
            if !self.send_frames() {
                return;
            }
        }
    }

    /// Sends what there is room for. Whether something happened that has to be looked after.
    fn send_frames(&mut self) -> bool {
        let now = self.now();
        self.network.congested = false;
        let mut documents = Documents(&self.documents);
        while let Some((sender, _)) = &mut self.network.connection {
            if sender.buffered() > BUFFERED {
                self.network.congested = true;
                return false;
            }
            let Some(frame) = self.session.poll_frame(now, &mut documents) else { break };
            if sender.send(frame).is_err() {
                self.network.connection = None;
                self.session.disconnected(now);
                return true;
            }
        }
        self.session.has_effects()
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Connect => self.connect(),
            Effect::Disconnect => {
                self.network.connecting = None;
                self.network.connection = None;
            }
            Effect::Apply { document, update } => self.apply(&document, &update),
            Effect::Reissue { document, from } => self.reissue(&document, from),
            Effect::Acknowledged { document, version } => self.acknowledged(&document, version),
            Effect::Document(document) => drop(self.stale.insert(document, ())),
            Effect::Peer { document, peer, state } => {
                self.shared.set_peer(&document, peer.0, state.as_deref())
            }
            // The status is read from the session when it is published.
            Effect::Link(_) => {}
        }
    }

    fn connect(&mut self) {
        let Some(url) = self.network.url.clone() else { return };
        let transport = self.platform.transport();
        self.network.connection = None;
        self.network.connecting = Some(boxed(async move { transport.connect(&url).await }));
    }

    pub(super) fn connected(&mut self, result: Connected<P::Transport>) {
        let now = self.now();
        match result {
            Ok(connection) => {
                self.errors.remove(ADDRESS);
                self.network.connection = Some(connection);
                self.session.connected(now);
            }
            Err(error) => {
                if let TransportError::Address(_) = &error {
                    self.errors.insert(ADDRESS.into(), error.to_string());
                }
                self.session.disconnected(now);
            }
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.network.connection = None;
        self.session.disconnected(self.now());
    }

    /// Changes from the server: shown, then stored.
    fn apply(&mut self, id: &Arc<str>, update: &Update) {
        let now = self.now();
        let Some(document) = self.documents.get_mut(id) else { return };
        match document.cell.apply(update, Origin::Remote) {
            Ok(applied) => {
                self.session.applied(now, id, &applied.changes, applied.gap);
                if !applied.changes.is_empty() {
                    if document.unsaved.is_empty() {
                        document.write_at = now + GATHER;
                        self.due.insert((document.write_at, id.clone()), ());
                    }
                    document.unsaved.extend(applied.changes);
                }
            }
            Err(error) => drop(self.errors.insert(id.clone(), error.to_string())),
        }
        self.stale.insert(id.clone(), ());
    }

    fn acknowledged(&mut self, id: &Arc<str>, version: VersionVector) {
        let Some(document) = self.documents.get_mut(id) else { return };
        document.cell.with_state(|state| state.acknowledge(&version));
        document.acknowledged = Some(version);
        self.stale.insert(id.clone(), ());
        self.record(id);
    }
}
