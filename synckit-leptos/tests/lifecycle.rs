//! Components that come and go while changes arrive.
#![cfg(all(not(feature = "ssr"), not(target_arch = "wasm32")))]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use support::{Counted, Recipe, RecipeRef, count_runs, end_of_turn, with_effects};
use synckit::prelude::*;
use synckit_leptos::{
    FieldRefExt, FollowExt, ObservableExt, follow, provide_synckit, use_counter, use_document, use_list,
    use_presence, use_status,
};

#[test]
fn ten_thousand_mounts_leave_no_subscription() {
    let title = Counted::new(SyncKit::in_memory(1).document::<Recipe>("soup").title());
    let app = Owner::new();
    for _ in 0..10_000 {
        let component = app.child();
        component.with(|| {
            let signal = title.signal();
            assert_eq!(signal.get(), "");
            // One for the handle in the signal, one for the callback.
            assert_eq!(title.live(1), 1);
        });
        component.cleanup();
        assert_eq!(title.live(0), 0);
    }
}

#[test]
fn a_signal_that_nobody_has_read_is_cleaned_up_too() {
    let title = Counted::new(SyncKit::in_memory(1).document::<Recipe>("soup").title());
    let component = Owner::new();
    component.with(|| {
        title.map_signal(|title| title.get().is_ok());
    });
    component.cleanup();
    assert_eq!(title.live(0), 0);
}

#[test]
fn a_component_that_goes_away_in_the_midst_of_a_notification_is_left_alone() {
    with_effects(async {
        let recipe = SyncKit::in_memory(1).document::<Recipe>("soup");
        let app = Owner::new();
        let component = app.child();
        // Subscribed before the signal, so it is called first, and takes the component away.
        let doomed = component.clone();
        let before = recipe.title().observe(move || doomed.cleanup());
        let (signal, field) = component.with(|| (recipe.title().signal(), recipe.title().rw_signal()));
        let runs = component.with(|| count_runs(move || signal.try_get()));
        end_of_turn().await;
        recipe.title().set("Soup").unwrap();
        end_of_turn().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(signal.try_get_untracked(), None);
        assert_eq!(field.try_set("Stew".into()), Some("Stew".to_owned()));
        assert_eq!(recipe.title().get().unwrap(), "Soup");
        drop(before);
    });
}

#[test]
fn mounting_and_unmounting_while_another_thread_writes() {
    let recipe = SyncKit::in_memory(1).document::<Recipe>("soup");
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (recipe, stop) = (recipe.clone(), stop.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                recipe.votes().increment(1).unwrap();
            }
        })
    };
    let app = Owner::new();
    let mut last = 0;
    for _ in 0..2_000 {
        let component = app.child();
        component.with(|| {
            let votes = recipe.votes().signal();
            let now = votes.get();
            assert!(now >= last);
            last = votes.get();
        });
        component.cleanup();
    }
    stop.store(true, Ordering::SeqCst);
    writer.join().unwrap();
}

#[test]
fn a_component_that_comes_back_shows_what_happened_meanwhile() {
    with_effects(async {
        let recipe = SyncKit::in_memory(1).document::<Recipe>("soup");
        let app = Owner::new();
        let first = app.child();
        assert_eq!(first.with(|| recipe.title().signal().get_untracked()), "");
        first.cleanup();
        recipe.title().set("Soup").unwrap();
        let second = app.child();
        let title = second.with(|| recipe.title().signal());
        assert_eq!(title.get_untracked(), "Soup");
        recipe.title().set("Stew").unwrap();
        assert_eq!(title.get_untracked(), "Stew");
    });
}

#[test]
fn another_id_is_another_document_and_the_first_one_is_let_go() {
    with_effects(async {
        let sync = SyncKit::in_memory(1);
        let (soup, salad) = (sync.document::<Recipe>("soup"), sync.document::<Recipe>("salad"));
        soup.title().set("Soup").unwrap();
        salad.title().set("Salad").unwrap();
        let app = Owner::new();
        let (id, title, field, runs) = app.with(|| {
            provide_synckit(sync.clone());
            let id = RwSignal::new("soup".to_owned());
            let recipe = use_document::<Recipe>(move || id.get());
            let title = recipe.follow(RecipeRef::title);
            (id, title, recipe.follow_field(RecipeRef::title), count_runs(move || title.get()))
        });
        end_of_turn().await;
        assert_eq!(title.get_untracked(), "Soup");
        id.set("salad".to_owned());
        end_of_turn().await;
        assert_eq!((title.get_untracked(), field.get_untracked()), ("Salad".to_owned(), "Salad".to_owned()));
        assert_eq!(runs.load(Ordering::SeqCst), 2);

        soup.title().set("Cold soup").unwrap();
        end_of_turn().await;
        assert_eq!((title.get_untracked(), runs.load(Ordering::SeqCst)), ("Salad".to_owned(), 2));
        field.set("Green salad".to_owned());
        end_of_turn().await;
        assert_eq!(
            (salad.title().get().unwrap(), title.get_untracked()),
            ("Green salad".into(), "Green salad".into())
        );
        assert_eq!(soup.title().get().unwrap(), "Cold soup");
    });
}

#[test]
fn following_ends_the_subscription_before() {
    let sync = SyncKit::in_memory(1);
    let handles: Vec<_> = ["a", "b"].map(|id| Counted::new(sync.document::<Recipe>(id).title())).into();
    let (first, second) = (handles[0].clone(), handles[1].clone());
    let app = Owner::new();
    let (at, title) = app.with(|| {
        let at = RwSignal::new(0);
        (at, follow(move || handles[at.get()].clone()))
    });
    assert_eq!((first.live(1), second.live(1)), (0, 0), "nothing is subscribed before somebody looks");
    title.get_untracked();
    assert_eq!((first.live(2), second.live(1)), (1, 0));
    at.set(1);
    title.get_untracked();
    assert_eq!((first.live(1), second.live(2)), (0, 1));
    app.cleanup();
    assert_eq!((first.live(0), second.live(0)), (0, 0));
}

#[test]
fn counters_lists_and_status_of_a_client() {
    with_effects(async {
        let sync = SyncKit::in_memory(1);
        let app = Owner::new();
        let (likes, tags, status) = app.with(|| {
            provide_synckit(sync.clone());
            let tags = use_list::<String>(|| "tags".to_owned());
            (use_counter(|| "likes".to_owned()).value(), tags.value(), use_status())
        });
        sync.counter("likes").increment(2).unwrap();
        let (red, green) = (
            sync.list::<String>("tags").push("red".into()),
            sync.list::<String>("tags").push("green".into()),
        );
        assert_eq!(likes.get_untracked(), 2);
        let ids = || tags.with_untracked(|tags| tags.iter().map(|tag| tag.id()).collect::<Vec<_>>());
        let (red, green) = (red.unwrap().id(), green.unwrap().id());
        assert_eq!(ids(), [red, green]);
        sync.list::<String>("tags").move_to(green, 0).unwrap();
        assert_eq!(ids(), [green, red]);
        assert_eq!(status.get_untracked(), sync.status().get().unwrap());
    });
}

#[derive(FieldValue, Clone, Debug, Default, PartialEq)]
struct Me {
    name: String,
}

#[test]
fn presence_is_told_again_when_it_changes() {
    with_effects(async {
        let app = Owner::new();
        let told = Arc::new(Mutex::new(Vec::new()));
        let (name, others) = app.with(|| {
            provide_synckit(SyncKit::in_memory(1));
            let name = RwSignal::new("Ada".to_owned());
            let told = told.clone();
            let others = use_presence(
                || "soup".to_owned(),
                move || {
                    told.lock().unwrap().push(name.get());
                    Me { name: name.get() }
                },
            );
            (name, others)
        });
        end_of_turn().await;
        name.set("Grace".to_owned());
        end_of_turn().await;
        assert_eq!(*told.lock().unwrap(), ["Ada", "Grace"]);
        assert_eq!(others.get_untracked(), []);
    });
}
