//! Where the workspace and its parts are.

use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    // The crate is always built from inside the workspace it serves, so the path of its own manifest leads there.
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// A file or folder of the workspace.
pub(crate) fn path(relative: &str) -> PathBuf {
    root().join(relative)
}
