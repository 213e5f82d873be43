//! Very many marks, short and long, over and beside each other, on two replicas that edit meanwhile.

use super::reference::Reference;
use super::replica::{Random, Replica, note, picture};
use crate::crdt::marks::{Expand, Mark};
use crate::crdt::operation::Action;
use crate::crdt::text::TextAction;
use crate::document::transaction::Transaction;
use crate::document::{Origin, WriteError};
use crate::value::Value;
use crate::wire::Snapshot;

fn write(tx: &mut Transaction<'_>, random: &mut Random) -> Result<(), WriteError> {
    let len = tx.state.text(&note()).map_or(0, |text| text.sequence().len());
    let from = random.below(len + 1);
    let to = len.min(from + if random.below(9) == 0 { random.below(len + 1) } else { random.below(5) });
    match random.below(6) {
        0 => tx.text_insert(&note(), from, ["a", "bcd", "日本"][random.below(3)]).map(drop),
        1 => tx.text_delete(&note(), from..to.min(from + 3)),
        _ => {
            let key = ["bold", "link", "color"][random.below(3)].into();
            let value = (random.below(4) > 0).then(|| Value::Int(random.below(3) as i64));
            let expand = [Expand::None, Expand::Before, Expand::After, Expand::Both][random.below(4)];
            tx.text_mark(&note(), from..to, &key, value, expand).map(drop)
        }
    }
}

#[test]
fn very_many_marks_show_what_the_reference_shows() {
    for seed in 0..3 {
        let mut random = Random::new(seed);
        let (mut first, mut slow) = (Replica::new(1), Reference::default());
        slow.take(&first.write(|tx| tx.text_insert(&note(), 0, &"some text ".repeat(10))).1);
        let mut second = first.clone();
        second.id = crate::version::ReplicaId::new(2);
        let mut both = [(first, slow.clone()), (second, slow)];
        for round in 0..10 {
            for (replica, slow) in &mut both {
                for _ in 0..20 {
                    slow.take(&replica.write(|tx| write(tx, &mut random)).1);
                }
            }
            let (from, to) = (round % 2, 1 - round % 2);
            let other = both[from].clone();
            both[to].0.pull(&other.0.state);
            both[to].1.pull(&other.1);
            let (replica, slow) = &both[to];
            assert_eq!(picture(&replica.state), slow.picture());
            let stored = Snapshot::decode(&replica.state.snapshot().encode()).expect("readable bytes");
            let mut loaded = Replica::new(3);
            loaded.state.restore(&stored, Origin::Load).expect("a readable snapshot");
            assert_eq!(picture(&loaded.state), slow.picture());
        }
    }
}

#[test]
fn a_mark_that_ends_before_it_begins_shows_nowhere_and_hides_no_other() {
    let mut replica = Replica::new(1);
    replica.write(|tx| tx.text_insert(&note(), 0, "abcdef"));
    replica.write(|tx| tx.text_mark(&note(), 1..3, &"bold".into(), Some(Value::Bool(true)), Expand::None));
    let before = picture(&replica.state);
    replica.write(|tx| {
        let sequence = tx.state.text(&note()).expect("written").sequence();
        let (end, start) = Expand::None.anchors(sequence, 0..5);
        let mark = Mark { start, end, key: "bold".into(), value: None };
        tx.perform(&note(), |_| Action::Text(TextAction::Mark(mark)));
        Ok(())
    });
    assert_eq!(picture(&replica.state), before);
    let mut other = Replica::new(2);
    other.pull(&replica.state);
    assert_eq!(picture(&other.state), before);
}
