//! Dioxus adapter of SyncKit: documents as signals.
//!
//! A handle of SyncKit becomes a signal by [`ObservableExt::signal`], and the signal changes when what the handle stands
//! for changes: by a write of this program, by somebody else, by another tab or process, by what is read from the
//! device. A component that shows one field of a document is not rendered again for a change of another one.
//!
//! ```
//! use dioxus::prelude::*;
//! use synckit::prelude::*;
//! use synckit_dioxus::prelude::*;
//!
//! #[derive(Document, Clone, Debug, Default, PartialEq)]
//! struct Recipe {
//!     title: String,
//!     votes: Counter,
//!     steps: List<Step>,
//! }
//!
//! #[derive(Document, Clone, Debug, Default, PartialEq)]
//! struct Step {
//!     text: String,
//! }
//!
//! #[component]
//! fn RecipePage(id: String) -> Element {
//!     // Another id, another document, and the first one is let go.
//!     let recipe = use_document::<Recipe>(id);
//!     let title = recipe.title().rw_signal();
//!     let votes = recipe.votes().signal();
//!     let steps = recipe.steps().signal();
//!     rsx! {
//!         input { value: title, oninput: move |event| title.set(event.value()) }
//!         button { onclick: move |_| { let _ = recipe.votes().increment(1); }, "{votes}" }
//!         // Keyed by element id: a step that moves keeps its part of the page, with focus and selection.
//!         for step in steps() {
//!             StepRow { key: "{step.id()}", step }
//!         }
//!     }
//! }
//!
//! #[component]
//! fn StepRow(step: StepRef) -> Element {
//!     let text = step.text().signal();
//!     rsx! { li { "{text}" } }
//! }
//! ```
//!
//! # Hooks
//!
//! `use_document` and its like are hooks, and so are the methods that make signals: call them at the top of a component, in
//! the same order each time, not in loops, conditions or event handlers. A row of a list is a component of its own. A
//! hook that is given another handle than the time before follows it.
//!
//! # Life of a subscription
//!
//! A signal belongs to the component that made it and holds its subscription: when the component goes away, the subscription
//! ends. Changes that arrive at that very moment find nobody, and nothing panics. Changes may be made on any thread;
//! components are rendered on theirs, and hear of other threads' changes between two renderings, never within one.
//!
//! # Web and desktop
//!
//! The adapter is the same for both. What differs is the client that is provided: with the feature `client`, [`connect`] opens
//! the store of the target that is built for, `synckit-storage-web` in a browser and `synckit-storage-native` everywhere
//! else. That takes a moment, so a program begins with a component that waits for it:
//!
#![cfg_attr(feature = "client", doc = "```")]
#![cfg_attr(not(feature = "client"), doc = "```ignore")]
//! use dioxus::prelude::*;
//! use synckit::prelude::*;
//! use synckit_dioxus::prelude::*;
//!
//! # #[allow(non_snake_case)]
//! fn App() -> Element {
//!     let started = use_resource(|| connect("my-app", "wss://example.org/v1/sync"));
//!     match &*started.read() {
//!         Some(Ok(sync)) => rsx! { Main { sync: sync.clone() } },
//!         Some(Err(error)) => rsx! { "{error}" },
//!         None => rsx! { "One moment" },
//!     }
//! }
//!
//! #[component]
//! fn Main(sync: SyncKit) -> Element {
//!     use_synckit_provider(move || sync);
//!     rsx! { ConnectionBadge {} }
//! }
//! ```
//!
//! Without the feature none of the two crates is a dependency, and the client comes from `SyncKit::builder`.

mod badge;
#[cfg(feature = "client")]
mod client;
mod context;
#[cfg(feature = "text")]
mod editing;
mod field;
mod hooks;
mod inbox;
#[cfg(feature = "text")]
mod rich_text;
mod signal;
mod source;
#[cfg(feature = "text")]
mod text_field;

pub use badge::{ConnectionBadge, connection_name};
#[cfg(feature = "client")]
pub use client::{ClientError, DeviceStorage, connect, connect_with};
pub use context::{try_use_synckit, use_synckit, use_synckit_provider};
pub use field::{FieldRefExt, FieldSignal};
#[cfg(feature = "text")]
pub use hooks::use_text;
pub use hooks::{use_counter, use_document, use_list, use_presence, use_status};
#[cfg(feature = "text")]
pub use rich_text::{RichText, SyncRichText, use_rich_text};
pub use signal::ObservableExt;
#[cfg(feature = "text")]
pub use synckit_editing::caret::{Caret, CaretSource, Carets};
#[cfg(feature = "text")]
pub use synckit_editing::rich::RichState;
#[cfg(feature = "text")]
pub use text_field::{SyncInput, SyncTextarea};

/// What most programs use: the hooks, and the traits that make signals of handles.
pub mod prelude {
    #[cfg(feature = "client")]
    pub use crate::connect;
    #[cfg(feature = "text")]
    pub use crate::{
        Caret, Carets, RichState, RichText, SyncInput, SyncRichText, SyncTextarea, use_rich_text, use_text,
    };
    pub use crate::{
        ConnectionBadge, FieldRefExt, FieldSignal, ObservableExt, use_counter, use_document, use_list,
        use_presence, use_status, use_synckit, use_synckit_provider,
    };
}
