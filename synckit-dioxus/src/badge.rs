//! How things stand with the server, for the visitor.

use dioxus::prelude::*;
use synckit::Connection;

use crate::hooks::use_status;

/// A name for a state of the connection, for styles and tests: `connecting`, `connected`, `offline`, `needs-auth`,
/// `refused`, `disabled`.
pub fn connection_name(connection: &Connection) -> &'static str {
    connection.name()
}

/// The state of the connection in a word, read out by screen readers when it changes.
///
/// It comes without a style: `class="synckit-connection"` and `data-state` (see [`connection_name`]) are there for
/// yours.
///
/// ```
/// # use dioxus::prelude::*;
/// use synckit::Connection;
/// use synckit_dioxus::ConnectionBadge;
///
/// #[component]
/// fn Header() -> Element {
///     // In another language:
///     rsx! {
///         ConnectionBadge {
///             label: move |connection| match connection {
///                 Connection::Connected => "Verbunden".to_owned(),
///                 _ => "Nicht verbunden".to_owned(),
///             }
///         }
///     }
/// }
/// ```
#[component]
pub fn ConnectionBadge(
    /// The words for a state; without it English ones.
    label: Option<Callback<Connection, String>>,
) -> Element {
    let status = use_status();
    // Rendered again when the connection changes, not with every change that is saved.
    let connection = use_memo(move || status.read().connection.clone());
    let words = match label {
        Some(label) => label.call(connection()),
        None => connection.read().words().to_owned(),
    };
    rsx! {
        span { class: "synckit-connection", role: "status", "data-state": connection_name(&connection.read()), "{words}" }
    }
}
