//! Pages that are far behind, that are out of step, that cannot be written for.
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod page;

use page::{Page, send, settle};
use proptest::prelude::*;
use synckit::prelude::*;
use synckit::{Side, WriteError};
use synckit_editing::binding::Binding;
use synckit_editing::caret::Caret;
use synckit_editing::delta::Delta;
use synckit_editing::message::{FromPage, ToPage};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Note {
    title: String,
    body: Text,
}

fn note(seed: u64) -> NoteRef {
    SyncKit::in_memory(seed).document::<Note>("note")
}

#[test]
fn what_is_typed_while_more_happens_than_is_remembered_is_kept() {
    let note = note(1);
    note.body().push("start").unwrap();
    let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
    settle(&mut binding, &mut page);
    page.edit(&Delta::new().retain(2).insert("typed"));
    for _ in 0..5000 {
        note.body().insert(0, "x").unwrap();
    }
    settle(&mut binding, &mut page);
    let text = note.body().get().unwrap();
    assert_eq!((page.text(), page.resets), (text.clone(), 1));
    assert!(text.contains("typed") && text.len() == 5010, "{}", text.len());
}

#[test]
fn a_document_that_is_loaded_late_meets_what_was_typed_meanwhile() {
    let (stored, note) = (note(1), note(2));
    stored.body().push("stored").unwrap();
    let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
    settle(&mut binding, &mut page);
    page.edit(&Delta::new().insert("typed"));
    note.import(&stored.export()).unwrap();
    settle(&mut binding, &mut page);
    let text = note.body().get().unwrap();
    assert_eq!(page.text(), text);
    assert!(text == "storedtyped" || text == "typedstored", "{text}");
}

#[test]
fn a_value_that_cannot_be_written_is_told_and_the_page_shows_what_there_is() {
    let note = note(1);
    note.title().set("Title").unwrap();
    let (mut binding, mut page) = (Binding::field(note.title()), Page::default());
    settle(&mut binding, &mut page);
    page.edit(&Delta::new().retain(5).insert("x".repeat(2 << 20)));
    settle(&mut binding, &mut page);
    assert!(matches!(binding.take_error(), Some(WriteError::TooLarge { .. })));
    assert!(binding.take_error().is_none());
    assert_eq!((page.text(), page.resets), ("Title".into(), 1));
    page.edit(&Delta::new().retain(5).insert("s"));
    settle(&mut binding, &mut page);
    assert_eq!((page.text(), note.title().get().unwrap()), ("Titles".into(), "Titles".into()));
}

#[test]
fn more_than_a_mebibyte_is_taken_in_at_once() {
    let note = note(1);
    let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
    settle(&mut binding, &mut page);
    let long = "é🙂 and so on\n".repeat(80_000);
    page.edit(&Delta::new().insert(long.clone()));
    settle(&mut binding, &mut page);
    assert!(note.body().get().unwrap() == long && page.text() == long);
    assert!(note.body().undo_manager().undo());
    assert!(note.body().is_empty(), "one step to undo");
}

#[test]
fn carets_are_told_when_the_page_can_place_them() {
    let note = note(1);
    note.body().push("one two").unwrap();
    let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
    settle(&mut binding, &mut page);
    let here = note.body().cursor_at(4, Side::After);
    let caret = Caret {
        name: "n".repeat(100),
        color: "red;background:url(x)".into(),
        place: note.body().place(),
        anchor: here,
        focus: here,
    };
    // A patch goes first.
    note.body().insert(0, "🙂").unwrap();
    binding.set_carets(vec![("a".into(), caret.clone())]);
    let messages: Vec<ToPage> = std::iter::from_fn(|| binding.next_message()).collect();
    let [ToPage::Patch { number: 2, .. }, ToPage::Carets { applied: 2, seen: 0, carets }] = &messages[..]
    else {
        unreachable!("{messages:?}")
    };
    let told = &carets[0];
    assert_eq!((told.anchor, told.focus, told.name.len(), &*told.color), (6, 6, 40, "redbackgroundurlx"));
    // The page drops both, as it has edited meanwhile: they come again.
    page.edit(&Delta::new().insert("+"));
    let edit = page.outbox.pop_back().unwrap();
    binding.receive(edit);
    let again: Vec<ToPage> = std::iter::from_fn(|| binding.next_message()).collect();
    let [ToPage::Patch { number: 3, seen: 1, .. }, ToPage::Carets { applied: 3, seen: 1, carets }] =
        &again[..]
    else {
        unreachable!("{again:?}")
    };
    assert_eq!(carets[0].focus, 7);
    binding.set_carets(Vec::new());
    assert!(matches!(binding.next_message(), Some(ToPage::Carets { carets, .. }) if carets.is_empty()));
    binding.set_carets(vec![("a".into(), Caret { place: "elsewhere".into(), ..caret })]);
    assert_eq!(binding.next_message(), None);
}

#[test]
fn the_selection_of_a_page_is_a_place_among_the_characters() {
    let note = note(1);
    note.body().push("one two").unwrap();
    let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
    settle(&mut binding, &mut page);
    binding.receive(FromPage::Select { applied: 1, selection: Some((7, 4)) });
    note.body().insert(4, "(").unwrap();
    note.body().push(")").unwrap();
    let (anchor, focus) = binding.selection().unwrap();
    let places = (note.body().position_of(&anchor), note.body().position_of(&focus));
    assert_eq!(places, (Some(8), Some(5)), "what comes at its ends stays outside");
    binding.receive(FromPage::Select { applied: 1, selection: None });
    assert_eq!(binding.selection(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A page that says things which make no sense gets the text anew; the text is never harmed by more than what it says,
    /// and afterwards both are the same.
    #[test]
    fn a_page_that_is_out_of_step_gets_into_step(
        wrong in prop::collection::vec((0..4_u64, 0..6_u64, 0..20_usize, 0..20_usize, "[a🙂]{0,2}"), 1..8)
    ) {
        let note = note(1);
        note.body().push("a🙂b🙂c").unwrap();
        let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
        settle(&mut binding, &mut page);
        for (number, applied, retain, delete, text) in wrong {
            let delta = Delta::new().retain(retain).insert(text).delete(delete);
            binding.receive(FromPage::Edit { number, applied, delta, selection: Some((99, 1)) });
        }
        // A page that knows nothing any more asks for everything.
        let mut page = Page::default();
        while binding.next_message().is_some() {}
        binding.receive(FromPage::Resync);
        // It counts its edits as the binding does.
        let Some(ToPage::Reset { seen, number, .. }) = binding.next_message() else { unreachable!() };
        page.edits = seen;
        binding.receive(FromPage::Applied { number: number - 1 });
        settle(&mut binding, &mut page);
        page.edit(&Delta::new().insert("again "));
        settle(&mut binding, &mut page);
        let text = note.body().get().unwrap();
        prop_assert_eq!(page.text(), text.clone());
        prop_assert!(text.starts_with("again "));
    }
}

#[test]
fn nothing_is_sent_twice_to_a_page_that_does_not_answer() {
    let note = note(1);
    let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
    settle(&mut binding, &mut page);
    for _ in 0..100 {
        note.body().push("x").unwrap();
        binding.changed();
    }
    send(&mut binding, &mut page);
    assert_eq!(page.inbox.len(), 1, "one patch is under way at a time");
    settle(&mut binding, &mut page);
    assert_eq!(page.text(), "x".repeat(100));
}

/// Undo and redo bring the caret to where they changed something, also when others have written in front of it.
#[test]
fn undo_and_redo_bring_the_caret_to_the_change() {
    let note = note(1);
    note.body().push("one three").unwrap();
    let (mut binding, mut page) = (Binding::plain(note.body()), Page::default());
    settle(&mut binding, &mut page);
    page.edit(&Delta::new().retain(4).insert("two "));
    settle(&mut binding, &mut page);
    let other = self::note(2);
    other.import(&note.export()).unwrap();
    other.body().insert(0, "> ").unwrap();
    note.import(&other.export_since(&note.version())).unwrap();
    settle(&mut binding, &mut page);
    for (ask, text, caret) in [(FromPage::Undo, "> one three", 6), (FromPage::Redo, "> one two three", 10)] {
        binding.receive(ask);
        let Some(ToPage::Patch { number, delta, selection, .. }) = binding.next_message() else {
            panic!("no patch")
        };
        assert_eq!((selection, note.body().get().unwrap()), (Some((caret, caret)), text.to_owned()));
        assert!(!delta.is_empty());
        binding.receive(FromPage::Applied { number });
    }
}
