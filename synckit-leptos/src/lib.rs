//! Leptos adapter of SyncKit: documents as signals.
//!
//! A handle of SyncKit becomes a signal by [`ObservableExt::signal`], and the signal changes when what the handle stands
//! for changes: by a write of this page, by somebody else, by another tab, by what is read from the device. A
//! component that shows one field of a document is not touched by a change of another one.
//!
//! ```
//! use leptos::prelude::*;
//! use synckit::prelude::*;
//! use synckit_leptos::prelude::*;
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
//! fn RecipePage(#[prop(into)] id: Signal<String>) -> impl IntoView {
//!     // Follows the id: another id, another document, and the first one is let go.
//!     let recipe = use_document::<Recipe>(move || id.get());
//!     view! { {move || view! { <RecipeCard recipe=recipe.get()/> }} }
//! }
//!
//! #[component]
//! fn RecipeCard(recipe: RecipeRef) -> impl IntoView {
//!     let title = recipe.title().rw_signal();
//!     let votes = recipe.votes();
//!     let steps = recipe.steps().signal();
//!     view! {
//!         <input bind:value=title/>
//!         <button on:click={let votes = votes.clone(); move |_| { let _ = votes.increment(1); }}>{votes.signal()}</button>
//!         // Keyed by element id: a step that moves keeps its part of the page, with focus and selection.
//!         <For each=move || steps.get() key=StepRef::id children=|step| view! { <li>{step.text().signal()}</li> }/>
//!     }
//! }
//! ```
//!
//! # Life of a subscription
//!
//! A signal holds its subscription, and the component that made the signal owns the signal: when the component goes
//! away, the subscription ends. Changes that arrive at that very moment find nobody, and nothing panics.
//!
//! # On the server
//!
//! With the feature `ssr` signals show what the handle holds at that moment and subscribe to nothing. A client starts
//! with documents that have not been read from its device yet, so render with a client that has none either (the
//! loading state), or give both the same contents before they render: then the first render in the browser matches.

mod badge;
mod context;
mod field;
mod follow;
mod hooks;
#[cfg(feature = "text")]
mod rich_text;
#[cfg(all(feature = "text", target_arch = "wasm32"))]
mod session;
mod signal;
#[cfg(feature = "text")]
mod text_field;

pub use badge::{ConnectionBadge, connection_name};
pub use context::{provide_synckit, try_use_synckit, use_synckit};
pub use field::{FieldRefExt, FieldSignal};
pub use follow::{FollowExt, follow, follow_field};
#[cfg(feature = "text")]
pub use hooks::use_text;
pub use hooks::{use_counter, use_document, use_list, use_presence, use_status};
#[cfg(feature = "text")]
pub use rich_text::{RichText, SyncRichText};
pub use signal::ObservableExt;
#[cfg(feature = "text")]
pub use synckit_editing::caret::{Caret, CaretSource, Carets};
#[cfg(feature = "text")]
pub use synckit_editing::rich::RichState;
#[cfg(feature = "text")]
pub use text_field::{SyncInput, SyncTextarea};

/// What most programs use: the hooks, and the traits that make signals of handles.
pub mod prelude {
    #[cfg(feature = "text")]
    pub use crate::{Caret, Carets, RichState, RichText, SyncInput, SyncRichText, SyncTextarea, use_text};
    pub use crate::{
        ConnectionBadge, FieldRefExt, FieldSignal, FollowExt, ObservableExt, follow, follow_field,
        provide_synckit, use_counter, use_document, use_list, use_presence, use_status, use_synckit,
    };
}
