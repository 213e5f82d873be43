//! Which changes run which components, and how often.

use std::time::{Duration, Instant};

use synckit::SyncKit;
use synckit::prelude::*;

use crate::{Adapter, Part, Probe, Recipe, begin};

/// Many transactions before the next turn are one run, with the last value.
pub async fn a_hundred_commits_in_a_turn_run_a_component_once<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    let votes = Probe::default();
    let _mounted = page.mount(Part::Votes, "soup", &votes);
    page.turn().await;
    assert_eq!((votes.runs(), votes.shown()), (1, "0".to_owned()));
    for _ in 0..100 {
        recipe.votes().increment(1).unwrap();
    }
    page.turn().await;
    assert_eq!((votes.runs(), votes.shown()), (2, "100".to_owned()));
    page.turn().await;
    assert_eq!(votes.runs(), 2);
}

/// A component runs for what it has read and for nothing else, nor does one of a list for what is inside of its elements.
pub async fn a_change_of_one_field_runs_no_component_of_another<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    let probes = [Part::Title, Part::Vegan, Part::Votes, Part::Steps].map(|part| {
        let probe = Probe::default();
        page.mount(part, "soup", &probe);
        probe
    });
    let runs = || probes.each_ref().map(Probe::runs);
    page.turn().await;
    assert_eq!(runs(), [1, 1, 1, 1]);
    recipe.title().set("Soup").unwrap();
    page.turn().await;
    assert_eq!(runs(), [2, 1, 1, 1]);
    recipe.votes().increment(1).unwrap();
    page.turn().await;
    assert_eq!(runs(), [2, 1, 2, 1]);
    let step = recipe.steps().push(crate::Step { text: "Boil".into() }).unwrap();
    page.turn().await;
    assert_eq!(runs(), [2, 1, 2, 2]);
    step.text().set("Simmer").unwrap();
    page.turn().await;
    assert_eq!(runs(), [2, 1, 2, 2], "what is inside of an element is not the list's business");
    // Several fields in one transaction: each component once.
    recipe
        .update(|recipe| {
            recipe.title().set("Stew")?;
            recipe.vegan().set(true)?;
            recipe.title().set("Ratatouille")
        })
        .unwrap();
    page.turn().await;
    assert_eq!(runs(), [3, 2, 2, 2]);
    assert_eq!(probes[0].shown(), "Ratatouille");
    assert_eq!(probes[1].shown(), "true");
}

/// What becomes what it was is no change.
pub async fn a_write_of_the_same_value_runs_nothing<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    recipe.title().set("Soup").unwrap();
    let title = Probe::default();
    page.mount(Part::Title, "soup", &title);
    page.turn().await;
    recipe.title().set("Soup").unwrap();
    page.turn().await;
    recipe.title().set("Stew").unwrap();
    recipe.title().set("Soup").unwrap();
    page.turn().await;
    assert_eq!((title.runs(), title.shown()), (1, "Soup".to_owned()));
}

/// Changes of another replica are shown as one's own are.
pub async fn what_others_write_arrives<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    let (title, vegan) = (Probe::default(), Probe::default());
    page.mount(Part::Title, "soup", &title);
    page.mount(Part::Vegan, "soup", &vegan);
    page.turn().await;
    let theirs = SyncKit::in_memory(2).document::<Recipe>("soup");
    theirs.title().set("Goulash").unwrap();
    recipe.import(&theirs.export()).unwrap();
    page.turn().await;
    assert_eq!((title.runs(), title.shown()), (2, "Goulash".to_owned()));
    assert_eq!(vegan.runs(), 1);
}

/// A page that sleeps is woken by a write on another thread, and runs what it has to and no more.
pub async fn writes_of_other_threads_wake_the_right_component<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    let (title, votes) = (Probe::default(), Probe::default());
    page.mount(Part::Title, "soup", &title);
    page.mount(Part::Votes, "soup", &votes);
    page.turn().await;
    let writer = {
        let recipe = recipe.clone();
        std::thread::spawn(move || {
            for _ in 0..1_000 {
                recipe.votes().increment(1).unwrap();
            }
            std::thread::sleep(Duration::from_millis(50));
            recipe.votes().increment(1).unwrap();
        })
    };
    let begin = Instant::now();
    while votes.shown() != "1001" {
        let (shown, made) = (votes.shown(), recipe.votes().get());
        assert!(begin.elapsed() < Duration::from_secs(20), "{shown} votes are shown, {made:?} were made");
        page.woken().await;
    }
    writer.join().unwrap();
    assert_eq!(title.runs(), 1);
}
