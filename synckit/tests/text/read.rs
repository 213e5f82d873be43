//! Reading a text bit by bit.

use synckit::prelude::*;

use super::{Random, note, read};

#[test]
fn chunks_and_characters_are_the_text() {
    let body = note(1).body();
    assert_eq!((body.chunks().next(), body.chars().next()), (None, None));
    let mut random = Random::new(1);
    for _ in 0..3_000 {
        let at = random.below(body.len() + 1);
        body.insert(at, ["a", "日本語", "👩‍👩‍👧", "e\u{301}", "typed by somebody "][random.below(5)]).unwrap();
        if random.below(3) == 0 {
            let at = random.below(body.len());
            body.delete(at..body.len().min(at + 4)).unwrap();
        }
    }
    let text = body.get().unwrap();
    assert!(body.chunks().count() > 3);
    assert!(body.chunks().all(|chunk| (1..=4096).contains(&chunk.chars().count())));
    assert_eq!(body.chunks().collect::<String>(), text);
    assert_eq!(body.chars().collect::<String>(), text);
}

/// What was there all the time is told once, whatever is written between two parts.
#[test]
fn who_reads_can_write_meanwhile() {
    for seed in 0..20 {
        let note = note(seed + 1);
        let body = note.body();
        let numbers: String = ('\u{4e00}'..'\u{8e00}').collect();
        body.push(&numbers).unwrap();
        let (mut random, mut told) = (Random::new(seed), String::new());
        for chunk in body.chunks() {
            told += &chunk;
            let at = random.below(body.len());
            body.insert(at, &"x".repeat(random.below(5_000))).unwrap();
            // What was read may go.
            let front = body.slice(0..random.below(3_000));
            if random.below(2) == 0 && told.contains(front.trim_matches('x')) {
                body.delete(0..front.chars().count()).unwrap();
            }
        }
        let others: String = told.chars().filter(|character| *character != 'x').collect();
        assert_eq!(others, numbers, "seed {seed}");
        assert!(read(&note).len() > 1);
    }
}
