//! Following a text step by step.

use std::sync::{Arc, Mutex};

use synckit::prelude::*;
use synckit::{Expand, TextDelta, TextRef, TextStep};

use super::{Note, NoteRef, Random, exchange, note, notes, read};

/// A copy of a text that is told of steps alone, and what it was told.
struct Mirror {
    copy: Arc<Mutex<Vec<char>>>,
    told: Arc<Mutex<Vec<TextDelta>>>,
    _following: Subscription,
}

impl Mirror {
    fn of(text: &TextRef) -> Self {
        let copy = Arc::new(Mutex::new(text.get().unwrap().chars().collect::<Vec<char>>()));
        let told = Arc::<Mutex<Vec<TextDelta>>>::default();
        let (mine, log, source) = (copy.clone(), told.clone(), text.clone());
        let following = text.follow(move |delta| {
            log.lock().unwrap().push(delta.clone());
            let mut copy = mine.lock().unwrap();
            let Some(steps) = &delta.change else {
                *copy = source.get().unwrap().chars().collect();
                return;
            };
            for step in steps {
                match step {
                    TextStep::Insert { at, text } => drop(copy.splice(*at..*at, text.chars())),
                    TextStep::Delete { at, len } => drop(copy.drain(*at..*at + *len)),
                    TextStep::Mark { range, .. } => assert!(range.end <= copy.len()),
                    other => panic!("an unknown step: {other:?}"),
                }
            }
        });
        Self { copy, told, _following: following }
    }

    fn text(&self) -> String {
        self.copy.lock().unwrap().iter().collect()
    }

    fn told(&self) -> Vec<Option<Vec<TextStep>>> {
        std::mem::take(&mut *self.told.lock().unwrap()).into_iter().map(|delta| delta.change).collect()
    }
}

fn insert(at: usize, text: &str) -> TextStep {
    TextStep::Insert { at, text: text.into() }
}

#[test]
fn a_transaction_is_told_once_with_its_steps_in_order() {
    let note = note(1);
    let mirror = Mirror::of(&note.body());
    note.body().push("hello").unwrap();
    assert_eq!(mirror.told(), [Some(vec![insert(0, "hello")])]);
    note.update(|note| {
        note.body().replace(0..1, "J")?;
        note.title().set("other field")?;
        note.body().mark(1..3, "bold", true, Expand::After)
    })
    .unwrap();
    let bold = TextStep::Mark { range: 1..3, key: "bold".into(), value: Some(true.into_value()) };
    let steps = vec![TextStep::Delete { at: 0, len: 1 }, insert(0, "J"), bold];
    assert_eq!(mirror.told(), [Some(steps)]);
    note.title().set("not the text").unwrap();
    assert_eq!(mirror.told(), []);
    assert_eq!(mirror.text(), "Jello");
}

#[test]
fn what_others_do_is_told_where_it_shows_here() {
    let [a, b] = notes::<2>("one two three");
    let mirror = Mirror::of(&a.body());
    b.body().delete(4..8).unwrap();
    b.body().insert(4, "2 ").unwrap();
    a.body().insert(0, "zero ").unwrap();
    mirror.told();
    a.import(&b.export_since(&a.version())).unwrap();
    let changed = |delta: &Option<Vec<TextStep>>| {
        let Some(steps) = delta else { panic!("the steps are remembered") };
        steps.iter().all(|step| match step {
            TextStep::Insert { at, .. } | TextStep::Delete { at, .. } => *at >= 9,
            _ => false,
        })
    };
    assert!(mirror.told().iter().all(changed));
    assert_eq!(mirror.text(), "zero one 2 three");
}

#[test]
fn undo_and_redo_are_told_like_any_other_edit() {
    let note = note(1);
    let mirror = Mirror::of(&note.body());
    note.body().push("hello world").unwrap();
    note.body().delete(5..11).unwrap();
    mirror.told();
    assert!(note.undo_manager().undo());
    assert_eq!(mirror.told(), [Some(vec![insert(5, " world")])]);
    assert!(note.undo_manager().redo());
    assert_eq!(mirror.told(), [Some(vec![TextStep::Delete { at: 5, len: 6 }])]);
    assert_eq!(mirror.text(), "hello");
}

#[test]
fn a_transaction_that_is_given_up_leaves_the_follower_where_it_was() {
    let note = note(1);
    note.body().push("hello").unwrap();
    let mirror = Mirror::of(&note.body());
    let result = note.update(|note| {
        note.body().insert(2, "xx")?;
        note.body().delete(0..1)?;
        Err::<(), _>(synckit::WriteError::Aborted("no".into()))
    });
    assert!(result.is_err());
    note.body().push("!").unwrap();
    assert_eq!((read(&note), mirror.text()), ("hello!".into(), "hello!".into()));
}

#[test]
fn who_is_too_far_behind_is_told_to_read_it_anew() {
    let note = note(1);
    let mirror = Mirror::of(&note.body());
    note.update(|note| (0..5000).try_for_each(|_| note.body().insert(0, "x"))).unwrap();
    assert_eq!(mirror.told(), [None]);
    assert_eq!(mirror.text(), read(&note));
    note.body().push("y").unwrap();
    assert_eq!(mirror.told(), [Some(vec![insert(5000, "y")])]);
}

#[test]
fn two_who_follow_are_told_the_same_and_one_that_is_dropped_nothing() {
    let note = note(1);
    let (one, other) = (Mirror::of(&note.body()), Mirror::of(&note.body()));
    note.body().push("a").unwrap();
    assert_eq!(one.told(), other.told());
    let told = one.told.clone();
    drop(one);
    note.body().push("b").unwrap();
    assert!(told.lock().unwrap().is_empty());
    assert_eq!(other.text(), "ab");
}

fn act(note: &NoteRef, random: &mut Random) {
    let (body, undo) = (note.body(), note.undo_manager());
    let len = body.len();
    let from = random.below(len + 1);
    let to = len.min(from + random.below(7));
    match random.below(9) {
        0 | 1 => body.insert(from, ["a", "日本", "👩‍👩‍👧", "e\u{301}"][random.below(4)]).unwrap(),
        2 => body.push("typed ").unwrap(),
        3 => body.delete(from..to).unwrap(),
        4 => body.replace(from..to, "new").unwrap(),
        5 => body.mark(from..to, "bold", true, Expand::Both).unwrap(),
        6 => drop(undo.undo()),
        7 => drop(undo.redo()),
        _ => body.set(&read(note).replace('a', "bb")).unwrap(),
    }
}

#[test]
fn steps_replayed_are_the_text_whoever_writes_undoes_and_merges() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let notes: [NoteRef; 3] = notes("begin");
        let mirrors = notes.each_ref().map(|note| Mirror::of(&note.body()));
        for _ in 0..80 {
            let (at, from) = (random.below(3), random.below(3));
            act(&notes[at], &mut random);
            if random.below(3) == 0 {
                notes[at].import(&notes[from].export_since(&notes[at].version())).unwrap();
            }
            assert_eq!(mirrors[at].text(), read(&notes[at]), "seed {seed}");
        }
        exchange(&notes);
        for (note, mirror) in notes.iter().zip(&mirrors) {
            assert_eq!(mirror.text(), read(note));
        }
    }
}

#[test]
fn a_snapshot_that_arrives_late_is_told_too() {
    let here = note(1);
    here.body().push("loaded").unwrap();
    let there = SyncKit::in_memory(2).document::<Note>("note");
    let mirror = Mirror::of(&there.body());
    there.import(&here.export()).unwrap();
    assert_eq!(mirror.text(), "loaded");
}
