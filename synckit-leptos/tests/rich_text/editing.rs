//! What people do in an editor, one thing at a time.

use leptos::prelude::*;
use synckit::Expand;
use synckit::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{note, rendered, send, stage, string};

/// Text and marks of all of it, as `text[marks]`.
fn marked(text: &synckit::TextRef) -> String {
    let spans = text.spans();
    let each = spans.iter().map(|span| {
        let marks = span.marks.iter().map(|(key, value)| match string(value) {
            Some(value) => format!("{key}={value}"),
            None => key.to_string(),
        });
        format!("{}[{}]", span.text, marks.collect::<Vec<_>>().join(","))
    });
    each.collect::<Vec<_>>().concat().replace("[]", "")
}

#[wasm_bindgen_test]
async fn typing_at_both_ends_while_another_does_the_same() {
    let (note, other) = (note(1), note(2));
    note.body().push("middle").unwrap();
    send(&note, &other);
    let page = stage(&note.body());
    rendered().await;
    page.check();
    for (end, letter) in [(false, "a"), (true, "z")] {
        let text = note.body().get().unwrap();
        let at =
            if end { text.chars().count() - text.chars().rev().position(|c| c == 'e').unwrap() } else { 0 };
        page.editor.select(at, at);
        page.type_in(letter);
        other.body().insert(0, "é").unwrap();
        other.body().push("!").unwrap();
        send(&other, &note);
        // Before the page has heard of it.
        page.type_in(letter);
        rendered().await;
        page.check();
    }
    let text = note.body().get().unwrap();
    assert!(
        text.contains("aa") && text.contains("middlezz") && text.len() == "ééaamiddlezz!!".len(),
        "{text}"
    );
    send(&note, &other);
    assert_eq!(other.body().get(), note.body().get());
}

#[wasm_bindgen_test]
async fn paragraphs_are_parted_and_joined() {
    let note = note(1);
    let page = stage(&note.body());
    rendered().await;
    page.type_in("one\ntwo\n\nthree");
    assert_eq!(note.body().get().unwrap(), "one\ntwo\n\nthree");
    page.check();
    page.editor.select(4, 4);
    page.input("deleteContentBackward", None);
    assert_eq!(note.body().get().unwrap(), "onetwo\n\nthree");
    page.editor.select(7, 7);
    page.input("deleteContentForward", None);
    assert_eq!(note.body().get().unwrap(), "onetwo\nthree");
    page.editor.select(3, 9);
    page.input("insertParagraph", None);
    assert_eq!(note.body().get().unwrap(), "one\nree");
    page.input("insertText", Some("th"));
    assert_eq!(note.body().get().unwrap(), "one\nthree");
    page.editor.select(3, 3);
    page.input("insertLineBreak", None);
    page.check();
    page.type_in("and");
    assert_eq!(note.body().get().unwrap(), "one\u{2028}and\nthree");
    page.check();
    rendered().await;
    page.check();
}

#[wasm_bindgen_test]
async fn kinds_of_blocks_go_on_and_end() {
    let note = note(1);
    let page = stage(&note.body());
    rendered().await;
    page.type_in("# Title\ntext\n- one\ntwo\n\n> said\n\n1. first\n");
    let text = "Title\n[block=h1]text\none\n[block=bullet]two\n[block=bullet]said\n[block=quote]first\n\n[block=ordered]";
    assert_eq!(marked(&note.body()), text);
    page.check();
    // The first backspace takes the kind, the second joins.
    page.input("deleteContentBackward", None);
    page.input("deleteContentBackward", None);
    page.check();
    page.editor.select(0, 3);
    page.editor.block(Some("h2"));
    assert!(marked(&note.body()).starts_with("Title\n[block=h2]"));
    assert_eq!(page.editor.state().get_untracked().block.as_deref(), Some("h2"));
    page.editor.block(Some("h2"));
    assert!(marked(&note.body()).starts_with("Title\ntext"));
    page.shortcut("8", "Digit8", "shiftKey: true,");
    assert!(marked(&note.body()).starts_with("Title\n[block=bullet]"));
    page.shortcut("c", "KeyC", "altKey: true,");
    assert!(marked(&note.body()).starts_with("Title\n[block=code]"));
    // Joined with what follows it stays what it was.
    page.editor.select(5, 5);
    page.input("deleteContentForward", None);
    assert!(marked(&note.body()).starts_with("Titletext\n[block=code]"));
    rendered().await;
    page.check();
}

#[wasm_bindgen_test]
async fn a_mark_over_a_range_that_another_parts() {
    let (note, other) = (note(1), note(2));
    note.body().push("one two three").unwrap();
    send(&note, &other);
    let page = stage(&note.body());
    rendered().await;
    page.editor.select(0, 7);
    page.editor.toggle("bold");
    assert_eq!(page.selected(), "one two");
    assert_eq!(page.editor.state().get_untracked().marks, ["bold"]);
    other.body().insert(3, "\nand").unwrap();
    other.body().mark(4..9, "italic", true, Expand::After).unwrap();
    send(&other, &note);
    rendered().await;
    page.check();
    assert_eq!(page.selected().replace("\n\n", "\n"), "one\nand two");
    page.editor.toggle("bold");
    rendered().await;
    page.check();
    assert!(!marked(&note.body()).contains("bold"), "{}", marked(&note.body()));
    send(&note, &other);
    assert_eq!(marked(&other.body()), marked(&note.body()));
}

#[wasm_bindgen_test]
async fn marks_of_what_is_typed() {
    let note = note(1);
    let page = stage(&note.body());
    rendered().await;
    page.type_in("a");
    page.shortcut("b", "KeyB", "");
    assert_eq!(page.editor.state().get_untracked().marks, ["bold"]);
    page.type_in("b\nc");
    page.shortcut("b", "KeyB", "");
    page.type_in("d");
    assert_eq!(marked(&note.body()), "ab\nc[bold]d");
    page.check();
}

#[wasm_bindgen_test]
async fn links_lead_where_they_may() {
    let note = note(1);
    note.body().push("read this now").unwrap();
    let page = stage(&note.body());
    rendered().await;
    page.editor.select(5, 9);
    page.editor.link(Some("javascript:alert(1)"));
    assert_eq!(marked(&note.body()), "read this now");
    page.editor.link(Some("https://example.org/a?b=1"));
    assert_eq!(marked(&note.body()), "read this[link=https://example.org/a?b=1] now");
    assert_eq!(page.editor.state().get_untracked().link.as_deref(), Some("https://example.org/a?b=1"));
    // What is typed behind a link is no part of it; in it, it is.
    page.editor.select(9, 9);
    page.type_in("!");
    page.editor.select(7, 7);
    page.type_in("-");
    assert_eq!(marked(&note.body()), "read th-is[link=https://example.org/a?b=1]! now");
    page.editor.link(None);
    assert_eq!(marked(&note.body()), "read th-is! now");
    // A link that somebody else has set to anything is text.
    note.body().mark(0..4, "link", "javascript:alert(1)", Expand::None).unwrap();
    rendered().await;
    assert_eq!(page.shown(), ["|read th-is! now"]);
}

#[wasm_bindgen_test]
async fn a_composition_is_not_disturbed_and_not_lost() {
    let (note, other) = (note(1), note(2));
    note.body().push("one two").unwrap();
    note.body().mark(0..3, "bold", true, Expand::After).unwrap();
    send(&note, &other);
    let page = stage(&note.body());
    rendered().await;
    page.editor.select(3, 3);
    page.run("content.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))");
    let compose = |length: usize, text: &str| {
        page.run(&format!(
            "const text = content.querySelector('strong').firstChild; text.replaceData(3, {length}, '{text}'); \
             document.getSelection().collapse(text, 3 + '{text}'.length); \
             content.dispatchEvent(new InputEvent('input', {{ inputType: 'insertCompositionText', isComposing: true, bubbles: true }}))"
        ));
    };
    compose(0, "n");
    other.body().insert(0, "zero ").unwrap();
    send(&other, &note);
    rendered().await;
    compose(1, "ni");
    rendered().await;
    assert_eq!(page.shown(), ["|<strong>oneni</strong> two"], "nothing is put in while somebody composes");
    assert_eq!(note.body().get().unwrap(), "zero one two", "nothing half composed is written");
    compose(2, "你");
    page.run("content.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))");
    rendered().await;
    assert_eq!(marked(&note.body()), "zero one你[bold] two");
    page.check();
    page.type_in("!");
    assert_eq!(note.body().get().unwrap(), "zero one你! two");

    // One that is given up leaves nothing but what had to wait.
    page.run("content.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))");
    note.body().push("?").unwrap();
    rendered().await;
    page.run("content.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))");
    rendered().await;
    page.check();

    // One that takes the place of what is selected in two blocks.
    note.body().push("\nnext").unwrap();
    rendered().await;
    page.editor.select(9, 17);
    page.run(
        "content.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true })); \
         const { focusNode, focusOffset } = document.getSelection(); \
         focusNode.insertData(focusOffset, 'か'); document.getSelection().collapse(focusNode, focusOffset + 1); \
         content.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))",
    );
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "zero one你かext");
    page.check();
}

#[wasm_bindgen_test]
async fn what_an_input_method_writes_outside_of_the_blocks_is_read() {
    let note = note(1);
    note.body().push("one\n").unwrap();
    let page = stage(&note.body());
    rendered().await;
    page.run(
        "const fire = (type) => content.dispatchEvent(new CompositionEvent(type, { bubbles: true })); \
         content.focus(); fire('compositionstart'); content.querySelector('br').remove(); \
         const node = document.createTextNode('か'); content.append(node); \
         document.getSelection().collapse(node, 1); fire('compositionend')",
    );
    assert_eq!(note.body().get().unwrap(), "one\n\nか");
    page.type_in("!");
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "one\n\nか!");
    page.check();
}

#[wasm_bindgen_test]
async fn what_is_pasted_is_read_and_never_run() {
    let note = note(1);
    let page = stage(&note.body());
    rendered().await;
    page.run("window.ran = 0; content.focus()");
    page.paste(
        "<meta charset=utf-8><h1>Title</h1><p style='color:red'>Some <b>bold</b> and <i>it</i><script>window.ran = 1</script>\
         <img src=x onerror='window.ran = 2'>.</p><svg onload='window.ran = 3'></svg>\
         <ul><li>one</li><li><a href='https://example.org'>two</a> <a href='javascript:window.ran = 4' onclick='window.ran = 5'>three</a></li></ul>\
         <pre>let a;\n  b</pre><p>last<br>line</p>",
        "plain",
    );
    let text = "Title\n[block=h1]Some bold[bold] and it[italic].\none\n[block=bullet]two[link=https://example.org] three\n[block=bullet]\
                let a;\n[block=code]  b\n[block=code]last\u{2028}line";
    assert_eq!(marked(&note.body()), text);
    rendered().await;
    assert_eq!(page.run("return window.ran").as_f64(), Some(0.0));
    page.check();

    // What is copied and pasted again is the same.
    let length = note.body().len();
    page.editor.select(0, length);
    let (html, plain) = (page.copied("text/html"), page.copied("text/plain"));
    assert!(plain.starts_with("Title\nSome bold and it.\none\n"), "{plain}");
    let before = marked(&note.body());
    page.paste(&html, &plain);
    assert_eq!(marked(&note.body()), before);
    page.editor.select(0, length);
    page.paste("", "only\r\ntext");
    assert!(note.body().get().unwrap().ends_with("only\ntext"), "{}", note.body().get().unwrap());
    rendered().await;
    page.check();
}

#[wasm_bindgen_test]
async fn undo_takes_back_ones_own_alone_and_puts_the_caret_there() {
    let (note, other) = (note(1), note(2));
    other.body().push("Hello").unwrap();
    send(&other, &note);
    let page = stage(&note.body());
    rendered().await;
    page.editor.select(5, 5);
    page.type_in(" world");
    other.body().insert(0, "» ").unwrap();
    send(&other, &note);
    rendered().await;
    page.editor.select(0, 0);
    page.shortcut("z", "KeyZ", "");
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "» Hello");
    page.check();
    page.input("historyRedo", None);
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "» Hello world");
    page.type_in("!");
    assert_eq!(note.body().get().unwrap(), "» Hello world!", "the caret is behind what came back");
    rendered().await;
    page.check();
}

#[wasm_bindgen_test]
async fn characters_are_deleted_whole_and_text_runs_its_own_way() {
    let note = note(1);
    note.body().push("a👨‍👩‍👧‍👦é👍🏽b\nשלום\n🇩🇪").unwrap();
    let page = stage(&note.body());
    rendered().await;
    page.check();
    page.editor.select(note.body().len(), note.body().len());
    page.input("deleteContentBackward", None);
    assert_eq!(note.body().get().unwrap(), "a👨‍👩‍👧‍👦é👍🏽b\nשלום\n");
    page.editor.select(1, 1);
    page.input("deleteContentForward", None);
    page.input("deleteContentForward", None);
    page.input("deleteContentForward", None);
    assert_eq!(note.body().get().unwrap(), "ab\nשלום\n");
    page.editor.select(7, 7);
    page.type_in("!");
    page.input("deleteWordBackward", None);
    page.input("deleteWordBackward", None);
    assert_eq!(note.body().get().unwrap(), "ab\n\n");
    page.type_in("עברית");
    rendered().await;
    page.check();
    let directions = page.run(
        "return Array.from(content.querySelectorAll('.synckit-block'), (block) => getComputedStyle(block).direction).join()",
    );
    assert_eq!(directions.as_string().unwrap(), "ltr,rtl,ltr");
}

#[wasm_bindgen_test]
async fn numbers_go_on_over_all_of_a_long_list() {
    let note = note(1);
    note.body().push("item\n".repeat(200).as_str()).unwrap();
    note.body().mark(0..1000, "block", "ordered", Expand::None).unwrap();
    let page = stage(&note.body());
    rendered().await;
    // What fits on a screen is drawn at once, the rest after it has been painted.
    let drawn =
        || page.run("return content.querySelectorAll('.synckit-block').length").as_f64().unwrap() as usize;
    assert!((1..=201).contains(&drawn()));
    while drawn() < 201 {
        let pause = page.run("return new Promise((done) => setTimeout(done, 20))");
        wasm_bindgen_futures::JsFuture::from(js_sys::Promise::from(pause)).await.unwrap();
    }
    // Every chunk goes on where the one before it has ended.
    let begins = page.run("return Array.from(content.children, (chunk) => [chunk.style.counterReset, chunk.children.length].join()).join(';')");
    let begins = begins.as_string().unwrap();
    let mut count = 0;
    for chunk in begins.split(';') {
        let (begin, length) = chunk.rsplit_once(',').unwrap();
        assert_eq!(begin, if count == 0 { String::new() } else { format!("synckit-item {count}") });
        count += length.parse::<usize>().unwrap();
    }
    assert_eq!(count, 201);
    assert!(begins.contains(';'), "more than one chunk");
    page.editor.select(2, 2);
    page.input("insertParagraph", None);
    rendered().await;
    assert!(page.run("return content.children[1].style.counterReset").as_string().unwrap().ends_with(" 33"));
}

#[wasm_bindgen_test]
async fn an_editor_that_goes_away_leaves_nothing_behind() {
    let note = note(1);
    let mut page = stage(&note.body());
    rendered().await;
    page.type_in("kept");
    assert_eq!(note.node().observer_count(), 1);
    page.run(
        "content.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true })); \
              content.querySelector('.synckit-block').firstChild.appendData(' too')",
    );
    note.body().insert(0, "and ").unwrap();
    drop(page.mounted.take());
    rendered().await;
    assert_eq!(note.body().get().unwrap(), "and kept too");
    assert_eq!(note.node().observer_count(), 0);
    assert_eq!(page.element.children().length(), 0);
    page.editor.toggle("bold");
    note.body().push("!").unwrap();
    rendered().await;
}
