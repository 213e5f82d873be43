//! A page that a server rendered, taken over in the browser: no element is made anew, and it lives from then on.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod hydration;

use hydration::{Card, PAGES, Recipe, Step, client};
use leptos::mount::hydrate_from;
use leptos::prelude::*;
use leptos::task::tick;
use synckit::prelude::*;
use synckit_leptos::provide_synckit;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

fn one(stage: &HtmlElement, selector: &str) -> Element {
    stage.query_selector(selector).unwrap().unwrap()
}

fn steps(stage: &HtmlElement) -> Vec<String> {
    let found = stage.query_selector_all("li").unwrap();
    (0..found.length()).map(|at| found.item(at).unwrap().text_content().unwrap()).collect()
}

async fn take_over(full: bool) {
    let stage: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&stage).unwrap();
    stage.set_inner_html(PAGES[usize::from(full)]);
    let (title, list) = (one(&stage, "h1"), one(&stage, "ul"));
    let sync = client(full);
    let recipe = sync.document::<Recipe>("soup");
    let shown = steps(&stage);
    let page = hydrate_from(stage.clone(), move || {
        provide_synckit(sync);
        view! { <Card/> }
    });
    tick().await;
    assert_eq!(steps(&stage), shown);

    recipe.title().set("Stew").unwrap();
    recipe.steps().push(Step { text: "Eat".into() }).unwrap();
    recipe.steps().insert(0, Step { text: "Chop".into() }).unwrap();
    for _ in 0..3 {
        tick().await;
    }
    assert_eq!(title.text_content().unwrap(), "Stew");
    assert!(one(&stage, "h1").is_same_node(Some(&title)) && one(&stage, "ul").is_same_node(Some(&list)));
    let mut expected = shown.clone();
    expected.insert(0, "Chop".to_owned());
    expected.push("Eat".to_owned());
    assert_eq!(steps(&stage), expected);

    // What is typed into a field that the server made reaches the document.
    let input: web_sys::HtmlInputElement = one(&stage, "input").unchecked_into();
    assert_eq!(input.value(), "Stew");
    input.set_value("Goulash");
    input.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    assert_eq!(recipe.title().get().unwrap(), "Goulash");
    drop(page);
    assert_eq!(stage.child_element_count(), 0);
}

#[wasm_bindgen_test]
async fn a_page_without_contents_is_taken_over() {
    take_over(false).await;
}

#[wasm_bindgen_test]
async fn a_page_with_contents_is_taken_over() {
    take_over(true).await;
}
