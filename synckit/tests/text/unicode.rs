//! Characters of every width, at every position.

use synckit::prelude::*;

use super::{exchange, note, notes, read};

const SAMPLES: [&str; 7] = ["plain", "grüße", "日本語", "e\u{301}a\u{30a}", "😀😃", "👩‍👩‍👧‍👦", "a日\u{301}😀z👩‍👩‍👧"];

#[test]
fn anything_goes_anywhere_and_utf16_is_converted_there_and_back() {
    for outer in SAMPLES {
        for inner in SAMPLES {
            let chars: Vec<char> = outer.chars().collect();
            for at in 0..=chars.len() {
                let note = note(1);
                let body = note.body();
                body.push(outer).unwrap();
                body.insert(at, inner).unwrap();
                let expected: String = chars[..at]
                    .iter()
                    .copied()
                    .chain(inner.chars())
                    .chain(chars[at..].iter().copied())
                    .collect();
                assert_eq!(read(&note), expected);
                converts(&note.body(), &expected);
                // Out again: neither half of anything is left.
                body.delete(at..at + inner.chars().count()).unwrap();
                assert_eq!(read(&note), outer);
                converts(&note.body(), outer);
            }
        }
    }
}

fn converts(text: &TextRef, expected: &str) {
    assert_eq!(text.len(), expected.chars().count());
    assert_eq!(text.utf16_len(), expected.encode_utf16().count());
    let mut units = 0;
    for (at, character) in expected.chars().enumerate() {
        assert_eq!(text.utf16_at(at), units);
        assert_eq!(text.at_utf16(units), at);
        if character.len_utf16() == 2 {
            let inside = text.at_utf16(units + 1);
            assert!(inside == at || inside == at + 1, "between two halves is beside the character");
        }
        units += character.len_utf16();
        assert_eq!(text.slice(at..at + 1), character.to_string());
        assert_eq!(text.slice(0..at), expected.chars().take(at).collect::<String>());
    }
    assert_eq!((text.utf16_at(text.len()), text.at_utf16(units)), (units, text.len()));
    assert_eq!((text.utf16_at(text.len() + 9), text.at_utf16(units + 9)), (units, text.len()));
}

#[test]
fn characters_survive_being_typed_between_and_deleted_by_others() {
    for sample in SAMPLES {
        let len = sample.chars().count();
        for at in 0..len {
            let [a, b] = notes::<2>(sample);
            a.body().insert(at, "😀").unwrap();
            b.body().delete(at..at + 1).unwrap();
            b.body().insert(at, "\u{301}日").unwrap();
            exchange(&[a.clone(), b.clone()]);
            let front: String = sample.chars().take(at).collect();
            let back: String = sample.chars().skip(at + 1).collect();
            let now = read(&a);
            let middle = now.strip_prefix(&front).and_then(|rest| rest.strip_suffix(&back)).unwrap();
            assert!(["😀\u{301}日", "\u{301}日😀"].contains(&middle), "{middle:?}");
            converts(&b.body(), &now);
        }
    }
}

#[test]
fn setting_a_text_changes_only_what_differs() {
    let [a, b] = notes::<2>("grüße 👩‍👩‍👧 日本");
    for text in ["grüße 👩‍👦 日本", "größe 👩‍👦 日", "", "日本日本", "本日本", "本日本"]
    {
        let known = b.version();
        a.body().set(text).unwrap();
        assert_eq!(read(&a), text);
        b.import(&a.export_since(&known)).unwrap();
        assert_eq!(read(&b), text);
    }
    let known = a.version();
    a.body().set("本日本").unwrap();
    assert_eq!(a.version(), known, "the same again writes nothing");
    // What somebody else types into the part that stays is kept.
    a.body().set("one two three").unwrap();
    exchange(&[a.clone(), b.clone()]);
    b.body().insert(3, "!").unwrap();
    a.body().set("one 2 three").unwrap();
    exchange(&[a.clone(), b.clone()]);
    assert_eq!(read(&a), "one! 2 three");
}
