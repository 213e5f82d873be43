//! Editing sessions made from a seed, for whoever has no recorded ones. Their shape is that of writing: runs of typing,
//! corrections by backspace, jumps to other places, now and then a longer deletion.

use anyhow::Result;
use fastrand::Rng;

use crate::replica::Edit;
use crate::traces::{Collaboration, Session, schedule};

/// Letters, digits and spaces.
pub(crate) fn word(random: &mut Rng, length: usize) -> String {
    const LETTERS: &[u8] = b"etaoinshrdlucmfwypvbgkjqxz     .,\n0123456789";
    (0..length).map(|_| char::from(LETTERS[random.usize(..LETTERS.len())])).collect()
}

/// What one person writes, one character at a time.
pub(crate) fn session(name: &str, seed: u64, count: usize) -> Session {
    let mut random = Rng::with_seed(seed);
    let mut text: Vec<u8> = Vec::new();
    let mut edits = Vec::with_capacity(count);
    let mut at = 0;
    while edits.len() < count {
        // Most jumps are short, some go anywhere.
        at =
            if random.u8(..4) == 0 { random.usize(..=text.len()) } else { near(&mut random, at, text.len()) };
        let backspaces = if random.u8(..3) == 0 { random.usize(1..12).min(at) } else { 0 };
        for _ in 0..backspaces {
            at -= 1;
            text.remove(at);
            edits.push(Edit::deletion(at, 1));
        }
        for letter in word(&mut random, 1 + backspaces + 9).chars() {
            text.insert(at, letter as u8);
            edits.push(Edit::insertion(at, letter.encode_utf8(&mut [0; 4])));
            at += 1;
        }
        if random.u8(..40) == 0 {
            let length = random.usize(1..80).min(text.len() - at);
            text.drain(at..at + length);
            edits.push(Edit { at, delete: length, insert: "".into() });
        }
        edits.retain(|edit| edit.delete > 0 || !edit.insert.is_empty());
    }
    let end = text.into_iter().map(char::from).collect();
    Session { name: name.to_owned(), edits, end }
}

fn near(random: &mut Rng, at: usize, length: usize) -> usize {
    let low = at.saturating_sub(60);
    random.usize(low..=(at + 60).min(length).max(low))
}

/// What two people type at once, each a few words between two exchanges. A person only deletes what was typed since the
/// last exchange, so every position exists whichever way a library merges.
pub(crate) fn collaboration(name: &str, seed: u64, count: usize) -> Result<Collaboration> {
    const PEOPLE: usize = 2;
    let mut random = Rng::with_seed(seed);
    let mut transactions: Vec<(usize, Vec<Edit>)> = Vec::new();
    let mut parents: Vec<Vec<usize>> = Vec::new();
    let mut length = 0;
    let mut heads: Vec<usize> = Vec::new();
    while transactions.len() < count {
        let mut ends = Vec::new();
        let mut grown = 0;
        for person in 0..PEOPLE {
            let (mut at, mut typed) = (random.usize(..=length), 0);
            let mut last = heads.clone();
            for _ in 0..random.usize(1..30) {
                let edit = if typed > 0 && random.u8(..5) == 0 {
                    (at, typed) = (at - 1, typed - 1);
                    Edit::deletion(at, 1)
                } else {
                    let edit = Edit::insertion(at, &word(&mut random, 1));
                    (at, typed) = (at + 1, typed + 1);
                    edit
                };
                parents.push(std::mem::replace(&mut last, vec![transactions.len()]));
                transactions.push((person, vec![edit]));
            }
            ends.extend(last);
            grown += typed;
        }
        heads = ends;
        length += grown;
    }
    let authors: Vec<usize> = transactions.iter().map(|(author, _)| *author).collect();
    let steps = schedule(PEOPLE, &authors, &parents)?;
    Ok(Collaboration { name: name.to_owned(), people: PEOPLE, transactions, steps })
}

#[cfg(test)]
mod tests {
    use super::{collaboration, session};
    use crate::traces::Step;

    #[test]
    fn a_session_ends_with_its_text_and_repeats_from_its_seed() {
        let first = session("a", 7, 5000);
        let mut text = String::new();
        for edit in &first.edits {
            text.replace_range(edit.at..edit.at + edit.delete, &edit.insert);
        }
        assert_eq!(text, first.end);
        assert!(first.edits.len() >= 5000 && first.edits.iter().any(|edit| edit.delete > 1));
        assert_eq!(first.edits, session("b", 7, 5000).edits);
        assert_ne!(first.edits, session("c", 8, 5000).edits);
    }

    #[test]
    fn people_work_at_once_and_exchange_everything() {
        let collaboration = collaboration("a", 7, 500).unwrap();
        let count = collaboration.transactions.len();
        let received = |step: &&Step| matches!(step, Step::Receive { .. });
        assert_eq!(collaboration.steps.iter().filter(received).count(), count);
        assert_eq!(collaboration.steps.len(), 2 * count);
    }
}
