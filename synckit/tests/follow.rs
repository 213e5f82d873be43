//! Following lists, maps, sets and counters step by step: what is told leads to what is read, and says where it came from.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use synckit::prelude::*;
use synckit::{Follower, ItemRef, ListStep, MapChange, Origin, Set, SetChange, TextStep, WriteError};

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Board {
    items: List<u32>,
    ages: Map<u32>,
    tags: Set<String>,
    votes: Counter,
    body: Text,
}

fn board(seed: u64) -> BoardRef {
    SyncKit::in_memory(seed).document::<Board>("board")
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

type Items = Vec<(ElementId, u32)>;

/// What somebody has who reads once and then goes by what is told.
struct Mirror {
    board: BoardRef,
    items: Items,
    ages: BTreeMap<String, u32>,
    tags: BTreeSet<String>,
    votes: i64,
    body: Vec<char>,
    list: Follower<Vec<ListStep<ItemRef<u32>>>>,
    map: Follower<MapChange<ItemRef<u32>>>,
    set: Follower<SetChange<String>>,
    counter: Follower<synckit::CounterChange>,
    text: synckit::TextFollower,
    told: Vec<Origin>,
}

fn items(board: &BoardRef) -> Items {
    board.items().elements().iter().map(|item| (item.id(), item.get().unwrap())).collect()
}

fn ages(board: &BoardRef) -> BTreeMap<String, u32> {
    board.ages().entries().into_iter().map(|(key, age)| (key, age.get().unwrap())).collect()
}

fn body(board: &BoardRef) -> Vec<char> {
    board.body().get().unwrap().chars().collect()
}

impl Mirror {
    fn of(board: &BoardRef) -> Self {
        Self {
            items: items(board),
            ages: ages(board),
            tags: board.tags().get().unwrap(),
            votes: board.votes().get().unwrap(),
            body: body(board),
            list: board.items().follower(),
            map: board.ages().follower(),
            set: board.tags().follower(),
            counter: board.votes().follower(),
            text: board.body().follower(),
            told: Vec::new(),
            board: board.clone(),
        }
    }

    /// Takes in what was told since the last time. `exact` says that every value is still the one that was told of.
    fn pull(&mut self, exact: bool) {
        while let Some(delta) = self.list.next() {
            self.told.push(delta.origin);
            let Some(steps) = delta.change else {
                self.items = self.list.read(|| items(&self.board));
                continue;
            };
            assert!(!steps.is_empty());
            for step in steps {
                match step {
                    ListStep::Insert { at, id, element } => {
                        self.items.insert(at, (id, element.get().unwrap_or_default()));
                    }
                    ListStep::Remove { at, id } => assert_eq!(self.items.remove(at).0, id),
                    ListStep::Move { from, to, id } => {
                        let item = self.items.remove(from);
                        assert_eq!(item.0, id);
                        self.items.insert(to, item);
                    }
                    ListStep::Set { at, id, element } => {
                        assert_eq!(self.items[at].0, id);
                        self.items[at].1 = element.get().unwrap_or_default();
                    }
                    other => panic!("an unknown step: {other:?}"),
                }
            }
        }
        while let Some(delta) = self.map.next() {
            self.told.push(delta.origin);
            let Some(change) = delta.change else {
                self.ages = self.map.read(|| ages(&self.board));
                continue;
            };
            assert!(change.set.len() + change.removed.len() > 0);
            for (key, age) in change.set {
                self.ages.insert(key.to_string(), age.get().unwrap());
            }
            for key in change.removed {
                let was = self.ages.remove(&*key);
                assert!(!exact || was.is_some());
            }
        }
        while let Some(delta) = self.set.next() {
            self.told.push(delta.origin);
            let Some(change) = delta.change else {
                self.tags = self.set.read(|| self.board.tags().get().unwrap());
                continue;
            };
            assert!(change.added.len() + change.removed.len() > 0);
            change.added.into_iter().for_each(|tag| assert!(self.tags.insert(tag)));
            change.removed.into_iter().for_each(|tag| assert!(self.tags.remove(&tag)));
        }
        while let Some(delta) = self.counter.next() {
            self.told.push(delta.origin);
            let Some(change) = delta.change else {
                self.votes = self.counter.read(|| self.board.votes().get().unwrap());
                continue;
            };
            assert!(change.by() != 0 && change.before == self.votes);
            self.votes += change.by();
        }
        while let Some(delta) = self.text.next() {
            self.told.push(delta.origin);
            let Some(steps) = delta.change else {
                self.body = self.text.read(|| body(&self.board));
                continue;
            };
            for step in steps {
                match step {
                    TextStep::Insert { at, text } => drop(self.body.splice(at..at, text.chars())),
                    TextStep::Delete { at, len } => drop(self.body.drain(at..at + len)),
                    other => panic!("a step that nobody made: {other:?}"),
                }
            }
        }
    }

    fn check(&self, board: &BoardRef, seed: u64) {
        assert_eq!(self.items, items(board), "seed {seed}");
        assert_eq!(self.ages, ages(board), "seed {seed}");
        assert_eq!(self.tags, board.tags().get().unwrap(), "seed {seed}");
        assert_eq!(self.votes, board.votes().get().unwrap(), "seed {seed}");
        assert_eq!(self.body, body(board), "seed {seed}");
    }

    /// Where what was told since the last time came from, each origin once.
    fn told(&mut self) -> Vec<Origin> {
        self.pull(true);
        let mut told = std::mem::take(&mut self.told);
        told.dedup();
        told
    }
}

fn write(board: &BoardRef, random: &mut Random) -> Result<(), WriteError> {
    let list = board.items();
    let len = list.len();
    let number = random.below(1_000) as u32;
    let key = ["ann", "bob", "cy"][random.below(3)];
    match random.below(14) {
        0 | 1 => list.insert(random.below(len + 1), number).map(drop),
        2 => list.insert_all(random.below(len + 1), (0..random.below(4) as u32).map(|at| number + at)),
        3 if len > 0 => list.remove(list.at(random.below(len)).unwrap().id()),
        4 | 5 if len > 0 => list.move_to(list.at(random.below(len)).unwrap().id(), random.below(len)),
        6 if len > 0 => list.at(random.below(len)).unwrap().set(number),
        7 => board.ages().insert(key, number).map(drop),
        8 => board.ages().remove(key),
        9 => board.tags().insert(key).map(drop),
        10 => board.tags().remove(&key.to_owned()).map(drop),
        11 => board.votes().increment(random.below(9) as i64 - 4),
        12 => board.body().insert(random.below(board.body().len() + 1), "日x"),
        13 if !board.body().is_empty() => board.body().delete(0..1),
        _ => Ok(()),
    }
}

fn act(board: &BoardRef, random: &mut Random) {
    match random.below(8) {
        0 => drop(board.undo_manager().undo()),
        1 => drop(board.undo_manager().redo()),
        2 => {
            let times = random.below(6);
            let gives_up = random.below(2) == 0;
            let result = board.update(|board| {
                (0..times).try_for_each(|_| write(board, random))?;
                if gives_up { Err(WriteError::Aborted("no".into())) } else { Ok(()) }
            });
            assert_eq!(result.is_err(), gives_up);
        }
        _ => write(board, random).unwrap(),
    }
}

#[test]
fn what_is_told_leads_to_what_is_read_whoever_writes_undoes_gives_up_merges_and_loads() {
    for seed in 0..30 {
        let mut random = Random(seed);
        let boards = [board(3 * seed + 1), board(3 * seed + 2), board(3 * seed + 3)];
        let mut mirrors = boards.each_ref().map(Mirror::of);
        for round in 0..120 {
            let (at, from) = (random.below(3), random.below(3));
            act(&boards[at], &mut random);
            match random.below(9) {
                0 | 1 => boards[at].import(&boards[from].export_since(&boards[at].version())).unwrap(),
                2 => boards[at].import(&boards[from].export()).unwrap(),
                // From another point on.
                3 => mirrors[at] = Mirror::of(&boards[at]),
                _ => {}
            }
            // Some are behind by several transactions.
            if random.below(3) > 0 || round == 119 {
                for (mirror, board) in mirrors.iter_mut().zip(&boards) {
                    mirror.pull(false);
                    mirror.check(board, seed);
                }
            }
        }
    }
}

#[test]
fn an_undo_says_that_it_is_one() {
    let board = board(1);
    let mut mirror = Mirror::of(&board);
    board
        .update(|board| {
            board.items().push(7)?;
            board.ages().insert("ann", 31)?;
            board.tags().insert("red")?;
            board.votes().increment(3)?;
            board.body().push("hello")
        })
        .unwrap();
    assert_eq!(mirror.told(), [Origin::Local]);
    assert!(board.undo_manager().undo());
    assert_eq!(mirror.told(), [Origin::Undo]);
    mirror.check(&board, 0);
    assert!(board.items().is_empty() && board.body().is_empty());
    assert!(board.undo_manager().redo());
    assert_eq!(mirror.told(), [Origin::Undo]);
    mirror.check(&board, 0);
}

#[test]
fn what_others_did_says_so_step_by_step_or_as_a_whole() {
    let (here, there) = (board(1), board(2));
    let mut mirror = Mirror::of(&here);
    there.items().push(1).unwrap();
    there.body().push("whole").unwrap();
    // A document that was empty is loaded as a whole.
    here.import(&there.export()).unwrap();
    assert!(here.items().follower().next().is_none());
    assert_eq!(mirror.told(), [Origin::Remote]);
    mirror.check(&here, 0);
    there
        .update(|there| {
            there.items().push(2)?;
            there.tags().insert("blue")
        })
        .unwrap();
    let mut list = here.items().follower();
    here.import(&there.export_since(&here.version())).unwrap();
    assert!(matches!(list.next().unwrap().change.as_deref(), Some([ListStep::Insert { at: 1, .. }])));
    assert_eq!(mirror.told(), [Origin::Remote]);
    mirror.check(&here, 0);
}

#[test]
fn a_transaction_is_told_once_and_one_without_effect_not_at_all() {
    let board = board(1);
    let told = Arc::new(Mutex::new(Vec::new()));
    let (log, items) = (told.clone(), board.items());
    let _list = items.follow(move |delta| log.lock().unwrap().push(delta.change.as_ref().unwrap().len()));
    let log = told.clone();
    let _map =
        board.ages().follow(move |delta| log.lock().unwrap().push(delta.change.as_ref().unwrap().set.len()));
    let log = told.clone();
    let _set = board
        .tags()
        .follow(move |delta| log.lock().unwrap().push(delta.change.as_ref().unwrap().added.len()));
    let log = told.clone();
    let _votes =
        board.votes().follow(move |delta| log.lock().unwrap().push(delta.change.unwrap().by() as usize));
    let told = || std::mem::take(&mut *told.lock().unwrap());
    board.update(|board| (0..5).try_for_each(|at| board.items().push(at).map(drop))).unwrap();
    assert_eq!(told(), [5]);
    board.items().at(2).unwrap().set(20u32).unwrap();
    assert_eq!(told(), [1]);
    board
        .update(|board| {
            for age in 0..3 {
                board.ages().insert("ann", age)?;
                board.tags().insert("red")?;
                board.votes().increment(2)?;
                board.tags().remove(&"red".to_owned())?;
            }
            board.tags().insert("blue").map(drop)
        })
        .unwrap();
    assert_eq!(told(), [1, 1, 6]);
    board
        .update(|board| {
            board.tags().remove(&"blue".to_owned())?;
            board.tags().insert("blue")?;
            board.votes().increment(5)?;
            board.votes().increment(-5)
        })
        .unwrap();
    let result = board.update(|board| {
        let first = board.items().at(0).unwrap();
        board.items().move_to(first.id(), 3)?;
        board.items().remove(first.id())?;
        board.items().push(9)?;
        Err::<(), _>(WriteError::Aborted("no".into()))
    });
    assert!(result.is_err());
    board.body().push("something else").unwrap();
    assert!(told().is_empty());
}

/// An editor has to know at once what its own writes did, in the midst of a transaction.
#[test]
fn who_asks_inside_a_transaction_is_told_what_it_has_done_so_far() {
    let board = board(1);
    let mut mirror = Mirror::of(&board);
    board
        .update(|board| {
            let first = board.items().push(1)?;
            board.body().push("zero")?;
            // From here on.
            mirror = Mirror::of(board);
            board.items().insert_all(0, [5, 6])?;
            board.body().push("one")?;
            assert_eq!(mirror.told(), [Origin::Local]);
            mirror.check(board, 0);
            board.items().insert(0, 2)?;
            board.items().remove(first.id())?;
            board.body().push("two")?;
            mirror.pull(true);
            mirror.check(board, 0);
            board.items().push(3).map(drop)
        })
        .unwrap();
    assert_eq!(mirror.told(), [Origin::Local]);
    mirror.check(&board, 0);
    assert!(mirror.told().is_empty());
}

#[test]
fn who_is_too_far_behind_reads_the_whole() {
    let board = board(1);
    let mut mirror = Mirror::of(&board);
    board.items().insert_all(0, 0..5_000).unwrap();
    assert_eq!(mirror.list.next().unwrap().change, None);
    mirror.items = mirror.list.read(|| items(&board));
    (0..5_000).for_each(|_| board.votes().increment(1).unwrap());
    assert_eq!(mirror.counter.next().unwrap().change, None);
    mirror.votes = mirror.counter.read(|| board.votes().get().unwrap());
    board.items().push(1).unwrap();
    mirror.pull(true);
    mirror.check(&board, 0);
}
