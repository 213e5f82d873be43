//! What the browser's document shows, and that it is the same elements that show it.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::task::tick;
use synckit::prelude::*;
use synckit_leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Recipe {
    title: String,
    vegan: bool,
    steps: List<Step>,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Step {
    text: String,
}

fn recipe() -> RecipeRef {
    SyncKit::in_memory(1).document::<Recipe>("soup")
}

/// A place in the page for one test.
fn stage() -> HtmlElement {
    let stage = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&stage).unwrap();
    stage.unchecked_into()
}

fn items(stage: &HtmlElement) -> Vec<Element> {
    let found = stage.query_selector_all("li").unwrap();
    (0..found.length()).map(|at| found.item(at).unwrap().unchecked_into()).collect()
}

fn texts(stage: &HtmlElement) -> Vec<String> {
    items(stage).iter().map(|item| item.text_content().unwrap()).collect()
}

async fn rendered() {
    for _ in 0..3 {
        tick().await;
    }
}

fn mount_steps(
    recipe: &RecipeRef,
    stage: &HtmlElement,
) -> UnmountHandle<impl leptos::tachys::view::Mountable> {
    let recipe = recipe.clone();
    mount_to(stage.clone(), move || {
        let steps = recipe.steps().signal();
        view! { <For each=move || steps.get() key=StepRef::id children=|step| view! { <li tabindex="0">{step.text().signal()}</li> }/> }
    })
}

#[wasm_bindgen_test]
async fn an_item_that_moves_keeps_its_element() {
    let (recipe, stage) = (recipe(), stage());
    let ids: Vec<_> =
        ["a", "b", "c", "d"].map(|text| recipe.steps().push(Step { text: text.into() }).unwrap().id()).into();
    let _mounted = mount_steps(&recipe, &stage);
    rendered().await;
    let before = items(&stage);
    assert_eq!(texts(&stage), ["a", "b", "c", "d"]);

    recipe.steps().move_to(ids[3], 0).unwrap();
    recipe.steps().remove(ids[1]).unwrap();
    recipe.steps().push(Step { text: "e".into() }).unwrap();
    rendered().await;
    assert_eq!(texts(&stage), ["d", "a", "c", "e"]);
    let after = items(&stage);
    assert!(
        after[0] == before[3] && after[1] == before[0] && after[2] == before[2],
        "elements were made anew"
    );
    assert!(before.iter().all(|element| *element != after[3]));
}

#[wasm_bindgen_test]
async fn a_text_that_changes_changes_nothing_else() {
    let (recipe, stage) = (recipe(), stage());
    let first = recipe.steps().push(Step { text: "a".into() }).unwrap();
    recipe.steps().push(Step { text: "b".into() }).unwrap();
    let _mounted = mount_steps(&recipe, &stage);
    rendered().await;
    let before = items(&stage);
    let nodes: Vec<_> = before.iter().map(|item| item.first_child().unwrap()).collect();
    let focused: HtmlElement = before[0].clone().unchecked_into();
    focused.focus().unwrap();
    first.text().set("A").unwrap();
    rendered().await;
    assert_eq!(texts(&stage), ["A", "b"]);
    let after = items(&stage);
    assert!(after.iter().zip(&nodes).all(|(item, node)| item.first_child().as_ref() == Some(node)));
    assert_eq!(document().active_element().as_ref(), Some(&before[0]));
}

#[wasm_bindgen_test]
async fn what_is_typed_is_written_and_what_is_written_is_shown() {
    let (recipe, stage) = (recipe(), stage());
    let shown = recipe.clone();
    let _mounted = mount_to(stage.clone(), move || {
        let (title, vegan) = (shown.title().rw_signal(), shown.vegan().rw_signal());
        view! { <input type="text" bind:value=title/><input type="checkbox" bind:checked=vegan/> }
    });
    rendered().await;
    let find = |kind: &str| -> HtmlInputElement {
        stage.query_selector(&format!("[type={kind}]")).unwrap().unwrap().unchecked_into()
    };
    let (text, check) = (find("text"), find("checkbox"));
    text.set_value("Soup");
    text.dispatch_event(&Event::new("input").unwrap()).unwrap();
    check.click();
    assert_eq!(recipe.get().unwrap(), Recipe { title: "Soup".into(), vegan: true, ..Recipe::default() });
    rendered().await;

    recipe.write(&Recipe { title: "Stew".into(), vegan: false, ..Recipe::default() }).unwrap();
    rendered().await;
    assert_eq!((text.value(), check.checked()), ("Stew".to_owned(), false));
}

#[wasm_bindgen_test]
async fn a_page_that_is_taken_away_stays_away() {
    let (recipe, stage) = (recipe(), stage());
    let step = recipe.steps().push(Step { text: "a".into() }).unwrap();
    let mounted = mount_steps(&recipe, &stage);
    rendered().await;
    // A change is under way when the page goes.
    step.text().set("b").unwrap();
    recipe.steps().push(Step { text: "c".into() }).unwrap();
    drop(mounted);
    rendered().await;
    step.text().set("d").unwrap();
    recipe.steps().remove(step.id()).unwrap();
    rendered().await;
    assert_eq!(stage.children().length(), 0);
}

#[wasm_bindgen_test]
async fn the_badge_tells_the_state_in_words_and_for_styles() {
    let stage = stage();
    let _mounted = mount_to(stage.clone(), || {
        provide_synckit(SyncKit::in_memory(1));
        view! { <ConnectionBadge attr:id="badge"/> }
    });
    rendered().await;
    let badge = stage.query_selector("#badge").unwrap().unwrap();
    assert_eq!(badge.get_attribute("data-state").as_deref(), Some("disabled"));
    assert_eq!(badge.get_attribute("role").as_deref(), Some("status"));
    assert_eq!(badge.text_content().as_deref(), Some("On this device"));
}
