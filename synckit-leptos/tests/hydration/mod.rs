//! A page that one test renders on a server and another one takes over in a browser.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each of the tests uses a part of it")]

use leptos::prelude::*;
use synckit::prelude::*;
use synckit_leptos::{ConnectionBadge, FieldRefExt, FollowExt, ObservableExt, use_document};

/// What the server sends, with the marks for hydration. The test of rendering sees to it that this is what it renders;
/// `SYNCKIT_WRITE_GOLDEN=1` writes it anew.
pub(crate) const PAGES: [&str; 2] = [include_str!("empty.html"), include_str!("full.html")];

#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Recipe {
    pub(crate) title: String,
    pub(crate) steps: List<Step>,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Step {
    pub(crate) text: String,
}

/// A client whose document is empty, or holds something.
pub(crate) fn client(full: bool) -> SyncKit {
    let sync = SyncKit::in_memory(1);
    if full {
        let recipe = sync.document::<Recipe>("soup");
        recipe.title().set("Soup & more").unwrap();
        for text in ["Boil", "Serve"] {
            recipe.steps().push(Step { text: text.into() }).unwrap();
        }
    }
    sync
}

#[component]
pub(crate) fn Card() -> impl IntoView {
    let recipe = use_document::<Recipe>(|| "soup".to_owned());
    let steps = recipe.follow(RecipeRef::steps);
    view! {
        <ConnectionBadge/>
        <h1>{recipe.follow(RecipeRef::title)}</h1>
        <input bind:value=recipe.get_untracked().title().rw_signal()/>
        <ul><For each=move || steps.get() key=StepRef::id children=|step| view! { <li>{step.text().signal()}</li> }/></ul>
    }
}
