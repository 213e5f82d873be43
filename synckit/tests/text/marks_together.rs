//! Marks by several writers at the same time.

use synckit::Expand;
use synckit::prelude::*;

use super::{NoteRef, Random, drawn, exchange, notes, read};

#[test]
fn marks_that_overlap_both_count() {
    let [a, b] = notes::<2>("the quick brown fox");
    a.body().mark(0..9, "bold", true, Expand::After).unwrap();
    b.body().mark(4..15, "em", true, Expand::After).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(drawn(&a), "[bold:the ][bold,em:quick][em: brown] fox");
}

#[test]
fn of_two_values_for_one_key_everybody_keeps_the_same() {
    for swap in [false, true] {
        let [a, b] = notes::<2>("abcdef");
        let (first, second) = if swap { (&b, &a) } else { (&a, &b) };
        first.body().mark(0..4, "color", "red".to_owned(), Expand::After).unwrap();
        second.body().mark(2..6, "color", "blue".to_owned(), Expand::After).unwrap();
        exchange(&[a.clone(), b.clone()]);
        let result = drawn(&a);
        assert!(
            [
                "[color=red:ab][color=blue:cdef]",
                "[color=red:abcd][color=blue:ef]",
                "[color=blue:ab][color=red:cdef]",
                "[color=blue:abcd][color=red:ef]"
            ]
            .contains(&result.as_str()),
            "{result}"
        );
    }
}

#[test]
fn a_mark_and_an_unmark_at_the_same_time_converge_outside_each_keeps_its_own() {
    let [a, b] = notes::<2>("abcdef");
    a.body().mark(0..6, "bold", true, Expand::After).unwrap();
    exchange(&[a.clone(), b.clone()]);
    a.body().unmark(0..3, "bold").unwrap();
    b.body().mark(2..5, "bold", true, Expand::After).unwrap();
    exchange(&[a.clone(), b.clone()]);
    let result = drawn(&a);
    assert!(["ab[bold:cdef]", "abc[bold:def]"].contains(&result.as_str()), "{result}");
}

#[test]
fn what_others_type_into_a_range_while_it_is_marked_is_marked() {
    let [a, b, c] = notes::<3>("abcdef");
    a.body().mark(1..5, "bold", true, Expand::None).unwrap();
    b.body().insert(3, "BBB").unwrap();
    c.body().delete(2..4).unwrap();
    c.body().insert(2, "C").unwrap();
    exchange(&[a.clone(), b.clone(), c.clone()]);
    let text = read(&a);
    assert_eq!(drawn(&b), format!("a[bold:{}]f", &text[1..text.len() - 1]));
    // Split by others, it is one mark still.
    c.body().unmark(1..text.len() - 1, "bold").unwrap();
    exchange(&[a.clone(), b, c]);
    assert_eq!(drawn(&a), text);
}

#[test]
fn what_others_type_at_the_ends_takes_part_as_the_mark_says() {
    for (expand, expected) in [
        (Expand::None, "a<[bold:bcd]>e"),
        (Expand::Before, "a[bold:<bcd]>e"),
        (Expand::After, "a<[bold:bcd>]e"),
        (Expand::Both, "a[bold:<bcd>]e"),
    ] {
        let [a, b] = notes::<2>("abcde");
        a.body().mark(1..4, "bold", true, expand).unwrap();
        b.body().insert(4, ">").unwrap();
        b.body().insert(1, "<").unwrap();
        exchange(&[a.clone(), b.clone()]);
        assert_eq!(drawn(&b), expected, "{expand:?}");
    }
}

#[test]
fn a_mark_whose_ends_are_deleted_meanwhile_stays_on_the_rest() {
    let [a, b] = notes::<2>("abcdef");
    a.body().mark(1..5, "bold", true, Expand::None).unwrap();
    b.body().delete(4..6).unwrap();
    b.body().delete(0..2).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(drawn(&b), "[bold:cd]");
    b.body().push("!").unwrap();
    b.body().insert(0, "?").unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(drawn(&a), "?[bold:cd]!");
}

#[test]
fn a_mark_on_what_others_delete_comes_back_with_their_undo() {
    let [a, b] = notes::<2>("abcdef");
    b.body().delete(2..4).unwrap();
    a.body().mark(0..6, "bold", true, Expand::None).unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(drawn(&a), "[bold:abef]");
    b.undo_manager().undo();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&a), "abcdef");
}

#[test]
fn random_marks_and_edits_converge() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let notes: [NoteRef; 4] = notes("the quick brown fox");
        for _ in 0..60 {
            let (at, from) = (random.below(4), random.below(4));
            let body = notes[at].body();
            let start = random.below(body.len() + 1);
            let end = body.len().min(start + random.below(8));
            let key = ["bold", "link", "comment:1"][random.below(3)];
            match random.below(8) {
                0 | 1 => body.insert(start, "日x").unwrap(),
                2 => body.delete(start..end).unwrap(),
                3 => body.unmark(start..end, key).unwrap(),
                4 => drop(notes[at].undo_manager().undo()),
                5 => notes[at].import(&notes[from].export_since(&notes[at].version())).unwrap(),
                _ => {
                    let expand = [Expand::None, Expand::Before, Expand::After, Expand::Both][random.below(4)];
                    body.mark(start..end, key, random.below(3) as i64, expand).unwrap();
                }
            }
        }
        exchange(&notes);
        let fresh = super::note(9);
        fresh.import(&notes[3].export()).unwrap();
        assert_eq!(drawn(&fresh), drawn(&notes[0]), "seed {seed}");
    }
}
