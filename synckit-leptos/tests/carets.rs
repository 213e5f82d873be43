//! Carets and selections of others over a text field, in a real browser.
#![cfg(all(target_arch = "wasm32", feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod fields;

use std::sync::Arc;

use fields::*;
use js_sys::Function;
use leptos::mount::mount_to;
use leptos::prelude::*;
use synckit::prelude::*;
use synckit::{PeerId, Side};
use synckit_leptos::CaretSource;
use synckit_leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

/// Somebody else's caret, and what is told of one's own, in fields of a document.
struct Someone {
    theirs: FieldRef<Caret>,
    ours: FieldRef<Caret>,
}

impl CaretSource for Someone {
    fn others(&self) -> Vec<(PeerId, Caret)> {
        vec![(PeerId(7), self.theirs.get().unwrap())]
    }

    fn tell(&self, caret: Caret) {
        self.ours.set(caret).unwrap();
    }

    fn observe(&self, callback: Box<dyn Fn() + Send + Sync>) -> Subscription {
        self.theirs.observe(callback)
    }
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Places {
    theirs: Caret,
    ours: Caret,
}

/// Where a mark over a field is, from the field's corner.
fn mark(stage: &HtmlElement, selector: &str) -> Option<(f64, f64, f64)> {
    let find = Function::new_with_args(
        "stage, selector",
        "const mark = stage.querySelector(selector); if (!mark) return null;
         const field = stage.querySelector('textarea').getBoundingClientRect(), rect = mark.getBoundingClientRect();
         return [rect.left - field.left, rect.top - field.top, rect.width]",
    );
    let found = find.call2(&JsValue::NULL, stage, &selector.into()).unwrap();
    let found: js_sys::Array = found.dyn_into().ok()?;
    let at = |index| found.get(index).as_f64().unwrap();
    Some((at(0), at(1), at(2)))
}

#[wasm_bindgen_test]
async fn carets_of_others_are_drawn_where_they_are_and_ones_own_is_told() {
    let (note, stage) = (note(), stage());
    let body = note.body();
    body.push("first line\nsecond line\n").unwrap();
    let places = SyncKit::in_memory(5).document::<Places>("places");
    let someone = Arc::new(Someone { theirs: places.theirs(), ours: places.ours() });
    let carets = Carets::from_source(someone, "Ada");
    let mounted = mount_to(stage.clone(), {
        let text = body.clone();
        move || view! { <SyncTextarea text carets attr:style="font: 20px/30px monospace; padding: 5px; border: 1px solid"/> }
    });
    rendered().await;
    assert_eq!(
        (places.ours().get().unwrap().name, places.ours().get().unwrap().place),
        ("Ada".into(), "".into())
    );
    let field = field(&stage);
    assert!(mark(&stage, "[data-synckit-caret]").is_none());

    let at = |anchor: usize, focus: usize| Caret {
        name: "Ben".into(),
        color: "#0c8599".into(),
        place: body.place(),
        anchor: body.cursor_at(anchor, Side::After),
        focus: body.cursor_at(focus, Side::After),
    };
    places.theirs().set(at(11, 11)).unwrap();
    sleep(100).await;
    let (x, y, width) = mark(&stage, "[data-synckit-caret]").unwrap();
    assert!(
        (x - 5.0).abs() < 2.0 && y > 34.0 && y < 46.0 && width == 2.0,
        "at the second line's start: {x} {y} {width}"
    );
    let label = stage.query_selector("[data-synckit-caret] div").unwrap().unwrap();
    assert_eq!(label.text_content().as_deref(), Some("Ben"));
    let layer = stage.query_selector("[data-synckit-carets]").unwrap().unwrap();
    assert_eq!(layer.get_attribute("aria-hidden").as_deref(), Some("true"));

    // It stays with its characters when somebody types before it, and a selection has a width.
    places.theirs().set(at(6, 10)).unwrap();
    select(&field, 0, 0);
    type_in(&field, "+");
    sleep(100).await;
    let (caret, _, _) = mark(&stage, "[data-synckit-caret]").unwrap();
    let (selected, _, selected_width) = mark(&stage, "[data-synckit-selection]").unwrap();
    let letter = selected_width / 4.0;
    assert!(letter > 8.0 && (selected - 6.0 - 7.0 * letter).abs() < 2.0, "{selected} {selected_width}");
    assert!((caret - selected - selected_width).abs() < 2.0);

    let ours = places.ours().get().unwrap();
    assert_eq!((ours.place.clone(), body.position_of(&ours.focus)), (body.place(), Some(1)));
    select(&field, 2, 5);
    sleep(50).await;
    let ours = places.ours().get().unwrap();
    let range = (body.position_of(&ours.anchor), body.position_of(&ours.focus));
    assert_eq!(range, (Some(2), Some(5)));
    // A caret in another text, and one that cannot be understood, are not drawn.
    places.theirs().set(Caret { place: "elsewhere".into(), ..at(0, 0) }).unwrap();
    sleep(100).await;
    assert!(mark(&stage, "[data-synckit-caret]").is_none());
    places.theirs().set(at(3, 3)).unwrap();
    sleep(100).await;
    assert!(mark(&stage, "[data-synckit-caret]").is_some());
    drop(mounted);
    rendered().await;
    assert_eq!(stage.children().length(), 0);
    assert_eq!(places.ours().get().unwrap().place, "");
    assert_eq!(places.node().observer_count(), 0);
}

#[wasm_bindgen_test]
async fn carets_follow_scrolling_wrapping_and_text_from_right_to_left() {
    let (note, stage) = (note(), stage());
    let body = note.body();
    body.push(&"שלום עולם ".repeat(20)).unwrap();
    let places = SyncKit::in_memory(6).document::<Places>("places");
    let carets =
        Carets::from_source(Arc::new(Someone { theirs: places.theirs(), ours: places.ours() }), "Ada");
    let _mounted = mount_to(stage.clone(), {
        let text = body.clone();
        move || {
            view! { <SyncTextarea text carets attr:dir="rtl" attr:style="font: 20px/30px monospace; width: 300px; height: 90px; padding: 0; border: 0"/> }
        }
    });
    rendered().await;
    let place = |at: usize| {
        let here = body.cursor_at(at, Side::After);
        Caret { name: "Ben".into(), color: "red".into(), place: body.place(), anchor: here, focus: here }
    };
    places.theirs().set(place(0)).unwrap();
    sleep(100).await;
    let (start, top, _) = mark(&stage, "[data-synckit-caret]").unwrap();
    let width = f64::from(field(&stage).client_width());
    assert!(
        width - start < 20.0 && top < 10.0,
        "the first letter is at the right: {start} of {width}, {top}"
    );
    places.theirs().set(place(3)).unwrap();
    sleep(100).await;
    let (third, _, _) = mark(&stage, "[data-synckit-caret]").unwrap();
    assert!(third < start - 10.0, "reading goes to the left: {third}");
    // The text wraps: the last letter is lines below, out of sight until somebody scrolls there.
    places.theirs().set(place(body.len())).unwrap();
    sleep(100).await;
    let (_, bottom, _) = mark(&stage, "[data-synckit-caret]").unwrap();
    assert!(bottom > 90.0, "{bottom}");
    let field = field(&stage);
    field.set_scroll_top(field.scroll_height());
    sleep(100).await;
    let (_, scrolled, _) = mark(&stage, "[data-synckit-caret]").unwrap();
    assert!(scrolled < 90.0 && scrolled > 0.0, "{scrolled}");
}
