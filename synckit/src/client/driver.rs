//! The loop that stores, sends and receives.

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
