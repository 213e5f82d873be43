//! Text in which characters differ in width, at every place of a piece.

use crate::sequence::Sequence;
use crate::version::{Dot, ReplicaId, VersionVector};

const MIXED: &str = "a\u{e9}\u{4f60}\u{1f600}e\u{301}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}z";

#[test]
fn inserting_and_deleting_inside_of_wide_text() {
    let (a, b) = (ReplicaId::new(1), ReplicaId::new(2));
    let long: String = MIXED.repeat(100);
    let len = long.chars().count();
    for at in (0..=len).step_by(7) {
        let mut here = Sequence::new();
        here.insert(Dot::new(a, 1), 0, &long).unwrap();
        let mut there = Sequence::new();
        for edit in here.since(&VersionVector::new()) {
            there.apply(&edit).unwrap();
        }
        there.insert(Dot::new(b, 1), at, "\u{1f680}x").unwrap();
        there.delete(Dot::new(b, 3), at.saturating_sub(3)..(at + 1).min(there.len())).unwrap();
        here.delete(Dot::new(a, len as u64 + 1), at / 2..(at / 2 + 9).min(len)).unwrap();
        let (ours, theirs) = (here.since(&there.version()), there.since(&here.version()));
        ours.iter().for_each(|edit| there.apply(edit).unwrap());
        theirs.iter().for_each(|edit| here.apply(edit).unwrap());
        assert_eq!(here.to_string(), there.to_string());
        let text = here.to_string();
        assert_eq!(here.utf16_len(), text.encode_utf16().count());
        let from = at.min(here.len());
        assert_eq!(here.utf16_at(from), text.chars().take(from).map(char::len_utf16).sum::<usize>());
    }
}
