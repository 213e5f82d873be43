//! Undo of a text: of one's own writes and of nothing else.

use synckit::prelude::*;
use synckit::{Expand, Side, WriteError};

use super::{NoteRef, Random, drawn, exchange, note, notes, read};

#[test]
fn typing_is_one_step_within_the_window_and_one_a_letter_without() {
    for (window, steps) in [(0, 5), (1000, 1)] {
        let note = note(1);
        let undo = note.undo_manager();
        undo.merge_within(window);
        for (at, letter) in "hello".chars().enumerate() {
            note.body().insert(at, &letter.to_string()).unwrap();
        }
        assert_eq!(undo.get().unwrap().undo, steps);
        for _ in 0..steps {
            assert!(undo.undo());
        }
        assert_eq!(read(&note), "");
        assert!(!undo.undo());
        for _ in 0..steps {
            assert!(undo.redo());
        }
        assert_eq!(read(&note), "hello");
    }
}

#[test]
fn something_else_begins_a_new_step() {
    let note = note(1);
    let (body, undo) = (note.body(), note.undo_manager());
    undo.merge_within(1000);
    body.push("hello").unwrap();
    body.push(" world").unwrap();
    assert_eq!(undo.get().unwrap().undo, 1);
    note.title().set("a").unwrap();
    body.insert(0, "> ").unwrap();
    assert_eq!(undo.get().unwrap().undo, 3, "a field in between");
    body.mark(0..2, "bold", true, Expand::After).unwrap();
    body.insert(2, "x").unwrap();
    assert_eq!(undo.get().unwrap().undo, 5, "a mark in between");
    while undo.undo() {}
    assert_eq!((read(&note), note.title().get().unwrap()), (String::new(), String::new()));
    while undo.redo() {}
    assert_eq!(drawn(&note), "[bold:> x]hello world");
}

#[test]
fn holding_backspace_is_one_step_that_brings_everything_back_in_order() {
    let note = note(1);
    let (body, undo) = (note.body(), note.undo_manager());
    body.push("hello wörld 👩‍👩‍👧").unwrap();
    body.mark(6..11, "bold", true, Expand::None).unwrap();
    let before = drawn(&note);
    undo.merge_within(1000);
    while body.len() > 3 {
        let len = body.len();
        body.delete(len - 1..len).unwrap();
    }
    assert_eq!(undo.get().unwrap().undo, 3);
    assert!(undo.undo());
    assert_eq!(drawn(&note), before);
    assert!(undo.redo());
    assert_eq!(read(&note), "hel");
    assert!(undo.undo());
    assert_eq!(drawn(&note), before);
}

#[test]
fn undo_leaves_what_others_wrote() {
    let [a, b] = notes::<2>("base");
    a.body().insert(2, "MINE").unwrap();
    exchange(&[a.clone(), b.clone()]);
    b.body().insert(4, "yours").unwrap();
    b.body().mark(3..6, "bold", true, Expand::None).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&a), "baMIyoursNEse");
    assert!(a.undo_manager().undo());
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&b), "bayoursse");
    assert_eq!(drawn(&b), "ba[bold:yo]ursse");
    assert!(a.undo_manager().redo());
    exchange(&[a.clone(), b.clone()]);
    let text = read(&b);
    assert_eq!(text.replace("yours", ""), "baMINEse");
}

#[test]
fn undoing_a_deletion_brings_back_only_what_it_took() {
    let [a, b] = notes::<2>("one two three");
    a.body().delete(4..8).unwrap();
    b.body().delete(0..4).unwrap();
    b.body().push("!").unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&a), "three!");
    assert!(a.undo_manager().undo());
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&b), "two three!");
    assert!(b.undo_manager().undo());
    assert!(b.undo_manager().undo());
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&a), "one two three");
}

#[test]
fn what_both_have_deleted_comes_back_for_each_of_them_and_nothing_else_does() {
    let [a, b] = notes::<2>("abcdef");
    a.body().delete(1..4).unwrap();
    b.body().delete(2..5).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&a), "af");
    a.undo_manager().undo();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&b), "abcdf");
    assert!(a.undo_manager().redo());
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&b), "af");
}

#[test]
fn marks_are_taken_back_to_what_was_there_before() {
    let note = note(1);
    let (body, undo) = (note.body(), note.undo_manager());
    body.push("abcdef").unwrap();
    let mut pictures = vec![drawn(&note)];
    let steps: [&dyn Fn(); 4] = [
        &|| body.mark(0..4, "color", "red".to_owned(), Expand::After).unwrap(),
        &|| body.mark(2..6, "color", "blue".to_owned(), Expand::After).unwrap(),
        &|| body.unmark(1..5, "color").unwrap(),
        &|| body.delete(0..3).unwrap(),
    ];
    for step in steps {
        step();
        pictures.push(drawn(&note));
    }
    for round in 0..2 {
        for picture in pictures.iter().rev().skip(1) {
            assert!(undo.undo());
            assert_eq!(drawn(&note), *picture, "round {round}");
        }
        for picture in &pictures[1..] {
            assert!(undo.redo());
            assert_eq!(drawn(&note), *picture, "round {round}");
        }
    }
}

#[test]
fn undo_of_a_mark_leaves_a_later_one_of_somebody_else() {
    let [a, b] = notes::<2>("abcdef");
    a.body().mark(0..6, "color", "red".to_owned(), Expand::None).unwrap();
    exchange(&[a.clone(), b.clone()]);
    b.body().mark(2..4, "color", "blue".to_owned(), Expand::None).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert!(a.undo_manager().undo());
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(drawn(&b), "ab[color=blue:cd]ef");
}

#[test]
fn a_caret_finds_its_place_when_a_deletion_is_taken_back() {
    let note = note(1);
    let body = note.body();
    body.push("one two three").unwrap();
    let carets = [4, 5, 7].map(|at| body.cursor_at(at, Side::After));
    body.delete(4..8).unwrap();
    assert!(carets.iter().all(|caret| body.position_of(caret) == Some(4)));
    note.undo_manager().undo();
    assert_eq!(read(&note), "one two three");
    for caret in &carets {
        let at = body.position_of(caret).unwrap();
        assert!((4..=8).contains(&at), "{at} is not where the text was");
    }
}

#[test]
fn undo_of_everything_by_everybody_leaves_what_nobody_undid() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let notes: [NoteRef; 3] = notes("0123456789");
        for _ in 0..60 {
            let (at, from) = (random.below(3), random.below(3));
            let body = notes[at].body();
            let start = random.below(body.len() + 1);
            let end = body.len().min(start + random.below(4));
            match random.below(4) {
                0 => body.delete(start..end).unwrap(),
                1 => notes[at].import(&notes[from].export_since(&notes[at].version())).unwrap(),
                _ => body.insert(start, ["a", "b", "c"][at]).unwrap(),
            }
        }
        exchange(&notes);
        // Only the second one undoes: what the others typed and it did not delete stays, in order.
        let others = |text: &str| text.chars().filter(|letter| *letter != 'b').collect::<String>();
        let before = others(&read(&notes[0]));
        while notes[1].undo_manager().undo() {}
        exchange(&notes);
        let after = read(&notes[0]);
        assert!(!after.contains('b'), "seed {seed}: {after}");
        let mut rest = after.chars();
        assert!(
            before.chars().all(|letter| rest.any(|other| other == letter)),
            "seed {seed}: {before} {after}"
        );
    }
}

#[test]
fn a_part_of_a_transaction_that_fails_leaves_what_was_typed_before_it() {
    let note = note(1);
    let body = note.body();
    note.update(|note| {
        body.insert(0, "one")?;
        let part: Result<(), WriteError> = note.update(|_| {
            body.insert(3, " two")?;
            body.delete(0..2)?;
            body.insert(99, "nowhere")
        });
        assert!(part.is_err());
        assert_eq!(body.get().unwrap(), "one");
        body.delete(2..3)?;
        body.delete(1..2)?;
        body.insert(1, "ver")
    })
    .unwrap();
    assert_eq!(read(&note), "over");
    assert!(note.undo_manager().undo());
    assert_eq!(read(&note), "");
    assert!(note.undo_manager().redo());
    assert_eq!(read(&note), "over");
    // Deletions that are one step come back where they were, whatever their order was.
    note.update(|_| [3..4, 0..1, 1..2].into_iter().try_for_each(|range| body.delete(range))).unwrap();
    assert_eq!(read(&note), "v");
    assert!(note.undo_manager().undo());
    assert_eq!(read(&note), "over");
}

#[test]
fn a_part_that_fails_takes_back_itself_and_what_came_and_went_in_one_step_stays_away() {
    let note = note(1);
    let (body, undo) = (note.body(), note.undo_manager());
    body.push("abc").unwrap();
    body.mark(0..3, "bold", true, Expand::After).unwrap();
    let steps = body.update(|body| {
        body.insert(3, "def")?;
        let part: Result<(), WriteError> = body.update(|body| {
            body.insert(6, "gone")?;
            body.delete(1..5)?;
            Err(WriteError::NotFound)
        });
        assert_eq!((part, drawn(&note).as_str()), (Err(WriteError::NotFound), "[bold:abcdef]"));
        body.delete(2..4)
    });
    assert_eq!((steps, drawn(&note).as_str()), (Ok(()), "[bold:abef]"));
    for _ in 0..3 {
        assert!(undo.undo());
        assert_eq!(drawn(&note), "[bold:abc]");
        assert!(undo.redo());
        assert_eq!(drawn(&note), "[bold:abef]");
    }
}
