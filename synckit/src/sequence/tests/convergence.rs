//! Replicas that edit at random and exchange pieces of what they did, in any order that respects what builds on what.

use proptest::prelude::*;

use super::reference::Reference;
use crate::sequence::{Edit, Sequence, Step};
use crate::version::{Dot, ReplicaId, VersionVector};

#[derive(Debug, Clone)]
enum Action {
    Insert {
        at: usize,
        text: String,
    },
    Delete {
        at: usize,
        len: usize,
    },
    /// Takes from another replica what is lacking, in steps of so many edits.
    Pull {
        from: usize,
        cut: usize,
    },
}

const TEXTS: [&str; 8] = [
    "a",
    "xyz",
    "\u{e9}",
    "\u{4f60}\u{597d}",
    "\u{1f468}\u{200d}\u{1f469}",
    "e\u{301}",
    "\u{1d11e}!",
    "typing on",
];

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (any::<usize>(), 0..TEXTS.len()).prop_map(|(at, text)| Action::Insert { at, text: TEXTS[text].into() }),
        1 => (0..4usize, 0..TEXTS.len()).prop_map(|(at, text)| Action::Insert { at, text: TEXTS[text].into() }),
        3 => (any::<usize>(), 1..6usize).prop_map(|(at, len)| Action::Delete { at, len }),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(from, cut)| Action::Pull { from, cut }),
    ]
}

/// One replica twice: the sequence, the reference beside it, and the text as an observer of its steps has it.
struct Replica {
    id: ReplicaId,
    fast: Sequence,
    slow: Reference,
    mirror: Vec<char>,
}

impl Replica {
    fn new(id: u64) -> Self {
        let id = ReplicaId::new(id);
        Self { id, fast: Sequence::new(), slow: Reference::default(), mirror: Vec::new() }
    }

    fn next(&self) -> Dot {
        Dot::new(self.id, self.slow.version.get(self.id) + 1)
    }

    fn insert(&mut self, at: usize, text: &str) {
        let (dot, at) = (self.next(), at % (self.fast.len() + 1));
        self.fast.insert(dot, at, text).unwrap();
        self.slow.insert(dot, at, text);
        self.mirror.splice(at..at, text.chars());
    }

    fn delete(&mut self, at: usize, len: usize) {
        if self.fast.is_empty() {
            return;
        }
        let (dot, at) = (self.next(), at % self.fast.len());
        let len = len.min(self.fast.len() - at);
        self.fast.delete(dot, at..at + len).unwrap();
        self.slow.delete(dot, at, len);
        self.mirror.drain(at..at + len);
    }

    fn apply(&mut self, edit: &Edit) {
        let mut steps = Vec::new();
        self.fast.integrate(edit.into(), Some(&mut |step| steps.push(step))).unwrap();
        self.slow.apply(edit);
        for step in steps {
            match step {
                // In one edit, either all come or all go: what came is still there.
                Step::Insert { at, len } => {
                    let text: Vec<char> = self.fast.slice(at..at + len).chars().collect();
                    drop(self.mirror.splice(at..at, text));
                }
                Step::Delete { at, len } => drop(self.mirror.drain(at..at + len)),
            }
        }
    }

    fn check(&self) {
        let text = self.slow.text();
        assert_eq!(self.fast.to_string(), text);
        assert_eq!(self.mirror.iter().collect::<String>(), text);
        assert_eq!(self.fast.len(), text.chars().count());
        assert_eq!(self.fast.utf16_len(), text.encode_utf16().count());
        assert_eq!(self.fast.version(), self.slow.version);
        let mut units = 0;
        for (at, char) in text.chars().enumerate() {
            assert_eq!(self.fast.utf16_at(at), units);
            assert_eq!(self.fast.at_utf16(units), at);
            assert_eq!(self.fast.slice(at..at + 2), text.chars().skip(at).take(2).collect::<String>());
            units += char.len_utf16();
        }
    }
}

/// Cuts an edit in two that mean the same.
fn cut(edit: &Edit, at: usize) -> Vec<Edit> {
    let len = edit.len();
    let at = at % len;
    if at == 0 {
        return vec![edit.clone()];
    }
    let next = |dot: Dot| Dot::new(dot.replica, dot.seq + at as u64);
    match edit.clone() {
        Edit::Insert { dot, left, right, text: crate::sequence::Inserted::Text(text) } => {
            let head: String = text.chars().take(at).collect();
            let tail: String = text.chars().skip(at).collect();
            let between = Some(Dot::new(dot.replica, dot.seq + at as u64 - 1));
            let text = |text: String| crate::sequence::Inserted::Text(text.into());
            vec![
                Edit::Insert { dot, left, right, text: text(head) },
                Edit::Insert { dot: next(dot), left: between, right, text: text(tail) },
            ]
        }
        Edit::Delete { dot, target, descending, .. } => {
            let seq = if descending { target.seq - at as u64 } else { target.seq + at as u64 };
            let rest = Dot::new(target.replica, seq);
            vec![
                Edit::Delete { dot, target, len: at, descending },
                Edit::Delete { dot: next(dot), target: rest, len: len - at, descending },
            ]
        }
        edit => vec![edit],
    }
}

fn run(replicas: usize, actions: Vec<(usize, Action)>, check_every: usize) {
    let mut all: Vec<Replica> = (0..replicas).map(|at| Replica::new(at as u64 * 7 % 5 + 1)).collect();
    for (turn, (who, action)) in actions.into_iter().enumerate() {
        let who = who % replicas;
        match action {
            Action::Insert { at, text } => all[who].insert(at, &text),
            Action::Delete { at, len } => all[who].delete(at, len),
            Action::Pull { from, cut: at } => {
                let edits = all[from % replicas].fast.since(&all[who].fast.version());
                for edit in edits.iter().take(1 + at % (edits.len() + 1)) {
                    // Cut in two, and the first part twice.
                    let parts = cut(edit, at);
                    parts.iter().chain(parts.first()).for_each(|part| all[who].apply(part));
                }
            }
        }
        if turn % check_every == 0 {
            all[who].check();
        }
    }
    for who in 0..replicas {
        for from in 0..replicas {
            let edits = all[from].fast.since(&all[who].fast.version());
            edits.iter().for_each(|edit| all[who].apply(edit));
        }
        all[who].check();
    }
    let last = all[replicas - 1].fast.since(&all[0].fast.version());
    last.iter().for_each(|edit| all[0].apply(edit));
    for who in 1..replicas {
        for from in 0..replicas {
            let edits = all[from].fast.since(&all[who].fast.version());
            edits.iter().for_each(|edit| all[who].apply(edit));
        }
    }
    let texts: Vec<String> = all.iter().map(|replica| replica.fast.to_string()).collect();
    // The first one has everything from the last, who had everything from all.
    assert!(texts.iter().all(|text| *text == texts[replicas - 1]), "{texts:?}");
    // From nothing, in one go.
    let mut fresh = Sequence::new();
    all[0].fast.since(&VersionVector::new()).iter().for_each(|edit| fresh.apply(edit).unwrap());
    assert_eq!(fresh.to_string(), texts[0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn replicas_converge_as_the_reference_does(
        replicas in 2..5usize,
        actions in prop::collection::vec((any::<usize>(), action()), 1..60),
    ) {
        run(replicas, actions, 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]

    /// Enough for several levels of the tree.
    #[test]
    fn long_texts_converge(actions in prop::collection::vec((any::<usize>(), action()), 150..300)) {
        run(3, actions, 50);
    }
}
