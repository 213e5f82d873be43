//! How things stand with the server, for the visitor.
#![allow(unreachable_pub, reason = "what `#[component]` generates besides the component")]

use leptos::prelude::*;
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
/// yours. Attributes may be added: `<ConnectionBadge attr:id="connection"/>`.
///
/// ```
/// # use leptos::prelude::*;
/// use synckit::Connection;
/// use synckit_leptos::ConnectionBadge;
///
/// fn header() -> impl IntoView {
///     // In another language:
///     let words = |connection: &Connection| match connection {
///         Connection::Connected => "Verbunden".to_owned(),
///         _ => "Nicht verbunden".to_owned(),
///     };
///     view! { <ConnectionBadge label=words/> }
/// }
/// ```
#[component]
pub fn ConnectionBadge(
    /// The words for a state; without it English ones.
    #[prop(default = english)]
    label: fn(&Connection) -> String,
) -> impl IntoView {
    let status = use_status();
    let connection = Memo::new(move |_| status.with(|status| status.connection.clone()));
    view! {
        <span class="synckit-connection" role="status" data-state=move || connection.with(connection_name)>
            {move || connection.with(label)}
        </span>
    }
}

fn english(connection: &Connection) -> String {
    connection.words().to_owned()
}
