//! The state that the page shows, without anything that could change it.

use std::fmt;

use leptos::prelude::*;

use storage::StorageMode;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Connection {
    Disabled,
    Connecting,
    Connected,
    Offline { since: u64, retry_at: u64 },
    NeedsAuth { reason: String },
    Refused { reason: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    Memory,
    Device,
    Server,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) connection: Connection,
    pub(crate) storage: StorageMode,
    pub(crate) pending: usize,
    pub(crate) saved: Tier,
    pub(crate) error: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum LoadState {
    Loading,
    #[default]
    Ready,
    Failed {
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) message: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DocumentStatus {
    pub(crate) load: LoadState,
    pub(crate) synced: bool,
    pub(crate) refused: Option<Refusal>,
}

pub(crate) mod storage {
    //! Where the client says that it keeps the documents.

    #[derive(Clone, Debug, PartialEq)]
    pub(crate) enum StorageMode {
        Persistent { backend: &'static str, protected: bool, reason: String },
        Memory { reason: String },
    }

    impl StorageMode {
        pub(crate) fn is_persistent(&self) -> bool {
            matches!(self, Self::Persistent { .. })
        }
    }
}

impl fmt::Display for StorageMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Persistent { reason, .. } | Self::Memory { reason }) = self;
        f.write_str(reason)
    }
}

pub(crate) fn use_status() -> Signal<Status> {
    RwSignal::new(Status {
        connection: Connection::Disabled,
        storage: StorageMode::Memory { reason: "this program keeps nothing".into() },
        pending: 0,
        saved: Tier::Memory,
        error: None,
    })
    .into()
}

#[component]
pub(crate) fn ConnectionBadge() -> impl IntoView {
    let status = use_status();
    let name = move || {
        status.with(|status| match status.connection {
            Connection::Disabled => "disabled",
            Connection::Connecting => "connecting",
            Connection::Connected => "connected",
            Connection::Offline { .. } => "offline",
            Connection::NeedsAuth { .. } => "needs-auth",
            Connection::Refused { .. } => "refused",
        })
    };
    view! { <span class="synckit-connection" role="status" data-state=name>{name}</span> }
}
