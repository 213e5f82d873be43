//! The client, for every component below.

use dioxus::prelude::*;
use synckit::SyncKit;

/// Gives the client that `client` returns to all components below this one; it is called once. A hook.
///
/// ```
/// # use dioxus::prelude::*;
/// use synckit::SyncKit;
/// use synckit_dioxus::{use_synckit, use_synckit_provider};
///
/// #[component]
/// fn App(sync: SyncKit) -> Element {
///     use_synckit_provider(move || sync);
///     rsx! { Likes {} }
/// }
///
/// #[component]
/// fn Likes() -> Element {
///     let likes = use_synckit().counter("likes");
///     rsx! { button { onclick: move |_| { let _ = likes.increment(1); }, "Like" } }
/// }
/// ```
pub fn use_synckit_provider(client: impl FnOnce() -> SyncKit) -> SyncKit {
    use_context_provider(client)
}

/// The client that a component above has provided. A hook.
///
/// # Panics
/// When no component above has called [`use_synckit_provider`]: a mistake in the program, not something that happens to a
/// visitor. [`try_use_synckit`] asks instead.
#[track_caller]
pub fn use_synckit() -> SyncKit {
    use_context::<SyncKit>()
}

/// The client that a component above has provided, if one has. A hook.
pub fn try_use_synckit() -> Option<SyncKit> {
    try_use_context::<SyncKit>()
}
