//! The client, for every component below.

use leptos::prelude::*;
use synckit::SyncKit;

/// Gives the client to all components below this one.
///
/// ```
/// # use leptos::prelude::*;
/// use synckit::SyncKit;
/// use synckit_leptos::{provide_synckit, use_synckit};
///
/// fn app(sync: SyncKit) -> impl IntoView {
///     provide_synckit(sync);
///     // Here, or in any component further down:
///     let sync = use_synckit();
///     let likes = sync.counter("likes");
/// }
/// ```
pub fn provide_synckit(sync: SyncKit) {
    provide_context(sync);
}

/// The client that a component above has provided. O(depth of the component tree).
///
/// # Panics
/// When no component above has called [`provide_synckit`]: a mistake in the program, not something that happens to a
/// visitor. [`try_use_synckit`] asks instead.
#[track_caller]
pub fn use_synckit() -> SyncKit {
    expect_context::<SyncKit>()
}

/// The client that a component above has provided, if one has.
pub fn try_use_synckit() -> Option<SyncKit> {
    use_context::<SyncKit>()
}
