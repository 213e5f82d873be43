//! A document that keeps its history shows every version that a replica ever had.

use proptest::prelude::*;

#[cfg(feature = "sets")]
use super::replica::set;
use super::replica::{Random, Replica, picture};
use crate::document::{DocumentState, Origin};
use crate::version::{ReplicaId, VersionVector};
use crate::wire::{Snapshot, Update};

/// Everything that can be read, but for what belongs to the history itself.
fn content(state: &DocumentState) -> String {
    let picture = picture(state);
    let lines = picture.lines().filter(|line| !line.contains("kind: History"));
    lines.collect::<Vec<_>>().join("\n")
}

impl Replica {
    pub(super) fn keep_history(&mut self) {
        let floor = self.state.version().clone();
        self.receive(vec![DocumentState::keeping()]);
        self.write(|tx| {
            tx.forget_before(&floor);
            Ok(())
        });
    }

    /// Takes what another replica has in messages as small as they can be.
    fn pull_in_parts(&mut self, from: &DocumentState) {
        for part in from.since(self.state.version()).split(1) {
            let update = Update::decode(&part.encode()).expect("readable bytes");
            assert!(!self.state.apply(&update, Origin::Remote).expect("readable changes").gap);
        }
    }

    fn loaded(id: u64, from: &DocumentState) -> Self {
        let snapshot = Snapshot::decode(&from.snapshot().encode()).expect("readable bytes");
        let mut loaded = Self::new(id);
        loaded.state.restore(&snapshot, Origin::Load).expect("a readable snapshot");
        loaded
    }
}

type Moments = Vec<(VersionVector, String)>;

/// Replicas that write at random and now and then take from each other, with every version that one of them had.
fn lived(seed: u64, count: usize, steps: usize, all: &mut Vec<Replica>) -> Moments {
    let mut random = Random::new(seed);
    while all.len() < count {
        let mut fresh = Replica::new(all.len() as u64 + 1);
        if let Some(first) = all.first() {
            fresh.pull(&first.state);
        } else {
            // Some of what is there when the history begins is overwritten later.
            (0..random.below(30)).for_each(|_| drop(fresh.act(&mut random)));
            fresh.keep_history();
        }
        all.push(fresh);
    }
    let mut moments = Vec::new();
    for _ in 0..steps {
        let at = random.below(count);
        all[at].now += random.below(1_500) as u64;
        if random.below(4) == 0 {
            let from = all[random.below(count)].state.clone();
            if random.below(2) == 0 { all[at].pull(&from) } else { all[at].pull_in_parts(&from) }
        } else {
            all[at].act(&mut random);
        }
        if random.below(10) == 0 {
            let loaded = Replica::loaded(1, &all[at].state);
            all[at].state = loaded.state;
            all[at].undo = Default::default();
        }
        moments.push((all[at].state.version().clone(), content(&all[at].state)));
    }
    for at in 0..count {
        let from = all[at].state.clone();
        all.iter_mut().for_each(|replica| replica.pull(&from));
    }
    let first = all[0].state.clone();
    for replica in &mut *all {
        let from = first.clone();
        replica.pull(&from);
    }
    for at in 1..count {
        let from = all[at].state.clone();
        all[0].pull(&from);
    }
    moments
}

fn shows(state: &DocumentState, moments: &Moments) {
    for (version, expected) in moments {
        let past = state.at(version).expect("a version that is kept");
        assert_eq!(&content(&past), expected, "{version:?}");
        assert_eq!(past.version(), version);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_version_that_a_replica_had_can_be_shown(seed in any::<u64>(), count in 1usize..5) {
        let mut all = Vec::new();
        let moments = lived(seed, count, 80, &mut all);
        for replica in &all {
            shows(&replica.state, &moments);
        }
        // Whoever comes later has it all too: as changes, as a snapshot, and as a snapshot into what was there.
        let source = all[0].state.clone();
        let mut whole = Replica::new(90);
        whole.pull(&source);
        shows(&whole.state, &moments);
        let mut parts = Replica::new(91);
        parts.pull_in_parts(&source);
        shows(&parts.state, &moments);
        let loaded = Replica::loaded(92, &parts.state);
        shows(&loaded.state, &moments);
        let again = Replica::loaded(93, &loaded.state);
        prop_assert_eq!(again.state.snapshot().encode(), loaded.state.snapshot().encode());
        let entries = source.history_entries(0);
        prop_assert_eq!(&whole.state.history_entries(0), &entries);
        prop_assert_eq!(&loaded.state.history_entries(0), &entries);
        for entry in entries {
            prop_assert!(loaded.state.at(&entry.version).is_ok());
        }
    }
}

#[test]
fn a_replica_id_that_is_given_up_takes_its_history_along() {
    let mut all = Vec::new();
    lived(5, 2, 40, &mut all);
    let mut random = Random::new(1);
    let one = &mut all[1];
    let from = crate::version::Dot::new(one.id, one.state.version().get(one.id) + 1);
    one.write(|tx| tx.checkpoint("before").map(drop));
    let mut moments = Vec::new();
    for _ in 0..30 {
        one.now += 900;
        one.transact(&mut random);
        moments.push((one.state.version().clone(), content(&one.state)));
    }
    let expected: Vec<String> = moments.iter().map(|(_, content)| content.clone()).collect();
    let fresh = ReplicaId::new(77);
    one.state.reissue(from, fresh);
    let renamed = |version: &VersionVector| -> VersionVector {
        let split = |(replica, seq): (ReplicaId, u64)| match replica == from.replica {
            true => vec![(replica, seq.min(from.seq - 1)), (fresh, seq.saturating_sub(from.seq - 1))],
            false => vec![(replica, seq)],
        };
        version.iter().flat_map(split).collect()
    };
    let checkpoint = &one.state.checkpoints()[0];
    assert_eq!(checkpoint.replica, fresh);
    assert!(one.state.at(&checkpoint.version).is_ok());
    for ((version, _), expected) in moments.iter().zip(expected) {
        let past = one.state.at(&renamed(version)).unwrap();
        // Ids of elements are others, so only what is not told by id is the same.
        let texts =
            |content: &str| content.lines().filter(|line| line.contains("note")).collect::<Vec<_>>().join("");
        assert_eq!(texts(&content(&past)).len(), texts(&expected).len());
    }
}

#[test]
fn a_broken_history_is_refused_or_one_that_can_be_shown() {
    let mut all = Vec::new();
    lived(11, 2, 25, &mut all);
    all[0].write(|tx| tx.checkpoint("here").map(drop));
    let honest = all[0].state.snapshot();
    let (mut refused, mut taken) = (0, 0);
    for at in 0..honest.history.len() {
        for bits in [0x01, 0x80, 0xff] {
            let mut broken = honest.clone();
            broken.history[at] ^= bits;
            let mut state = DocumentState::new();
            if state.restore(&broken, Origin::Load).is_err() {
                assert!(state.version().is_empty() && !state.keeps_history());
                refused += 1;
                continue;
            }
            taken += 1;
            for entry in state.history_entries(0) {
                let _ = state.at(&entry.version).map(|past| content(&past));
            }
            let again = Replica::loaded(1, &state);
            assert_eq!(content(&again.state), content(&state));
        }
        let mut cut = honest.clone();
        cut.history.truncate(at);
        // Nothing at all is no history: the operations that are live are one that begins anew.
        let mut state = DocumentState::new();
        assert_eq!(state.restore(&cut, Origin::Load).is_err(), at > 0);
    }
    assert!(refused > taken, "{refused} refused, {taken} taken");
}

#[test]
fn many_floors_in_one_update_are_followed_once() {
    let mut writer = Replica::new(1);
    writer.keep_history();
    for round in 0..300 {
        writer.now += 3_000;
        writer.write(|tx| tx.text_insert(&super::replica::note(), 0, &round.to_string()).map(drop));
    }
    let all = writer.state.version().get(writer.id);
    for seq in 1..all {
        let floor = [(writer.id, seq)].into_iter().collect();
        writer.write(|tx| {
            tx.forget_before(&floor);
            Ok(())
        });
    }
    let mut reader = Replica::new(2);
    reader.pull(&writer.state);
    assert_eq!(reader.state.floor(), writer.state.floor());
    assert_eq!(content(&reader.state), content(&writer.state));
}

#[test]
fn whoever_has_no_history_yet_takes_over_the_one_of_a_snapshot() {
    let mut writer = Replica::new(1);
    let mut random = Random::new(3);
    writer.transact(&mut random);
    let mut early = Replica::new(2);
    early.pull(&writer.state);
    writer.keep_history();
    let mut moments = Vec::new();
    for _ in 0..30 {
        writer.now += 700;
        writer.transact(&mut random);
        moments.push((writer.state.version().clone(), content(&writer.state)));
    }
    // It has all that is live, from somebody who did not know.
    let live = Update { changes: writer.state.cut(early.state.version(), false).changes };
    let keeping = |change: &crate::wire::Change| change.replica == super::super::history::keeper();
    let (first, rest): (Vec<_>, Vec<_>) = live.changes.into_iter().partition(keeping);
    let rest: Vec<_> =
        rest.into_iter().filter(|change| change.last_seq() <= moments[9].0.get(writer.id)).collect();
    early.receive(rest);
    early.receive(first);
    let snapshot = Snapshot::decode(&writer.state.snapshot().encode()).unwrap();
    early.state.restore(&snapshot, Origin::Load).unwrap();
    assert_eq!(content(&early.state), content(&writer.state));
    shows(&early.state, &moments);
    assert_eq!(early.state.history_entries(0), writer.state.history_entries(0));
}

/// Who loads a set knows of an element that was taken back only which addition had brought it. Once the element has come and gone
/// again, its first removal is live in another form than it was written in, and both are loaded.
#[cfg(feature = "sets")]
#[test]
fn a_removal_is_kept_as_it_was_written_however_often_it_is_loaded() {
    let element = || crate::value::Value::Bool(true);
    let add = |replica: &mut Replica| drop(replica.write(|tx| tx.set_add(&set(), element()).map(drop)));
    let remove = |replica: &mut Replica| {
        let _ = replica.write(|tx| {
            tx.set_remove(&set(), &element());
            Ok(())
        });
    };
    let (mut first, mut second) = (Replica::new(1), Replica::new(2));
    add(&mut first);
    remove(&mut first);
    first.keep_history();
    second.pull(&first.state);
    add(&mut second);
    let (version, expected) = (second.state.version().clone(), content(&second.state));
    remove(&mut second);
    first.pull(&second.state);
    for _ in 0..3 {
        assert_eq!(content(&first.state.at(&version).expect("a version that is kept")), expected);
        first = Replica::loaded(1, &first.state);
    }
}
