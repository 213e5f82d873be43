//! What every adapter has to keep, for the signals of components whose effects stand for what a browser shows.
#![cfg(all(not(feature = "ssr"), not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use support::{end_of_turn, with_effects};
use synckit::prelude::*;
use synckit_adapter_contract::{Adapter, Part, Probe, Recipe, RecipeRef, StepRef};
use synckit_leptos::{FollowExt, ObservableExt, provide_synckit, use_document};

struct Leptos {
    app: Owner,
    /// What is mounted, each with the signal of its id.
    mounted: BTreeMap<u64, (Owner, RwSignal<String>)>,
    last: u64,
}

impl Adapter for Leptos {
    type Mounted = u64;

    fn start(sync: SyncKit) -> Self {
        let app = Owner::new();
        app.with(|| provide_synckit(sync));
        Self { app, mounted: BTreeMap::new(), last: 0 }
    }

    fn mount(&mut self, part: Part, id: &str, probe: &Probe) -> u64 {
        let component = self.app.child();
        let id = component.with(|| {
            let id = RwSignal::new(id.to_owned());
            let recipe = use_document::<Recipe>(move || id.get());
            show(part, recipe, probe.clone());
            id
        });
        self.last += 1;
        self.mounted.insert(self.last, (component, id));
        self.last
    }

    fn set_id(&mut self, mounted: &u64, id: &str) {
        self.mounted[mounted].1.set(id.to_owned());
    }

    fn unmount(&mut self, mounted: u64) {
        let (component, _) = self.mounted.remove(&mounted).unwrap();
        component.cleanup();
    }

    async fn turn(&mut self) {
        end_of_turn().await;
    }

    async fn woken(&mut self) {
        // What is woken by another thread runs while this sleeps.
        tokio::time::sleep(Duration::from_millis(1)).await;
        end_of_turn().await;
    }
}

fn show(part: Part, recipe: Signal<RecipeRef>, probe: Probe) {
    match part {
        Part::Title => {
            let title = recipe.follow(RecipeRef::title);
            Effect::new(move |_| probe.ran(title.get()));
        }
        Part::Vegan => {
            let vegan = recipe.follow(RecipeRef::vegan);
            Effect::new(move |_| probe.ran(vegan.get()));
        }
        Part::Votes => {
            let votes = recipe.follow(RecipeRef::votes);
            Effect::new(move |_| probe.ran(votes.get()));
        }
        Part::Steps => {
            let steps = recipe.follow(RecipeRef::steps);
            keyed_rows(steps, probe);
        }
    }
}

/// What `<For>` does, without a page: an owner for each key, kept for as long as the key is in the list.
fn keyed_rows(steps: Signal<Vec<StepRef>>, probe: Probe) {
    let rows = Rc::new(RefCell::new(BTreeMap::<String, Owner>::new()));
    let component = Owner::current().unwrap();
    Effect::new(move |_| {
        let steps = steps.get();
        let ids: Vec<String> = steps.iter().map(|step| step.id().to_string()).collect();
        probe.ran(ids.join(" "));
        let mut rows = rows.borrow_mut();
        rows.retain(|id, row| {
            let stays = ids.contains(id);
            if !stays {
                row.cleanup();
            }
            stays
        });
        for (id, step) in ids.into_iter().zip(steps) {
            rows.entry(id.clone()).or_insert_with(|| {
                let row = component.child();
                row.with(|| show_row(id, &step, probe.clone()));
                row
            });
        }
    });
}

fn show_row(id: String, step: &StepRef, probe: Probe) {
    probe.row_mounted(&id);
    on_cleanup({
        let (id, probe) = (id.clone(), probe.clone());
        move || probe.row_unmounted(id)
    });
    let text = step.text().signal();
    Effect::new(move |_| probe.row_ran(&id, text.get()));
}

macro_rules! promises {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            with_effects(synckit_adapter_contract::$name::<Leptos>());
        })*
    };
}
synckit_adapter_contract::every_promise!(promises);
