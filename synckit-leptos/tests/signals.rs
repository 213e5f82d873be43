//! Signals of handles: when they change and when they do not.
#![cfg(all(not(feature = "ssr"), not(target_arch = "wasm32")))]

mod support;

use std::sync::atomic::Ordering;

use leptos::prelude::*;
use support::{OtherRecipe, Recipe, Step, count_runs, end_of_turn, with_effects};
use synckit::prelude::*;
use synckit_leptos::{FieldRefExt, ObservableExt};

fn recipe() -> synckit::SyncKit {
    SyncKit::in_memory(1)
}

#[test]
fn a_hundred_commits_in_a_turn_run_an_effect_once() {
    with_effects(async {
        let owner = Owner::new();
        let recipe = recipe().document::<Recipe>("soup");
        let (runs, votes) = owner.with(|| {
            let votes = recipe.votes().signal();
            (count_runs(move || votes.get()), votes)
        });
        end_of_turn().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        for _ in 0..100 {
            recipe.votes().increment(1).unwrap();
        }
        assert_eq!(votes.get_untracked(), 100, "the value is there before any effect has run");
        end_of_turn().await;
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_change_of_one_field_touches_no_signal_of_another() {
    with_effects(async {
        let owner = Owner::new();
        let recipe = recipe().document::<Recipe>("soup");
        let (title, vegan, steps) = owner.with(|| {
            let (title, vegan) = (recipe.title().signal(), recipe.vegan().signal());
            let steps = recipe.steps().signal();
            (
                count_runs(move || title.get()),
                count_runs(move || vegan.get()),
                count_runs(move || steps.get()),
            )
        });
        end_of_turn().await;
        recipe.title().set("Soup").unwrap();
        end_of_turn().await;
        let runs = [&title, &vegan, &steps].map(|runs| runs.load(Ordering::SeqCst));
        assert_eq!(runs, [2, 1, 1]);

        let step = recipe.steps().push(Step { text: "Boil".into() }).unwrap();
        end_of_turn().await;
        assert_eq!(steps.load(Ordering::SeqCst), 2);
        step.text().set("Simmer").unwrap();
        end_of_turn().await;
        let runs = [&title, &vegan, &steps].map(|runs| runs.load(Ordering::SeqCst));
        assert_eq!(runs, [2, 1, 2], "what is inside of an element is not the list's business");
    });
}

#[test]
fn a_write_of_the_same_value_changes_nothing() {
    with_effects(async {
        let owner = Owner::new();
        let recipe = recipe().document::<Recipe>("soup");
        recipe.title().set("Soup").unwrap();
        let runs = owner.with(|| {
            let title = recipe.title().signal();
            count_runs(move || title.get())
        });
        end_of_turn().await;
        recipe.title().set("Soup").unwrap();
        end_of_turn().await;
        recipe.title().set("Stew").unwrap();
        recipe.title().set("Soup").unwrap();
        end_of_turn().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn what_others_write_arrives() {
    with_effects(async {
        let owner = Owner::new();
        let recipe = recipe().document::<Recipe>("soup");
        let title = owner.with(|| recipe.title().signal());
        assert_eq!(title.get_untracked(), "");
        let theirs = SyncKit::in_memory(2).document::<Recipe>("soup");
        theirs.title().set("Goulash").unwrap();
        recipe.import(&theirs.export()).unwrap();
        assert_eq!(title.get_untracked(), "Goulash");
    });
}

#[test]
fn a_value_of_another_type_keeps_what_was_there_and_can_be_asked_for() {
    let owner = Owner::new();
    let sync = recipe();
    let (recipe, other) = (sync.document::<Recipe>("soup"), sync.document::<OtherRecipe>("soup"));
    recipe.title().set("Soup").unwrap();
    let (title, result) = owner.with(|| (recipe.title().signal(), recipe.title().result_signal()));
    assert_eq!((title.get_untracked(), result.get_untracked()), ("Soup".to_owned(), Ok("Soup".to_owned())));
    other.title().set(true).unwrap();
    assert_eq!(title.get_untracked(), "Soup");
    assert!(matches!(result.get_untracked(), Err(synckit::ReadError::WrongType { .. })));
    recipe.title().set("Stew").unwrap();
    assert_eq!((title.get_untracked(), result.get_untracked()), ("Stew".to_owned(), Ok("Stew".to_owned())));
}

#[test]
fn a_mapped_signal_sees_the_whole_handle_and_other_signals() {
    with_effects(async {
        let owner = Owner::new();
        let recipe = recipe().document::<Recipe>("soup");
        for text in ["Boil", "Salt", "Serve"] {
            recipe.steps().push(Step { text: text.into() }).unwrap();
        }
        let (length, needle, runs) = owner.with(|| {
            let needle = RwSignal::new(String::from("S"));
            let length = recipe.map_signal(move |recipe| {
                let steps = recipe.steps().elements();
                needle.with(|needle| {
                    steps
                        .iter()
                        .filter(|step| step.text().get().is_ok_and(|text| text.starts_with(needle)))
                        .count()
                })
            });
            (length, needle, count_runs(move || length.get()))
        });
        end_of_turn().await;
        assert_eq!(length.get_untracked(), 2);
        recipe.steps().at(0).unwrap().text().set("Stir").unwrap();
        assert_eq!(length.get_untracked(), 3);
        needle.set("Sa".into());
        assert_eq!(length.get_untracked(), 1);
        end_of_turn().await;
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        recipe.title().set("Soup").unwrap();
        end_of_turn().await;
        assert_eq!(runs.load(Ordering::SeqCst), 2, "computed again, but it is the same");
    });
}

#[test]
fn a_two_way_signal_writes_the_field_and_reads_it() {
    with_effects(async {
        let owner = Owner::new();
        let recipe = recipe().document::<Recipe>("soup");
        let title = owner.with(|| recipe.title().rw_signal());
        title.set("Soup".into());
        assert_eq!(
            (recipe.title().get().unwrap(), title.get_untracked()),
            ("Soup".to_owned(), "Soup".to_owned())
        );
        recipe.title().set("Stew").unwrap();
        assert_eq!(title.get_untracked(), "Stew");
        assert_eq!(title.read_only().get_untracked(), "Stew");
    });
}

#[test]
fn a_write_that_fails_keeps_the_field_and_tells_why() {
    let owner = Owner::new();
    let recipe = recipe().document::<Recipe>("soup");
    let title = owner.with(|| recipe.title().rw_signal());
    title.set("Soup".into());
    assert_eq!(title.error().get_untracked(), None);
    title.set("x".repeat(2 << 20));
    assert!(title.error().get_untracked().is_some_and(|error| !error.to_string().is_empty()));
    assert_eq!(title.get_untracked(), "Soup");
    title.set("Stew".into());
    assert_eq!((title.error().get_untracked(), title.get_untracked()), (None, "Stew".to_owned()));
}
