//! Quick writes of one kind are taken back together.
#![allow(clippy::unwrap_used)]

use synckit::prelude::*;
use synckit::{Expand, Set};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Board {
    items: List<u32>,
    tags: Set<String>,
    votes: Counter,
    body: Text,
}

#[test]
fn quick_writes_of_one_kind_are_one_step_and_others_are_not() {
    let board = SyncKit::in_memory(1).document::<Board>("board");
    let undo = board.undo_manager();
    // There is no time in memory: everything is quick.
    undo.merge_within(500);
    let state = || (board.get().unwrap(), board.body().spans());
    let (items, tags) = (board.items(), board.tags());
    let mut states = vec![state()];
    for number in 0..5 {
        items.push(number).unwrap();
    }
    states.push(state());
    for _ in 0..4 {
        items.move_to(items.at(0).unwrap().id(), 3).unwrap();
    }
    states.push(state());
    for number in 0..3u32 {
        items.at(1).unwrap().set(100 + number).unwrap();
    }
    states.push(state());
    items.at(2).unwrap().set(7u32).unwrap();
    states.push(state());
    for _ in 0..2 {
        items.remove(items.at(0).unwrap().id()).unwrap();
    }
    states.push(state());
    for tag in ["red", "green", "blue"] {
        tags.insert(tag).unwrap();
    }
    states.push(state());
    for tag in ["red", "blue"] {
        tags.remove(&tag.to_owned()).unwrap();
    }
    states.push(state());
    (0..9).for_each(|_| board.votes().increment(2).unwrap());
    states.push(state());
    board.body().push("hello").unwrap();
    states.push(state());
    for end in 1..5 {
        board.body().mark(0..end, "bold", true, Expand::None).unwrap();
    }
    states.push(state());
    board.body().mark(0..5, "italic", true, Expand::None).unwrap();
    states.push(state());
    board
        .update(|board| {
            board.votes().increment(1)?;
            board.items().push(9).map(drop)
        })
        .unwrap();
    states.push(state());
    items.push(10).unwrap();
    states.push(state());
    undo.close_step();
    items.push(11).unwrap();
    states.push(state());
    assert_eq!(undo.get().unwrap().undo, states.len() - 1);
    for _ in 0..2 {
        for expected in states.iter().rev().skip(1) {
            assert!(undo.undo());
            assert_eq!(&state(), expected);
        }
        assert!(!undo.undo());
        for expected in states.iter().skip(1) {
            assert!(undo.redo());
            assert_eq!(&state(), expected);
        }
    }
    // What comes after an undo is a step of its own.
    undo.undo();
    items.push(12).unwrap();
    assert_eq!(undo.get().unwrap().undo, states.len() - 1);
}
