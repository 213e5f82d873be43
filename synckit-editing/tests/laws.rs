//! The laws that deltas keep.
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use proptest::prelude::*;
use synckit_editing::delta::{Attributes, Delta, Op, OutOfStep, Utf16Map};

fn attributes(removals: bool) -> impl Strategy<Value = Attributes> {
    let mark = (prop::sample::select(vec!["bold", "italic", "link"]), prop::option::weighted(0.6, 0..3_i64));
    prop::collection::vec(mark, 0..3).prop_map(move |marks| {
        let mut attributes = Attributes::new();
        for (key, value) in marks {
            if removals || value.is_some() {
                attributes.set(key.into(), value.map(synckit::IntoValue::into_value));
            }
        }
        attributes
    })
}

/// A text with marks, as insertions.
fn document() -> impl Strategy<Value = Delta> {
    let text = prop::collection::vec(("[ab🙂é\n]{1,6}", attributes(false)), 0..5);
    text.prop_map(|spans| spans.into_iter().map(|(text, marks)| Op::Insert(text, marks)).collect())
}

fn len(document: &Delta) -> usize {
    document.ops().iter().map(Op::len).sum()
}

/// A change of a text of this length.
fn change(len: usize) -> impl Strategy<Value = Delta> {
    let op = prop_oneof![
        (1..4_usize, attributes(true)).prop_map(|(len, marks)| Op::Retain(len, marks)),
        (1..4_usize).prop_map(Op::Delete),
        ("[xyz🌍\n]{1,3}", attributes(false)).prop_map(|(text, marks)| Op::Insert(text, marks)),
    ];
    prop::collection::vec(op, 0..8).prop_map(move |ops| {
        let mut left = len;
        let fits = ops.into_iter().filter_map(|op| {
            let taken = match &op {
                Op::Insert(..) => return Some(op),
                op => op.len().min(left),
            };
            left -= taken;
            match op {
                _ if taken == 0 => None,
                Op::Retain(_, marks) => Some(Op::Retain(taken, marks)),
                _ => Some(Op::Delete(taken)),
            }
        });
        fits.collect()
    })
}

fn document_and_two() -> impl Strategy<Value = (Delta, Delta, Delta)> {
    document().prop_flat_map(|document| {
        let len = len(&document);
        (Just(document), change(len), change(len))
    })
}

fn three_in_a_row() -> impl Strategy<Value = (Delta, Delta, Delta, Delta)> {
    document().prop_flat_map(|document| {
        let first = change(len(&document));
        (Just(document), first).prop_flat_map(|(document, first)| {
            let after = document.compose(&first);
            (Just(document), Just(first), change(len(&after))).prop_flat_map(|(document, first, second)| {
                let after = document.compose(&first).compose(&second);
                (Just(document), Just(first), Just(second), change(len(&after)))
            })
        })
    })
}

fn plain(document: &Delta) -> String {
    Delta::new().compose(document).apply("").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn two_changes_come_together_whichever_is_first((document, a, b) in document_and_two()) {
        let [ab, ba] = [a.compose(&a.transform(&b, true)), b.compose(&b.transform(&a, false))];
        prop_assert_eq!(document.compose(&ab), document.compose(&ba));
        prop_assert_eq!(ab, ba);
    }

    #[test]
    fn composing_is_associative_and_does_what_its_parts_do((document, a, b, c) in three_in_a_row()) {
        let [left, right] = [a.compose(&b).compose(&c), a.compose(&b.compose(&c))];
        prop_assert_eq!(document.compose(&left), document.compose(&right));
        let one_by_one = document.compose(&a).compose(&b).compose(&c);
        prop_assert_eq!(document.compose(&left), one_by_one.clone());
        prop_assert_eq!(document.compose(&Delta::compose_all(vec![a.clone(), b.clone(), c.clone()])), one_by_one);
        let nothing = Delta::new();
        prop_assert_eq!(nothing.compose(&a), a.clone());
        prop_assert_eq!(a.compose(&nothing), a);
    }

    #[test]
    fn text_and_marks_change_together((document, a, _) in document_and_two()) {
        let text = plain(&document);
        prop_assert_eq!(a.apply(&text).unwrap(), plain(&document.compose(&a)));
        prop_assert_eq!(a.clone().plain().apply(&text), a.apply(&text));
    }

    #[test]
    fn places_stay_with_their_characters((document, a, _) in document_and_two(), at in any::<prop::sample::Index>()) {
        let at = at.index(len(&document) + 1);
        // A mark that nobody else inserts tells where the place is.
        for stays in [true, false] {
            let flag = Delta::new().retain(at).insert("|");
            let both = document.compose(&flag).compose(&flag.transform(&a, stays));
            let place = a.transform_position(at, stays);
            prop_assert_eq!(plain(&both).chars().position(|c| c == '|'), Some(place));
        }
    }

    #[test]
    fn utf16_places_are_converted_there_and_back((document, a, _) in document_and_two()) {
        let text = plain(&document);
        let mut map = Utf16Map::of(&text);
        for (at, (byte, _)) in text.char_indices().enumerate() {
            let utf16 = text[..byte].encode_utf16().count();
            prop_assert_eq!((map.to_utf16(at), map.to_scalars(utf16)), (utf16, Some(at)));
        }
        prop_assert_eq!((map.utf16_len(), map.to_scalars(map.utf16_len() + 1)), (text.encode_utf16().count(), None));
        let utf16 = map.delta_to_utf16(&a).unwrap();
        prop_assert_eq!(map.delta_to_scalars(&utf16).unwrap(), a.clone());
        map.apply(&a);
        prop_assert_eq!(map, Utf16Map::of(&a.apply(&text).unwrap()));
    }
}

#[test]
fn a_delta_that_cuts_a_character_is_out_of_step() {
    let map = Utf16Map::of("a🙂b");
    assert_eq!(map.delta_to_scalars(&Delta::new().retain(2).insert("x")), Err(OutOfStep));
    assert_eq!(map.delta_to_scalars(&Delta::new().retain(5).delete(1)), Err(OutOfStep));
    assert_eq!(map.delta_to_scalars(&Delta::new().retain(1).delete(2)), Ok(Delta::new().retain(1).delete(1)));
    assert_eq!(map.delta_to_utf16(&Delta::new().retain(4).delete(1)), Err(OutOfStep));
}
