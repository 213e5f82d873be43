//! Marks by one writer: what grows at the ends, and what an unmark takes away.

use synckit::prelude::*;
use synckit::{Expand, Value};

use super::{drawn, note};

#[test]
fn each_kind_grows_at_the_ends_that_it_says() {
    for (expand, expected) in [
        (Expand::None, "a<[bold:bcd]>e"),
        (Expand::Before, "a[bold:<bcd]>e"),
        (Expand::After, "a<[bold:bcd>]e"),
        (Expand::Both, "a[bold:<bcd>]e"),
    ] {
        let note = note(1);
        let body = note.body();
        body.push("abcde").unwrap();
        body.mark(1..4, "bold", true, expand).unwrap();
        assert_eq!(drawn(&note), "a[bold:bcd]e");
        body.insert(4, ">").unwrap();
        body.insert(1, "<").unwrap();
        assert_eq!(drawn(&note), expected, "{expand:?}");
        // In between it always takes part.
        body.insert(3, "-").unwrap();
        assert!(drawn(&note).contains("b-cd"));
    }
}

#[test]
fn each_kind_grows_at_the_ends_of_the_text_too() {
    for (expand, expected) in [
        (Expand::None, "<[bold:abc]>"),
        (Expand::Before, "[bold:<abc]>"),
        (Expand::After, "<[bold:abc>]"),
        (Expand::Both, "[bold:<abc>]"),
    ] {
        let note = note(1);
        note.body().push("abc").unwrap();
        note.body().mark(0..3, "bold", true, expand).unwrap();
        note.body().push(">").unwrap();
        note.body().insert(0, "<").unwrap();
        assert_eq!(drawn(&note), expected, "{expand:?}");
    }
}

#[test]
fn unmark_takes_the_key_from_its_range_alone() {
    let note = note(1);
    let body = note.body();
    body.push("abcdef").unwrap();
    body.mark(0..6, "bold", true, Expand::After).unwrap();
    body.mark(0..6, "em", true, Expand::After).unwrap();
    body.unmark(2..4, "bold").unwrap();
    assert_eq!(drawn(&note), "[bold,em:ab][em:cd][bold,em:ef]");
    body.insert(4, "4").unwrap();
    body.insert(2, "2").unwrap();
    assert_eq!(drawn(&note), "[bold,em:ab2][em:cd][bold,em:4ef]");
    body.unmark(0..8, "bold").unwrap();
    body.unmark(0..8, "em").unwrap();
    body.unmark(0..8, "never").unwrap();
    assert_eq!(drawn(&note), "ab2cd4ef");
}

#[test]
fn the_later_value_of_a_key_counts_and_keys_overlap() {
    let note = note(1);
    let body = note.body();
    body.push("abcdef").unwrap();
    body.mark(0..4, "link", "one".to_owned(), Expand::None).unwrap();
    body.mark(2..6, "link", "two".to_owned(), Expand::None).unwrap();
    body.mark(1..5, "comment:7", 7_i64, Expand::None).unwrap();
    assert_eq!(
        drawn(&note),
        "[link=one:a][comment:7=Int(7),link=one:b][comment:7=Int(7),link=two:cde][link=two:f]"
    );
    assert_eq!(body.marks_at(0), [("link".into(), Value::String("one".into()))]);
    assert_eq!(body.marks_at(4).len(), 2);
    assert_eq!(body.marks_at(6), []);
    assert_eq!(body.marks_at(usize::MAX), []);
}

#[test]
fn marks_stay_on_their_characters() {
    let note = note(1);
    let body = note.body();
    body.push("one two three").unwrap();
    body.mark(4..7, "bold", true, Expand::None).unwrap();
    body.delete(5..6).unwrap();
    assert_eq!(drawn(&note), "one [bold:to] three");
    body.insert(5, "wwww").unwrap();
    assert_eq!(drawn(&note), "one [bold:twwwwo] three");
    body.delete(0..4).unwrap();
    assert_eq!(drawn(&note), "[bold:twwwwo] three");
    body.delete(0..6).unwrap();
    assert_eq!(drawn(&note), " three");
    body.insert(0, "two").unwrap();
    assert_eq!(drawn(&note), "two three", "what was deleted with its mark does not mark what comes");
}

#[test]
fn a_snapshot_keeps_marks_and_how_they_grow() {
    let here = note(1);
    let body = here.body();
    body.push("abcdef").unwrap();
    body.mark(0..3, "bold", true, Expand::After).unwrap();
    body.mark(3..6, "link", "a".to_owned(), Expand::None).unwrap();
    body.unmark(1..2, "bold").unwrap();
    let there = note(2);
    there.import(&here.export()).unwrap();
    assert_eq!(drawn(&there), drawn(&here));
    there.body().insert(3, "+").unwrap();
    there.body().push("+").unwrap();
    assert_eq!(drawn(&there), "[bold:a]b[bold:c+][link=a:def]+");
}

#[test]
fn an_empty_range_marks_nothing() {
    let note = note(1);
    note.body().push("abc").unwrap();
    let known = note.version();
    note.body().mark(1..1, "bold", true, Expand::Both).unwrap();
    note.body().unmark(3..3, "bold").unwrap();
    assert_eq!(note.version(), known);
}
