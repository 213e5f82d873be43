//! Two people on two devices who do anything in any order, and hear of each other late.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Stage, note, rendered, send, stage};

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }

    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn act<M: leptos::tachys::view::Mountable>(page: &Stage<M>, random: &mut Random) {
    let length = page.text.len();
    match random.below(14) {
        0..=3 => page.input("insertText", Some(random.of(&["a", "bc", " ", "é", "👍🏽", "ש", "# ", "- "]))),
        4 => page.input("insertParagraph", None),
        5 => page
            .input(random.of(&["deleteContentBackward", "deleteContentForward", "deleteWordBackward"]), None),
        6 => page.editor.toggle(random.of(&["bold", "italic", "code"])),
        7 => page.editor.block(Some(random.of(&["h1", "bullet", "ordered", "quote", "code"]))),
        8 => page.editor.link(random.below(2).eq(&0).then_some("https://example.org")),
        9 => page.paste(
            random.of(&["<p>x</p><h2>y</h2>", "<ul><li><b>z</b></li></ul>", "", "<em>w</em>"]),
            "p\nq",
        ),
        10 => page.input(random.of(&["historyUndo", "historyRedo", "insertLineBreak"]), None),
        11 => page.run_composition(random.of(&["か", "한글", "你"])),
        _ => {
            let (anchor, focus) = (random.below(length + 1), random.below(length + 1));
            page.editor.select(anchor, if random.below(2) == 0 { anchor } else { focus });
        }
    }
}

impl<M: leptos::tachys::view::Mountable> Stage<M> {
    /// Composes at the caret, as an input method would.
    fn run_composition(&self, text: &str) {
        self.run(&format!(
            "content.focus(); const fire = (type) => content.dispatchEvent(new CompositionEvent(type, {{ bubbles: true }})); \
             fire('compositionstart'); const selection = document.getSelection(); selection.collapseToStart(); \
             const node = document.createTextNode('{text}'); selection.getRangeAt(0).insertNode(node); \
             selection.collapse(node, node.length); fire('compositionend')"
        ));
    }
}

async fn round(seed: u64) {
    let mut random = Random(seed);
    let notes = [note(2 * seed + 1), note(2 * seed + 2)];
    notes[0].body().push("one two\nthree four\nfive").unwrap();
    send(&notes[0], &notes[1]);
    let pages = [stage(&notes[0].body()), stage(&notes[1].body())];
    rendered().await;
    for _ in 0..60 {
        let who = random.below(2);
        match random.below(8) {
            // What is on its way arrives, now or with the next time.
            0 => send(&notes[1 - who], &notes[who]),
            1 => rendered().await,
            _ => act(&pages[who], &mut random),
        }
    }
    for _ in 0..2 {
        send(&notes[0], &notes[1]);
        send(&notes[1], &notes[0]);
    }
    rendered().await;
    assert_eq!(notes[0].body().spans(), notes[1].body().spans());
    for page in &pages {
        page.check();
    }
    for page in &pages {
        page.element.remove();
    }
}

#[wasm_bindgen_test]
async fn two_editors_show_the_same_after_anything_in_any_order() {
    for seed in 0..60 {
        wasm_bindgen_test::console_log!("seed {seed}");
        round(seed).await;
    }
}
