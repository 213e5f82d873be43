//! Places that stay among their characters.

use synckit::prelude::*;
use synckit::{Cursor, Side};

use super::{Random, exchange, note, notes, read};

#[test]
fn what_is_typed_right_there_comes_behind_after_and_before_before() {
    let note = note(1);
    let body = note.body();
    body.push("ab").unwrap();
    let (after, before) = (body.cursor_at(1, Side::After), body.cursor_at(1, Side::Before));
    body.insert(1, "---").unwrap();
    assert_eq!(body.position_of(&after), Some(1));
    assert_eq!(body.position_of(&before), Some(4));
}

#[test]
fn the_ends_stay_the_ends() {
    let note = note(1);
    let body = note.body();
    let empty = [body.cursor_at(0, Side::After), body.cursor_at(0, Side::Before)];
    assert_eq!(empty.map(|cursor| body.position_of(&cursor)), [Some(0), Some(0)]);
    body.push("hello").unwrap();
    assert_eq!(empty.map(|cursor| body.position_of(&cursor)), [Some(0), Some(5)]);
    let (start, end) = (body.cursor_at(0, Side::After), body.cursor_at(5, Side::Before));
    body.insert(0, ">>").unwrap();
    body.push("<<").unwrap();
    assert_eq!(body.position_of(&start), Some(0));
    assert_eq!(body.position_of(&end), Some(9));
    let past = body.cursor_at(100, Side::Before);
    assert_eq!(body.position_of(&past), Some(9));
}

#[test]
fn a_cursor_survives_its_character_and_the_whole_text() {
    let [a, b] = notes::<2>("one two three");
    let cursors = [4, 7].map(|at| [Side::Before, Side::After].map(|side| a.body().cursor_at(at, side)));
    b.body().delete(3..8).unwrap();
    exchange(&[a.clone(), b.clone()]);
    for cursor in cursors.as_flattened() {
        assert_eq!(a.body().position_of(cursor), Some(3));
        assert_eq!(b.body().position_of(cursor), Some(3));
    }
    let all = a.body().len();
    a.body().delete(0..all).unwrap();
    assert!(cursors.as_flattened().iter().all(|cursor| a.body().position_of(cursor) == Some(0)));
    a.body().push("new").unwrap();
    exchange(&[a.clone(), b.clone()]);
    for cursor in cursors.as_flattened() {
        let at = a.body().position_of(cursor);
        assert!(at == Some(0) || at == Some(3), "{at:?} is inside of what was typed as one");
        assert_eq!(b.body().position_of(cursor), at);
    }
}

#[test]
fn a_cursor_can_be_sent_and_is_unknown_until_its_character_arrives() {
    let [a, b] = notes::<2>("shared");
    a.body().insert(3, "new").unwrap();
    for side in [Side::Before, Side::After] {
        for at in 0..=a.body().len() {
            let cursor = a.body().cursor_at(at, side);
            let sent: Cursor = cursor.to_string().parse().unwrap();
            assert_eq!(sent, cursor);
            assert_eq!(a.body().position_of(&sent), Some(at));
        }
    }
    let cursor = a.body().cursor_at(5, Side::After);
    assert_eq!(b.body().position_of(&cursor), None);
    b.import(&a.export()).unwrap();
    assert_eq!(b.body().position_of(&cursor), Some(5));
    for bad in ["", "x", "<1", "=00-1", ">zz-1", "<0000000000000001-", "<0000000000000000-1"] {
        assert!(bad.parse::<Cursor>().is_err(), "{bad:?}");
    }
}

#[test]
fn cursors_follow_their_characters_through_anything() {
    for seed in 0..30 {
        let mut random = Random::new(seed);
        let [a, b] = notes::<2>("the quick brown fox");
        // Each character is its own name.
        a.body().set("abcdefghijklmnopqrst").unwrap();
        exchange(&[a.clone(), b.clone()]);
        let cursors: Vec<_> =
            ('a'..='t').enumerate().map(|(at, name)| (name, a.body().cursor_at(at, Side::Before))).collect();
        for _ in 0..40 {
            let note = [&a, &b][random.below(2)];
            let from = random.below(note.body().len() + 1);
            let to = note.body().len().min(from + random.below(3));
            match random.below(3) {
                0 => note.body().delete(from..to).unwrap(),
                _ => note.body().insert(from, "0日").unwrap(),
            }
        }
        exchange(&[a.clone(), b.clone()]);
        let text: Vec<char> = read(&a).chars().collect();
        for (name, cursor) in cursors {
            let at = b.body().position_of(&cursor).unwrap();
            if let Some(now) = text.iter().position(|character| *character == name) {
                assert_eq!(at, now);
            }
            assert_eq!(a.body().position_of(&cursor), Some(at));
        }
    }
}
