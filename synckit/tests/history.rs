//! Documents that keep their history, as a program uses them.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;

use synckit::prelude::*;
use synckit::version::VersionVector;
use synckit::{Expand, HistoryError, Set, TextChange, WriteError};

#[derive(Document, Clone, Debug, PartialEq, Default)]
struct Page {
    title: String,
    votes: Counter,
    tags: Set<String>,
    steps: List<String>,
    body: Text,
}

fn page(seed: u64) -> PageRef {
    SyncKit::in_memory(seed).document::<Page>("page")
}

/// What each of the two lacks of the other.
fn exchange(a: &PageRef, b: &PageRef) {
    let (from_a, from_b) = (a.export_since(&b.version()), b.export_since(&a.version()));
    a.import(&from_b).unwrap();
    b.import(&from_a).unwrap();
}

#[test]
fn every_version_of_a_typed_document_can_be_read_and_none_can_be_written() {
    let page = page(1);
    page.title().set("before").unwrap();
    page.history().keep().unwrap();
    page.history().keep().unwrap();
    let mut moments = vec![(page.version(), page.get().unwrap())];
    for round in 0..20 {
        page.title().set(format!("title {round}")).unwrap();
        page.votes().increment(round).unwrap();
        page.tags().insert(format!("tag {}", round % 3)).unwrap();
        page.tags().remove(&format!("tag {}", (round + 1) % 3)).unwrap();
        page.steps().insert(0, format!("step {round}")).unwrap();
        page.steps().move_to(page.steps().at(0).unwrap().id(), page.steps().len() - 1).unwrap();
        page.body().insert(0, "grüße 👩‍👩‍👧 ").unwrap();
        page.body().delete(2..7).unwrap();
        moments.push((page.version(), page.get().unwrap()));
        page.undo_manager().undo();
        moments.push((page.version(), page.get().unwrap()));
    }
    let other = SyncKit::in_memory(2).document::<Page>("other");
    other.import(&page.export()).unwrap();
    for (version, expected) in &moments {
        for page in [&page, &other] {
            let past = page.at(version).unwrap();
            assert_eq!(&past.get().unwrap(), expected);
            assert_eq!(past.title().get().unwrap(), expected.title);
            assert_eq!(past.version(), *version);
        }
    }
    let past = page.at(&moments[3].0).unwrap();
    assert_eq!(past.title().set("x"), Err(WriteError::ReadOnly));
    assert_eq!(past.body().insert(0, "x"), Err(WriteError::ReadOnly));
    assert_eq!(past.update(|past| past.votes().increment(1)), Err(WriteError::ReadOnly));
    assert_eq!(past.history().keep(), Err(WriteError::ReadOnly));
    assert!(past.import(&page.export()).is_err());
    assert_eq!(past.get().unwrap(), moments[3].1);
}

#[test]
fn without_a_history_there_are_no_versions_but_writers() {
    let page = page(1);
    page.body().insert(0, "text").unwrap();
    let version = page.version();
    assert_eq!(page.at(&version).map(drop), Err(HistoryError::NotKept));
    assert_eq!(page.body().restore(&version), Err(HistoryError::NotKept));
    assert_eq!(page.history().checkpoint("x").map(drop), Err(HistoryError::NotKept));
    assert!(page.history().versions().is_empty() && page.history().floor().is_none());
    let blame = page.body().blame(0..99);
    assert_eq!((blame.len(), blame[0].range.clone(), blame[0].time), (1, 0..4, None));
    assert_eq!(blame[0].replica, page.history().replica());
}

#[test]
fn a_text_comes_back_with_its_marks_as_one_step_that_can_be_undone() {
    let page = page(1);
    page.history().keep().unwrap();
    let body = page.body();
    body.insert(0, "The quick brown fox").unwrap();
    body.mark(4..9, "bold", true, Expand::After).unwrap();
    body.mark(10..15, "color", "brown".to_owned(), Expand::None).unwrap();
    let version = page.version();
    let then = body.spans();
    body.delete(0..10).unwrap();
    body.insert(0, "A slow ").unwrap();
    body.unmark(7..12, "color").unwrap();
    body.mark(0..6, "bold", true, Expand::After).unwrap();
    body.mark(13..16, "italic", true, Expand::None).unwrap();
    let now = body.spans();
    assert_eq!(body.at(&version).unwrap().spans(), then);
    body.restore(&version).unwrap();
    assert_eq!(body.spans(), then);
    page.undo_manager().undo();
    assert_eq!(body.spans(), now);
    page.undo_manager().redo();
    assert_eq!(body.spans(), then);
    // A whole document likewise.
    page.title().set("title").unwrap();
    page.undo_manager().undo();
    page.undo_manager().undo();
    assert_eq!(body.spans(), now);
    page.title().set("title").unwrap();
    page.restore(&version).unwrap();
    assert_eq!(page.get().unwrap(), page.at(&version).unwrap().get().unwrap());
    assert_eq!(body.spans(), then);
    page.undo_manager().undo();
    assert_eq!((page.title().get(), body.spans()), (Ok("title".into()), now));
}

#[test]
fn texts_of_elements_come_back_with_their_marks_and_those_of_others_stay() {
    #[derive(Document, Clone, Debug, PartialEq, Default)]
    struct Card {
        note: Text,
    }
    #[derive(Document, Clone, Debug, PartialEq, Default)]
    struct Board {
        cards: List<Card>,
    }
    let board = SyncKit::in_memory(1).document::<Board>("board");
    board.history().keep().unwrap();
    for _ in 0..2 {
        board.cards().push(Card { note: "a bold word".into() }).unwrap();
    }
    let cards: Vec<_> = (0..2).map(|at| board.cards().at(at).unwrap().note()).collect();
    cards.iter().for_each(|note| note.mark(2..6, "bold", true, Expand::After).unwrap());
    let (version, then) = (board.version(), cards[0].spans());
    cards.iter().for_each(|note| note.set("other").unwrap());
    // One of the elements alone, then all.
    board.cards().at(1).unwrap().restore(&version).unwrap();
    assert_eq!((cards[0].get(), cards[1].spans()), (Ok("other".into()), then.clone()));
    board.restore(&version).unwrap();
    assert_eq!((cards[0].spans(), cards[1].spans()), (then.clone(), then));
}

#[test]
fn no_version_shows_words_without_those_that_they_were_written_behind() {
    let both = [page(1), page(2)];
    both[0].history().keep().unwrap();
    let mut written = String::new();
    for round in 0..12 {
        let (writer, other) = (&both[round % 2], &both[(round + 1) % 2]);
        writer.import(&other.export_since(&writer.version())).unwrap();
        let word = format!("{round} ");
        writer.body().push(&word).unwrap();
        written.push_str(&word);
    }
    exchange(&both[0], &both[1]);
    for page in &both {
        let versions = page.history().versions();
        assert!(versions.len() > 2, "both wrote");
        for entry in versions {
            let shown = page.at(&entry.version).unwrap().body().get().unwrap();
            assert!(written.starts_with(shown.as_str()), "{shown:?}");
        }
    }
}

#[test]
fn a_difference_is_what_was_written_and_deleted() {
    let page = page(1);
    page.history().keep().unwrap();
    page.body().insert(0, "one three").unwrap();
    let early = page.version();
    page.body().insert(4, "two ").unwrap();
    page.body().delete(0..4).unwrap();
    let keep = |text: &str| TextChange::Keep(text.into());
    let late = page.version();
    let changes = page.body().diff(&early, &late).unwrap();
    assert_eq!(
        changes,
        [TextChange::Delete("one ".into()), TextChange::Insert("two ".into()), keep("three")]
    );
    let back = page.body().diff(&late, &early).unwrap();
    assert_eq!(back, [TextChange::Insert("one ".into()), TextChange::Delete("two ".into()), keep("three")]);
    let other = VersionVector::from_iter([(page.history().replica(), 1 << 40)]);
    assert_eq!(page.body().diff(&early, &other), Err(HistoryError::Unknown));
}

#[test]
fn blame_is_what_a_list_of_characters_with_their_writers_says() {
    let pages = [page(1), page(2), page(3)];
    pages[0].history().keep().unwrap();
    for (page, name) in pages.iter().zip(["Ada", "Bob", "Cleo"]) {
        exchange(page, &pages[0]);
        page.history().sign(name).unwrap();
    }
    // Who wrote each character is its own letter, so the text says what blame has to say.
    let mut state = 7u64;
    let mut below = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % end.max(1)
    };
    for _ in 0..400 {
        let at = below(3);
        let body = pages[at].body();
        let len = body.len();
        match below(4) {
            0 => exchange(&pages[at], &pages[below(3)]),
            1 => {
                let from = below(len);
                body.delete(from..len.min(from + below(4))).unwrap();
            }
            _ => {
                let letters = ["A", "B", "C"][at].repeat(1 + below(5));
                body.insert(below(len + 1), &letters).unwrap();
            }
        }
    }
    for _ in 0..2 {
        (1..3).for_each(|at| exchange(&pages[0], &pages[at]));
    }
    for page in &pages {
        let text: Vec<char> = page.body().get().unwrap().chars().collect();
        let spans = page.body().blame(0..text.len());
        assert_eq!(spans.last().unwrap().range.end, text.len());
        assert!(spans.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
        for span in spans {
            let name = page.history().author(span.replica).unwrap();
            assert!(text[span.range.clone()].iter().all(|&letter| name.starts_with(letter)), "{span:?}");
        }
        let (from, to) = (text.len() / 3, text.len() / 2);
        let part = page.body().blame(from..to);
        assert_eq!((part[0].range.start, part.last().unwrap().range.end), (from, to));
    }
}

#[test]
fn checkpoints_are_everybodys() {
    let (a, b) = (page(1), page(2));
    a.history().keep().unwrap();
    exchange(&a, &b);
    a.body().insert(0, "from a").unwrap();
    b.body().insert(0, "from b").unwrap();
    let first = a.history().checkpoint("draft").unwrap();
    let second = b.history().checkpoint("draft").unwrap();
    exchange(&a, &b);
    assert_eq!(a.history().checkpoints(), b.history().checkpoints());
    let read = |id| {
        let all = b.history().checkpoints();
        let checkpoint = all.iter().find(|checkpoint| checkpoint.id == id).unwrap();
        assert_eq!(checkpoint.name, "draft");
        b.at(&checkpoint.version).unwrap().body().get().unwrap()
    };
    assert_eq!((read(first), read(second)), ("from a".into(), "from b".into()));
    assert_eq!(first.to_string().parse(), Ok(first));
    b.history().remove_checkpoint(first).unwrap();
    exchange(&a, &b);
    assert_eq!(a.history().checkpoints().len(), 1);
    // None of this is a step that could be undone.
    b.undo_manager().undo();
    assert_eq!((b.body().get().unwrap(), b.history().checkpoints().len()), ("from a".into(), 1));
    assert!(a.history().checkpoint(&"x".repeat(2000)).is_err());
}

#[test]
fn what_is_forgotten_is_gone_for_good_and_nothing_else() {
    let (a, b) = (page(1), page(2));
    a.history().keep().unwrap();
    exchange(&a, &b);
    a.body().insert(0, "a secret, and more").unwrap();
    a.title().set("secret title").unwrap();
    let early = a.version();
    a.body().delete(2..10).unwrap();
    a.title().set("title").unwrap();
    let floor = a.version();
    let there = a.get().unwrap();
    // Somebody is offline, with writes of their own.
    exchange(&a, &b);
    b.body().push(" from b").unwrap();
    b.title().set("title of b").unwrap();
    b.title().set("other title of b").unwrap();
    let offline = b.version();

    a.body().push(" and on").unwrap();
    a.history().forget_before(&floor).unwrap();
    assert_eq!(a.history().floor(), Some(floor.clone()));
    assert_eq!(a.at(&early).map(drop), Err(HistoryError::Forgotten));
    assert_eq!(a.at(&floor).unwrap().get().unwrap(), there);

    exchange(&a, &b);
    assert_eq!(a.get().unwrap(), b.get().unwrap());
    for page in [&a, &b] {
        assert_eq!(page.at(&early).map(drop), Err(HistoryError::Forgotten));
        assert_eq!(page.at(&floor).unwrap().get().unwrap(), there);
        assert_eq!(page.at(&offline).unwrap().title().get().unwrap(), "other title of b");
        let stored = page.export();
        assert!(!stored.windows(6).any(|bytes| bytes == b"secret"), "it is stored still");
        // Whoever comes now, and whoever was last here before the floor.
        for known in [VersionVector::new(), early.clone()] {
            let loaded = SyncKit::in_memory(9).document::<Page>("loaded");
            loaded.import(&stored).unwrap();
            let late = SyncKit::in_memory(8).document::<Page>("late");
            late.import(&loaded.export_since(&known)).unwrap();
            if known.is_empty() {
                assert_eq!(late.get().unwrap(), page.get().unwrap());
                assert_eq!(
                    late.at(&offline).unwrap().get().unwrap(),
                    page.at(&offline).unwrap().get().unwrap()
                );
            }
        }
    }
    let smaller = a.export().len();
    a.history().forget_before(&a.version()).unwrap();
    assert!(a.export().len() < smaller);
    assert_eq!(a.at(&offline).map(drop), Err(HistoryError::Forgotten));
}

#[test]
fn a_history_that_begins_while_somebody_is_offline_takes_in_what_they_wrote() {
    let (a, b) = (page(1), page(2));
    a.body().insert(0, "shared").unwrap();
    exchange(&a, &b);
    b.body().push(" offline").unwrap();
    b.title().set("of b").unwrap();
    a.history().keep().unwrap();
    a.title().set("of a").unwrap();
    a.title().set("still of a").unwrap();
    let version = a.version();
    let there = a.get().unwrap();
    // Both at the same time: it is one history.
    b.history().keep().unwrap();
    exchange(&a, &b);
    assert_eq!(a.get().unwrap(), b.get().unwrap());
    assert_eq!(a.history().floor(), b.history().floor());
    b.title().set("together").unwrap();
    exchange(&a, &b);
    let floor = a.history().floor().unwrap();
    let later: VersionVector = version.iter().chain(floor.iter()).collect();
    for page in [&a, &b] {
        assert_eq!(page.at(&version).map(drop), Err(HistoryError::Forgotten));
        assert_eq!(page.at(&later).unwrap().body().get().unwrap(), "shared offline");
        assert_eq!(page.at(&later).unwrap().title().get().unwrap(), there.title);
    }
}

#[test]
fn followers_are_told_and_handles_of_the_past_stay_what_they_are() {
    let page = page(1);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(0));
    let count = seen.clone();
    let _watch = page.history().observe(move || *count.lock().unwrap() += 1);
    page.history().keep().unwrap();
    let before = std::mem::take(&mut *seen.lock().unwrap());
    assert!(before > 0);
    page.body().insert(0, "one").unwrap();
    assert_eq!(*seen.lock().unwrap(), 1);
    let past = RefCell::new(page.body().at(&page.version()).unwrap());
    page.body().push(" two").unwrap();
    assert_eq!(past.borrow().get().unwrap(), "one");
    assert_eq!(page.history().get().unwrap().checkpoints, 0);
    assert!(page.history().get().unwrap().kept);
}
