//! Whether a path still leads to the file that was opened.

use std::path::Path;

/// Tells one file from another for as long as one of them is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    number: u64,
}

impl Identity {
    /// Of what is at `path` now. `None` when nothing is there.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self { device: metadata.dev(), number: metadata.ino() })
    }

    /// Elsewhere a file that is open cannot be removed or replaced: it is always the same.
    #[cfg(not(unix))]
    pub(super) fn of(path: &Path) -> Option<Self> {
        path.exists().then_some(Self { device: 0, number: 0 })
    }
}
