//! Lists whose rows are keyed by element.

use synckit::SyncKit;
use synckit::prelude::*;

use crate::{Adapter, Part, Probe, Recipe, RecipeRef, Step, begin, observers};

fn ids(recipe: &RecipeRef) -> String {
    recipe.steps().elements().iter().map(|step| step.id().to_string()).collect::<Vec<_>>().join(" ")
}

fn fill(recipe: &RecipeRef, steps: usize) {
    for number in 0..steps {
        recipe.steps().push(Step { text: format!("Step {number}") }).unwrap();
    }
}

/// Two replicas move, insert and remove at once: the rows are in the merged order, each element that was there has the row
/// it had, and none of those ran again.
pub async fn rows_keep_their_place_in_a_list_that_others_move<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    fill(&recipe, 20);
    let list = Probe::default();
    page.mount(Part::Steps, "soup", &list);
    page.turn().await;
    assert_eq!((list.runs(), list.shown()), (1, ids(&recipe)));
    let before = list.rows();
    assert_eq!(before.len(), 20);

    for seed in 0..10_usize {
        let theirs = SyncKit::in_memory(100 + seed as u64).document::<Recipe>("soup");
        theirs.import(&recipe.export()).unwrap();
        for (side, recipe) in [&recipe, &theirs].into_iter().enumerate() {
            for turn in 0..5 {
                let steps = recipe.steps();
                let mixed = seed * 31 + side * 17 + turn * 7;
                let moved = steps.at(mixed % steps.len()).unwrap();
                steps.move_to(moved.id(), (mixed * 13 + 5) % steps.len()).unwrap();
            }
            recipe.steps().insert(seed % 7, Step { text: format!("From {side} in {seed}") }).unwrap();
        }
        recipe.import(&theirs.export()).unwrap();
        page.turn().await;
        assert_eq!(list.shown(), ids(&recipe), "round {seed}");
        assert_eq!(list.runs(), seed + 2, "one run for all of it");
    }
    let rows = list.rows();
    assert_eq!(rows.len(), 40);
    for (id, row) in &rows {
        assert_eq!((row.mounts, row.unmounts, row.runs), (1, 0, 1), "row {id}");
    }
    for (id, row) in &before {
        assert_eq!(rows[id].shown, row.shown);
    }
}

/// An element's field runs the element's row, not the list and not the other rows.
pub async fn a_change_inside_of_an_element_runs_its_row_alone<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    fill(&recipe, 10);
    let list = Probe::default();
    page.mount(Part::Steps, "soup", &list);
    page.turn().await;
    let step = recipe.steps().at(3).unwrap();
    // It moves and changes in one turn.
    recipe.steps().move_to(step.id(), 8).unwrap();
    step.text().set("Simmer").unwrap();
    page.turn().await;
    assert_eq!((list.runs(), list.shown()), (2, ids(&recipe)));
    step.text().set("Simmer gently").unwrap();
    page.turn().await;
    assert_eq!(list.runs(), 2);
    for (id, row) in list.rows() {
        let (runs, mounts) = if id == step.id().to_string() { (3, 1) } else { (1, 1) };
        assert_eq!((row.runs, row.mounts, row.unmounts), (runs, mounts, 0), "row {id}: {}", row.shown);
    }
    assert_eq!(list.rows()[&step.id().to_string()].shown, "Simmer gently");
}

/// The row of an element that somebody removes goes, with its subscription, also when the element changes meanwhile.
pub async fn rows_of_removed_elements_go<A: Adapter>() {
    let (_sync, recipe, mut page) = begin::<A>();
    fill(&recipe, 10);
    let list = Probe::default();
    let mounted = page.mount(Part::Steps, "soup", &list);
    page.turn().await;
    assert_eq!(observers(&recipe), 11);
    let removed: Vec<_> = (0..5).map(|at| recipe.steps().at(at * 2).unwrap()).collect();
    for step in &removed {
        step.text().set("Too late").unwrap();
        recipe.steps().remove(step.id()).unwrap();
        // A handle of what is gone can still be written; nobody shows it.
        let _ = step.text().set("Much too late");
    }
    page.turn().await;
    assert_eq!(list.shown(), ids(&recipe));
    let rows = list.rows();
    for (id, row) in &rows {
        let gone = removed.iter().any(|step| step.id().to_string() == *id);
        assert_eq!((row.mounts, row.unmounts), (1, usize::from(gone)), "row {id}");
    }
    assert_eq!(observers(&recipe), 6);
    page.unmount(mounted);
    page.turn().await;
    assert_eq!(observers(&recipe), 0);
}
