//! What every adapter has to keep, in a real `VirtualDom` without a renderer.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod support;

use dioxus::prelude::*;
use support::Page;
use synckit::{DocumentRef, SyncKit};
use synckit_adapter_contract::{Adapter, Part, Probe, Recipe, RecipeRef, StepRef};
use synckit_dioxus::{ObservableExt, use_document};

/// A component that is to be mounted.
#[derive(Clone, PartialEq)]
struct Wanted {
    key: u64,
    part: Part,
    id: String,
    probe: Probe,
}

struct Dioxus {
    page: Page<Vec<Wanted>>,
    last: u64,
}

impl Adapter for Dioxus {
    type Mounted = u64;

    fn start(sync: SyncKit) -> Self {
        Self { page: Page::new(sync, Vec::new(), app), last: 0 }
    }

    fn mount(&mut self, part: Part, id: &str, probe: &Probe) -> u64 {
        self.last += 1;
        let wanted = Wanted { key: self.last, part, id: id.to_owned(), probe: probe.clone() };
        self.page.change(|all| all.push(wanted));
        self.last
    }

    fn set_id(&mut self, mounted: &u64, id: &str) {
        self.page.change(|all| {
            let wanted = all.iter_mut().find(|wanted| wanted.key == *mounted).unwrap();
            id.clone_into(&mut wanted.id);
        });
    }

    fn unmount(&mut self, mounted: u64) {
        self.page.change(|all| all.retain(|wanted| wanted.key != mounted));
    }

    async fn turn(&mut self) {
        self.page.turn().await;
    }

    async fn woken(&mut self) {
        self.page.woken().await;
    }
}

fn app(all: Vec<Wanted>) -> Element {
    rsx! {
        for wanted in all {
            Shown { key: "{wanted.key}", part: wanted.part, id: wanted.id, probe: wanted.probe }
        }
    }
}

#[component]
fn Shown(part: Part, id: String, probe: Probe) -> Element {
    let recipe = use_document::<Recipe>(id);
    match part {
        Part::Title => rsx! { Title { recipe, probe } },
        Part::Vegan => rsx! { Vegan { recipe, probe } },
        Part::Votes => rsx! { Votes { recipe, probe } },
        Part::Steps => rsx! { Steps { recipe, probe } },
    }
}

#[component]
fn Title(recipe: RecipeRef, probe: Probe) -> Element {
    let title = recipe.title().signal();
    probe.ran(title());
    rsx! { "{title}" }
}

#[component]
fn Vegan(recipe: RecipeRef, probe: Probe) -> Element {
    let vegan = recipe.vegan().signal();
    probe.ran(vegan());
    rsx! { "{vegan}" }
}

#[component]
fn Votes(recipe: RecipeRef, probe: Probe) -> Element {
    let votes = recipe.votes().signal();
    probe.ran(votes());
    rsx! { "{votes}" }
}

#[component]
fn Steps(recipe: RecipeRef, probe: Probe) -> Element {
    let steps = recipe.steps().signal();
    probe.ran(steps.read().iter().map(|step| step.id().to_string()).collect::<Vec<_>>().join(" "));
    rsx! {
        for step in steps() {
            StepRow { key: "{step.id()}", step, probe: probe.clone() }
        }
    }
}

#[component]
fn StepRow(step: StepRef, probe: Probe) -> Element {
    let id = step.id();
    use_hook(|| probe.row_mounted(id));
    use_drop({
        let probe = probe.clone();
        move || probe.row_unmounted(id)
    });
    let text = step.text().signal();
    probe.row_ran(id, text());
    rsx! { li { "{text}" } }
}

macro_rules! promises {
    ($($name:ident)*) => {
        $(#[tokio::test]
        async fn $name() {
            synckit_adapter_contract::$name::<Dioxus>().await;
        })*
    };
}
synckit_adapter_contract::every_promise!(promises);
