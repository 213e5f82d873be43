//! What every adapter of SyncKit to a framework has to keep, written once and run against each of them.
//!
//! An adapter's tests implement [`Adapter`] with components of their framework and make a test of every promise:
//!
//! ```ignore
//! macro_rules! promises {
//!     ($($name:ident)*) => {
//!         $(#[tokio::test]
//!         async fn $name() {
//!             synckit_adapter_contract::$name::<MyAdapter>().await;
//!         })*
//!     };
//! }
//! synckit_adapter_contract::every_promise!(promises);
//! ```
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed assumption stops the test")]

mod lifecycle;
mod lists;
mod probe;
mod updates;

use std::future::Future;

use synckit::SyncKit;
use synckit::prelude::*;

pub use lifecycle::*;
pub use lists::*;
pub use probe::{Probe, Row};
pub use updates::*;

/// The document that the components under test show.
#[derive(Document, Clone, Debug, Default, PartialEq)]
pub struct Recipe {
    /// A field.
    pub title: String,
    /// Another one.
    pub vegan: bool,
    /// A counter.
    pub votes: Counter,
    /// A list of documents.
    pub steps: List<Step>,
}

/// An element of the list.
#[derive(Document, Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// A field of an element.
    pub text: String,
}

/// What a component under test shows of a recipe, and so all that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The title: [`Probe::ran`] with it.
    Title,
    /// Whether it is vegan: [`Probe::ran`] with `true` or `false`.
    Vegan,
    /// The votes: [`Probe::ran`] with their number.
    Votes,
    /// The ids of the steps, separated by spaces: [`Probe::ran`] with them; and below it a component for each step, keyed
    /// by its id, which shows its text: [`Probe::row_mounted`], [`Probe::row_ran`], [`Probe::row_unmounted`].
    Steps,
}

/// A framework with SyncKit's adapter, and a page of it to mount components in.
pub trait Adapter {
    /// Names a mounted component.
    type Mounted;

    /// An empty page whose components find this client.
    fn start(sync: SyncKit) -> Self;

    /// Mounts a component that shows a part of the recipe with this id; the component is there after the next turn at the
    /// latest.
    fn mount(&mut self, part: Part, id: &str, probe: &Probe) -> Self::Mounted;

    /// Gives a mounted component another id.
    fn set_id(&mut self, mounted: &Self::Mounted, id: &str);

    /// Takes a component away.
    fn unmount(&mut self, mounted: Self::Mounted);

    /// Runs everything that is scheduled.
    fn turn(&mut self) -> impl Future<Output = ()>;

    /// Sleeps until something is scheduled, and runs it. Wakes up without a reason after a second at the latest.
    fn woken(&mut self) -> impl Future<Output = ()>;
}

/// Calls a macro with the names of all promises.
#[macro_export]
macro_rules! every_promise {
    ($tests:ident) => {
        $tests! {
            a_hundred_commits_in_a_turn_run_a_component_once
            a_change_of_one_field_runs_no_component_of_another
            a_write_of_the_same_value_runs_nothing
            what_others_write_arrives
            writes_of_other_threads_wake_the_right_component
            a_component_that_comes_back_shows_what_happened_meanwhile
            another_id_is_another_document_and_the_first_one_is_let_go
            components_come_and_go_while_another_thread_writes
            ten_thousand_mounts_leave_no_subscription
            rows_keep_their_place_in_a_list_that_others_move
            a_change_inside_of_an_element_runs_its_row_alone
            rows_of_removed_elements_go
        }
    };
}

/// A client, the recipe with id `soup` of it, and a page.
fn begin<A: Adapter>() -> (SyncKit, RecipeRef, A) {
    let sync = SyncKit::in_memory(1);
    let recipe = sync.document::<Recipe>("soup");
    let page = A::start(sync.clone());
    (sync, recipe, page)
}

/// How many callbacks watch a document.
fn observers(recipe: &RecipeRef) -> usize {
    recipe.node().observer_count()
}
