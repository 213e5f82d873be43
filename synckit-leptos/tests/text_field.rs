//! Text fields in a real browser, while others write.
#![cfg(all(target_arch = "wasm32", feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod fields;

use fields::*;
use leptos::mount::mount_to;
use leptos::prelude::*;
use synckit::prelude::*;
use synckit_leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlInputElement;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn what_is_typed_between_what_others_write_stays() {
    let (note, stage) = (note(), stage());
    note.body().push("Hello world").unwrap();
    let _mounted = mount_text(&note.body(), &stage);
    rendered().await;
    let field = field(&stage);
    assert_eq!((field.value(), field.class_name(), field.rows()), ("Hello world".into(), "note".into(), 4));

    let other = other(&note, 2);
    select(&field, 5, 5);
    for (number, letter) in ["a", "b", "c", "d"].into_iter().enumerate() {
        type_in(&field, letter);
        other.body().insert(0, "é").unwrap();
        other.body().push("!").unwrap();
        note.import(&other.export_since(&note.version())).unwrap();
        // Every second time the next letter comes before the patch does.
        if number % 2 == 0 {
            rendered().await;
        }
    }
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "ééééHelloabcd world!!!!");
    assert_eq!(field.value(), "ééééHelloabcd world!!!!");
    assert_eq!(selection(&field), (13, 13), "the caret is behind what was typed");
}

#[wasm_bindgen_test]
async fn characters_of_two_units_and_text_from_right_to_left() {
    let (note, stage) = (note(), stage());
    note.body().push("👍🏽 שלום").unwrap();
    let _mounted = mount_text(&note.body(), &stage);
    rendered().await;
    let field = field(&stage);
    // Behind the whole thumb: two characters of two units each.
    select(&field, 4, 4);
    type_in(&field, "😀");
    note.body().insert(0, "🌍").unwrap();
    rendered().await;
    assert_eq!(field.value(), "🌍👍🏽😀 שלום");
    assert_eq!(selection(&field), (8, 8));
    // Another emoji that begins with the same unit takes the place of one.
    act(&field, "field.setRangeText('😁', 6, 8, 'end'); field.dispatchEvent(new InputEvent('input'))");
    assert_eq!(note.body().get().unwrap(), "🌍👍🏽😁 שלום");
    let end = field.value().encode_utf16().count() as u32;
    select(&field, end - 2, end - 2);
    type_in(&field, "ש");
    assert_eq!(note.body().get().unwrap(), "🌍👍🏽😁 שלשום");
    rendered().await;
    assert_eq!(field.value(), note.body().get().unwrap());
}

#[wasm_bindgen_test]
async fn a_composition_is_not_disturbed_and_not_lost() {
    let (note, stage) = (note(), stage());
    note.body().push("one two").unwrap();
    let _mounted = mount_text(&note.body(), &stage);
    rendered().await;
    let field = field(&stage);
    select(&field, 3, 3);
    let compose = |text: &str| {
        act(
            &field,
            &format!(
                "field.setRangeText('{text}', 3, field.selectionEnd, 'end');
                 field.dispatchEvent(new InputEvent('input', {{ isComposing: true }}))"
            ),
        );
    };
    act(&field, "field.dispatchEvent(new CompositionEvent('compositionstart'))");
    compose("n");
    note.body().insert(0, "zero ").unwrap();
    rendered().await;
    compose("ni");
    rendered().await;
    assert_eq!(field.value(), "oneni two", "nothing is put in while somebody composes");
    assert_eq!(note.body().get().unwrap(), "zero one two", "nothing half composed is written");
    compose("你");
    act(&field, "field.dispatchEvent(new CompositionEvent('compositionend'))");
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "zero one你 two");
    assert_eq!(field.value(), "zero one你 two");
    assert_eq!(selection(&field), (9, 9));

    // One that is given up leaves nothing but what had to wait.
    act(&field, "field.dispatchEvent(new CompositionEvent('compositionstart'))");
    note.body().push("!").unwrap();
    rendered().await;
    assert_eq!(field.value(), "zero one你 two");
    act(&field, "field.dispatchEvent(new CompositionEvent('compositionend'))");
    rendered().await;
    assert_eq!(field.value(), "zero one你 two!");

    // One that does not end is written after a while.
    select(&field, 3, 3);
    act(&field, "field.dispatchEvent(new CompositionEvent('compositionstart'))");
    compose("x");
    sleep(1300).await;
    assert_eq!(note.body().get().unwrap(), "zerx one你 two!".replace("zerx", "zerxo"));
    act(&field, "field.dispatchEvent(new CompositionEvent('compositionend'))");
}

#[wasm_bindgen_test]
async fn undo_takes_back_ones_own_typing_alone_and_puts_the_caret_there() {
    let (note, stage) = (note(), stage());
    let other = other(&note, 2);
    other.body().push("Hello").unwrap();
    note.import(&other.export()).unwrap();
    let _mounted = mount_text(&note.body(), &stage);
    rendered().await;
    let field = field(&stage);
    select(&field, 5, 5);
    type_in(&field, " ");
    type_in(&field, "world");
    other.body().insert(0, "» ").unwrap();
    note.import(&other.export_since(&note.version())).unwrap();
    rendered().await;
    assert_eq!(field.value(), "» Hello world");
    select(&field, 0, 0);
    assert!(!key(&field, "z", false), "the browser does not undo on its own");
    rendered().await;
    assert_eq!((field.value(), selection(&field)), ("» Hello".into(), (7, 7)), "typed in one go: one step");
    key(&field, "z", false);
    rendered().await;
    assert_eq!(field.value(), "» Hello", "what others wrote stays");
    select(&field, 0, 0);
    key(&field, "Z", true);
    rendered().await;
    assert_eq!((field.value(), selection(&field)), ("» Hello world".into(), (13, 13)));
    key(&field, "z", false);
    key(&field, "y", false);
    rendered().await;
    assert_eq!((field.value(), note.body().get().unwrap()), ("» Hello world".into(), "» Hello world".into()));
}

#[wasm_bindgen_test]
async fn a_selection_stays_with_its_characters_and_its_direction() {
    let (note, stage) = (note(), stage());
    note.body().push("one two three").unwrap();
    let _mounted = mount_text(&note.body(), &stage);
    rendered().await;
    let field = field(&stage);
    field.focus().unwrap();
    field.set_selection_range_with_direction(4, 7, "backward").unwrap();
    note.body().insert(0, "zero ").unwrap();
    note.body().insert(9, "(").unwrap();
    note.body().insert(13, ")").unwrap();
    rendered().await;
    assert_eq!(field.value(), "zero one (two) three");
    assert_eq!(selection(&field), (10, 13), "what comes at its ends stays outside");
    assert_eq!(field.selection_direction().unwrap().as_deref(), Some("backward"));
    note.body().delete(8..14).unwrap();
    rendered().await;
    assert_eq!((field.value(), selection(&field)), ("zero one three".into(), (8, 8)));
}

#[wasm_bindgen_test]
async fn a_field_that_goes_away_leaves_nothing_behind_and_loses_nothing() {
    let (note, stage) = (note(), stage());
    let mounted = mount_text(&note.body(), &stage);
    rendered().await;
    let field = field(&stage);
    type_in(&field, "kept");
    act(&field, "field.dispatchEvent(new CompositionEvent('compositionstart'))");
    act(
        &field,
        "field.setRangeText(' too', 4, 4, 'end'); field.dispatchEvent(new InputEvent('input', { isComposing: true }))",
    );
    // A change is under way when the field goes.
    note.body().insert(0, "and ").unwrap();
    drop(mounted);
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "and kept too");
    assert_eq!(note.node().observer_count(), 0);
    type_in(&field, "nobody listens");
    act(&field, "field.dispatchEvent(new InputEvent('input'))");
    note.body().push("!").unwrap();
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "and kept too!");
    assert_eq!(stage.children().length(), 0);
}

#[wasm_bindgen_test]
async fn another_text_is_bound_in_the_place_of_the_first() {
    let (note, second, stage) = (note(), SyncKit::in_memory(3).document::<Note>("second"), stage());
    note.body().push("first").unwrap();
    second.body().push("second").unwrap();
    let text = RwSignal::new(note.body());
    let _mounted = mount_to(stage.clone(), move || view! { <SyncTextarea text/> });
    rendered().await;
    let field = field(&stage);
    type_in(&field, "!");
    text.set(second.body());
    rendered().await;
    assert_eq!(field.value(), "second");
    type_in(&field, "?");
    rendered().await;
    assert!(second.body().get().unwrap().contains('?'));
    assert_eq!(note.body().get().unwrap().matches('!').count(), 1);
    assert!(!note.body().get().unwrap().contains('?'));
    assert_eq!((note.node().observer_count(), second.node().observer_count()), (0, 1));
    for round in 0..20 {
        text.set(if round % 2 == 0 { note.body() } else { second.body() });
        rendered().await;
    }
    assert_eq!((note.node().observer_count(), second.node().observer_count()), (0, 1));
}

#[wasm_bindgen_test]
async fn an_input_shows_one_line_of_a_text() {
    let (note, stage) = (note(), stage());
    note.body().push("one\r\ntwo").unwrap();
    let body = note.body();
    let _mounted = mount_to(stage.clone(), move || view! { <SyncInput text=body attr:id="line"/> });
    rendered().await;
    let input: HtmlInputElement = stage.query_selector("#line").unwrap().unwrap().unchecked_into();
    assert_eq!((input.value(), input.type_()), ("one  two".into(), "text".into()));
    input.focus().unwrap();
    input.set_selection_range(8, 8).unwrap();
    type_in(&input, "!");
    assert_eq!(note.body().get().unwrap(), "one\r\ntwo!", "the line breaks are still there");
    note.body().insert(4, "\n").unwrap();
    rendered().await;
    assert_eq!((input.value(), input.selection_start().unwrap()), ("one   two!".into(), Some(10)));
}

#[wasm_bindgen_test]
async fn an_input_of_a_field_writes_the_whole_value() {
    let (note, stage) = (note(), stage());
    note.title().set("Title").unwrap();
    let title = note.title();
    let _mounted = mount_to(stage.clone(), move || view! { <SyncInput field=title/> });
    rendered().await;
    let input: HtmlInputElement = stage.query_selector("input").unwrap().unwrap().unchecked_into();
    input.focus().unwrap();
    input.set_selection_range(5, 5).unwrap();
    type_in(&input, "s");
    assert_eq!(note.title().get().unwrap(), "Titles");
    note.title().set("Other titles").unwrap();
    rendered().await;
    assert_eq!((input.value(), input.selection_start().unwrap()), ("Other titles".into(), Some(12)));
    key(&input, "z", false);
    rendered().await;
    assert_eq!(input.value(), note.title().get().unwrap());
}

#[wasm_bindgen_test]
async fn a_field_that_is_read_only_shows_what_others_write() {
    let (note, stage) = (note(), stage());
    let body = note.body();
    let _mounted = mount_to(stage.clone(), move || view! { <SyncTextarea text=body attr:readonly=true/> });
    rendered().await;
    let field = field(&stage);
    type_in(&field, "no");
    note.body().push("yes").unwrap();
    key(&field, "z", false);
    rendered().await;
    assert_eq!((field.value(), note.body().get().unwrap()), ("yes".into(), "yes".into()));
}

#[wasm_bindgen_test]
async fn what_is_typed_before_the_field_is_bound_is_kept() {
    let (note, stage) = (note(), stage());
    note.body().push("rendered\r\nelsewhere").unwrap();
    let _mounted = mount_text(&note.body(), &stage);
    // The element is there, its effects have not run: as in a page that a server has rendered.
    let field = field(&stage);
    assert_eq!(field.value(), "rendered\u{200b}\nelsewhere");
    act(&field, "field.setRangeText('typed ', 0, 0, 'end')");
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "typed rendered\r\nelsewhere");
    assert_eq!(field.value(), "typed rendered\u{200b}\nelsewhere");
}

#[wasm_bindgen_test]
async fn lines_that_come_above_do_not_push_the_caret_out_of_sight() {
    let (note, stage) = (note(), stage());
    note.body().push(&"a line\n".repeat(60)).unwrap();
    let body = note.body();
    let _mounted = mount_to(
        stage.clone(),
        move || view! { <SyncTextarea text=body attr:style="font: 16px/20px monospace; height: 100px"/> },
    );
    rendered().await;
    let field = field(&stage);
    select(&field, 210, 210);
    field.set_scroll_top(560);
    note.body().insert(0, &"above\n".repeat(10)).unwrap();
    rendered().await;
    assert_eq!((selection(&field), field.scroll_top()), ((270, 270), 760));
    // What comes below moves nothing.
    note.body().push("below\n").unwrap();
    rendered().await;
    assert_eq!(field.scroll_top(), 760);
    // Undone somewhere else: the field goes there.
    note.body().insert(0, "gone soon").unwrap();
    rendered().await;
    key(&field, "z", false);
    rendered().await;
    assert_eq!((selection(&field), field.scroll_top()), ((0, 0), 0));
}

#[wasm_bindgen_test]
async fn whatever_two_people_do_both_see_the_same() {
    for seed in 1..=6_u32 {
        let (note, stage) = (note(), stage());
        let other = other(&note, 2);
        let mounted = mount_text(&note.body(), &stage);
        let theirs = crate::fields::stage();
        let their_field = mount_text(&other.body(), &theirs);
        rendered().await;
        let fields = [field(&stage), field(&theirs)];
        let mut state = seed.wrapping_mul(2_654_435_761);
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for _ in 0..150 {
            let field = &fields[random(2) as usize];
            let len = u32::try_from(field.value().encode_utf16().count()).unwrap();
            match random(12) {
                0..3 => type_in(field, ["a", "👍🏽", "\n", "שׁ", "e\u{301}", "two words"][random(6) as usize]),
                3 => select(field, random(len + 1), len),
                4 | 5 => {
                    let at = random(len + 1);
                    select(field, at, at);
                }
                6 => drop(act(field, "field.focus(); document.execCommand('delete')")),
                7 => drop(act(field, "field.focus(); document.execCommand('forwardDelete')")),
                8 => drop(key(field, ["z", "y"][random(2) as usize], false)),
                9 => note.import(&other.export_since(&note.version())).unwrap(),
                10 => other.import(&note.export_since(&other.version())).unwrap(),
                _ => rendered().await,
            }
        }
        note.import(&other.export_since(&note.version())).unwrap();
        other.import(&note.export_since(&other.version())).unwrap();
        rendered().await;
        let text = note.body().get().unwrap();
        assert_eq!(text, other.body().get().unwrap(), "seed {seed}");
        for field in &fields {
            assert_eq!(field.value(), text, "seed {seed}");
        }
        drop((mounted, their_field));
    }
}
