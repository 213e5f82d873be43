//! No operation's cost grows faster than n log n: steps are counted where the data structures make them (nodes and elements that are
//! visited, compared or moved), at n and at 10 n. What is reserved in memory is counted in `tests/growth.rs`.

use super::replica::{Replica, counter, list, note, set, text};
use crate::crdt::container::ContainerId;
use crate::crdt::marks::{Anchor, Expand};
use crate::crdt::text::TextState;
use crate::document::undo::Direction;
use crate::document::{DocumentState, Origin};
use crate::steps;
use crate::value::Value;
use crate::version::VersionVector;
use crate::wire::{Snapshot, Update};

/// What ten times as much may cost: n log n, where a tree may just have got one level more. Quadratic would be 100.
const GROWTH: u64 = 25;
/// Fewer steps than these for each of the n are noise.
const NOISE: u64 = 4;

fn grows<T>(what: &str, n: usize, prepare: impl Fn(usize) -> T, work: impl Fn(usize, &mut T)) {
    let measure = |n: usize| {
        let mut subject = prepare(n);
        steps::of(|| work(n, &mut subject)).0
    };
    let (small, large) = (measure(n), measure(10 * n));
    println!("{what}: {small} steps at {n}, {large} at {}", 10 * n);
    assert!(large <= GROWTH * small.max(NOISE * n as u64), "{what}: {small} and {large} steps");
}

/// Places that are spread.
fn place(step: usize, len: usize) -> usize {
    step.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (len + 1)
}

fn one() -> Replica {
    Replica::new(1)
}

fn nobody() -> VersionVector {
    VersionVector::new()
}

fn body(replica: &Replica) -> &TextState {
    replica.state.text(&note()).expect("written before")
}

fn insert(replica: &mut Replica, at: usize, text: &str) {
    replica.write(|tx| tx.text_insert(&note(), at, text).map(drop));
}

/// A text of n pieces.
fn pieces(n: usize) -> Replica {
    let mut replica = one();
    replica.write(|tx| {
        (0..n).try_for_each(|at| tx.text_insert(&note(), place(at, at), ["é", "👍"][at % 2]).map(drop))
    });
    replica
}

/// A plain text of n characters.
fn plain(n: usize) -> Replica {
    let mut replica = one();
    insert(&mut replica, 0, &"x".repeat(n));
    replica
}

fn mark(replica: &mut Replica, range: std::ops::Range<usize>, key: &str) {
    let value = Some(Value::Bool(true));
    replica.write(|tx| tx.text_mark(&note(), range, &key.into(), value, Expand::After).map(drop));
}

#[test]
fn texts() {
    grows(
        "insertions anywhere",
        500,
        |_| one(),
        |n, replica| {
            (0..n).for_each(|at| insert(replica, place(at, at), "x"));
        },
    );
    grows("insertions in front", 500, |_| one(), |n, replica| (0..n).for_each(|_| insert(replica, 0, "x")));
    grows(
        "deletions anywhere",
        500,
        |n| plain(2 * n),
        |n, replica| {
            for step in 0..n {
                let at = place(step, 2 * n - step - 1);
                replica.write(|tx| tx.text_delete(&note(), at..at + 1));
            }
        },
    );
    grows("positions in both units, and cursors", 500, pieces, |n, replica| {
        let sequence = body(replica).sequence();
        for at in (0..n).map(|step| place(step, n)) {
            assert_eq!(sequence.at_utf16(sequence.utf16_at(at)), at);
            let cursor = Anchor::before(sequence, at);
            assert_eq!(cursor.position(sequence), Some(at));
        }
    });
}

#[test]
fn marks() {
    grows(
        "marks side by side",
        300,
        |n| plain(4 * n),
        |n, replica| {
            (0..n).for_each(|at| mark(replica, 4 * at..4 * at + 2, "bold"));
        },
    );
    grows(
        "marks anywhere",
        1000,
        |n| plain(20 * n),
        |n, replica| {
            for at in (0..n).map(|step| place(step, 20 * n - 9)) {
                mark(replica, at..at + 9, ["bold", "link"][at % 2]);
            }
        },
    );
    grows(
        "marks under many keys on one stretch",
        1000,
        |_| plain(100),
        |n, replica| {
            (0..n).for_each(|at| mark(replica, 10..90, &at.to_string()));
        },
    );
    grows(
        "ever larger marks",
        300,
        |n| plain(2 * n),
        |n, replica| {
            (0..n).for_each(|at| mark(replica, n - at - 1..n + at + 1, "bold"));
        },
    );
    // They come from elsewhere; a local one also remembers what it covers.
    let stairs = |n: usize| {
        let mut writer = plain(2 * n);
        let mut reader = Replica::new(2);
        reader.pull(&writer.state);
        let before = writer.state.version().clone();
        writer.write(|tx| {
            (0..n).try_for_each(|at| {
                let value = Some(Value::Int(at as i64));
                let key = std::sync::Arc::from(at.to_string());
                tx.text_mark(&note(), at..at + n, &key, value, Expand::After).map(drop)
            })
        });
        (reader, writer.state.since(&before).encode())
    };
    grows("marks that overlap", 1000, stairs, |_, (reader, update)| {
        reader.state.apply(&Update::decode(update).expect("readable"), Origin::Remote).expect("readable");
    });
    let marked = |n: usize| {
        let mut replica = plain(4 * n);
        (0..n).for_each(|at| mark(&mut replica, 4 * at..4 * at + 2, &at.to_string()));
        replica
    };
    grows("marks at one place among many", 200, marked, |n, replica| {
        for at in (0..n).map(|step| place(step, 4 * n - 1)) {
            std::hint::black_box(body(replica).spans(at..at + 1));
        }
    });
}

#[test]
fn lists() {
    let full = |n: usize| {
        let mut replica = one();
        replica.write(|tx| (0..n).try_for_each(|at| tx.list_insert(&list(), at, text("item")).map(drop)));
        replica
    };
    let item = |replica: &Replica, at: usize| {
        let list = replica.state.list(&list()).expect("written before");
        list.at(at).expect("there").id
    };
    grows(
        "items at the end",
        500,
        |_| one(),
        |n, replica| {
            (0..n).for_each(|at| drop(replica.write(|tx| tx.list_insert(&list(), at, text("item")))));
        },
    );
    grows(
        "items in front",
        500,
        |_| one(),
        |n, replica| {
            (0..n).for_each(|_| drop(replica.write(|tx| tx.list_insert(&list(), 0, text("item")))));
        },
    );
    grows("items that move", 300, full, |n, replica| {
        for step in 0..n {
            let id = item(replica, place(step, n - 1));
            replica.write(|tx| tx.list_move(&list(), id, place(step + 7, n - 1)));
        }
    });
    grows("items that are replaced and removed", 300, full, |n, replica| {
        for step in 0..n {
            let id = item(replica, place(step, n - step - 1));
            replica.write(|tx| tx.list_set(&list(), id, text("other")));
            replica.write(|tx| tx.list_delete(&list(), id).map(drop));
        }
    });
    let shared = |n: usize| {
        let mut all = one();
        for at in 0..n {
            let mut writer = Replica::new(at as u64 + 2);
            writer.write(|tx| tx.list_insert(&list(), 0, text("item")).map(drop));
            all.pull(&writer.state);
        }
        all
    };
    grows("items between others at the same position", 60, shared, |n, replica| {
        (0..n).for_each(|at| drop(replica.write(|tx| tx.list_insert(&list(), place(at, n), text("new")))));
    });
}

#[test]
fn maps_sets_and_counters() {
    grows(
        "keys",
        500,
        |_| one(),
        |n, replica| {
            for at in 0..n {
                let key = place(at, n).to_string().into();
                replica.write(|tx| tx.map_set(&ContainerId::Root, &key, text("value")).map(drop));
            }
            for at in 0..n {
                let key = place(at, n).to_string().into();
                replica.write(|tx| {
                    tx.map_delete(&ContainerId::Root, &key);
                    Ok(())
                });
            }
        },
    );
    grows(
        "elements of a set",
        500,
        |_| one(),
        |n, replica| {
            for at in 0..n {
                replica.write(|tx| tx.set_add(&set(), Value::Int(place(at, n) as i64)).map(drop));
            }
            for at in 0..n {
                replica.write(|tx| Ok(tx.set_remove(&set(), &Value::Int(place(at, n) as i64))));
            }
        },
    );
    grows(
        "increments",
        500,
        |_| one(),
        |n, replica| {
            (0..n).for_each(|_| drop(replica.write(|tx| tx.counter_add(&counter(), 1))));
        },
    );
}

#[test]
fn undo_and_redo() {
    let worn = |part: usize| {
        let mut replica = plain(20);
        let id = replica.write(|tx| tx.list_insert(&list(), 0, text("item"))).0;
        mark(&mut replica, 2..9, "bold");
        replica.write(|tx| match part {
            0 => tx.map_set(&ContainerId::Root, &"key".into(), text("one")).map(drop),
            1 => tx.list_set(&list(), id, text("two")),
            2 => {
                tx.text_insert(&note(), 5, "new")?;
                tx.text_delete(&note(), 2..4)
            }
            3 => tx.text_mark(&note(), 3..12, &"bold".into(), None, Expand::None).map(drop),
            _ => {
                tx.map_set(&ContainerId::Root, &"key".into(), text("one"))?;
                tx.list_set(&list(), id, text("two"))?;
                tx.text_insert(&note(), 5, "new")?;
                tx.text_delete(&note(), 2..4)?;
                tx.text_mark(&note(), 3..12, &"bold".into(), None, Expand::None).map(drop)
            }
        });
        replica.write(|tx| {
            tx.map_set(&ContainerId::Root, &"key".into(), text("two"))?;
            tx.list_delete(&list(), id).map(drop)
        });
        replica
    };
    for part in 0..5 {
        let prepare = |_| worn(part);
        grows(&format!("two steps back and forth, {part}"), 100, prepare, |n, replica| {
            for _ in 0..n {
                (0..2).for_each(|_| drop(replica.step(Direction::Undo).expect("a step")));
                (0..2).for_each(|_| drop(replica.step(Direction::Redo).expect("a step")));
            }
        });
    }
    let typed = |n: usize| {
        let mut replica = one();
        (0..n).for_each(|at| insert(&mut replica, place(at, at), "x"));
        replica
    };
    grows("many steps, back and forth", 20, typed, |n, replica| {
        (0..n).for_each(|_| drop(replica.step(Direction::Undo).expect("a step")));
        (0..n).for_each(|_| drop(replica.step(Direction::Redo).expect("a step")));
    });
}

#[test]
fn passing_on_storing_and_loading() {
    let full = |n: usize| {
        let mut replica = pieces(n);
        replica.write(|tx| {
            (0..n).try_for_each(|at| {
                tx.list_insert(&list(), at, text("item"))?;
                tx.set_add(&set(), Value::Int(at as i64)).map(drop)
            })
        });
        for at in 0..n / 4 {
            mark(&mut replica, at..at + 3, ["bold", "link"][at % 2]);
        }
        replica
    };
    grows("everything as an update", 600, full, |_, replica| {
        let update = replica.state.since(&nobody());
        let bytes = update.encode();
        let mut other = DocumentState::new();
        other.apply(&Update::decode(&bytes).expect("readable"), Origin::Remote).expect("readable");
    });
    grows("a snapshot, stored and loaded", 600, full, |_, replica| {
        let bytes = replica.state.snapshot().encode();
        let mut other = DocumentState::new();
        other.restore(&Snapshot::decode(&bytes).expect("readable"), Origin::Load).expect("readable");
        other.acknowledge(&other.version().clone());
    });
    grows("the latest, over and over", 600, full, |n, replica| {
        for at in 0..n {
            let before = replica.state.version().clone();
            insert(replica, place(at, n), "x");
            std::hint::black_box(replica.state.since(&before).encode());
        }
    });
}

#[test]
fn histories() {
    let kept = |n: usize| {
        let mut replica = one();
        replica.keep_history();
        let mut middle = nobody();
        for at in 0..n {
            if at == n / 2 {
                middle = replica.state.version().clone();
            }
            insert(&mut replica, place(at, at), "x");
        }
        (replica, middle)
    };
    grows("a version and what changed since", 300, kept, |n, (replica, middle)| {
        let past = replica.state.at(middle).expect("kept");
        assert_eq!(past.text(&note()).map(|text| text.sequence().len()), Some(n / 2));
        let sequence = body(replica).sequence();
        std::hint::black_box(sequence.changes_between(middle, replica.state.version()));
        for (dot, len) in sequence.dots_in(0..n) {
            (0..len as u64).for_each(|step| {
                let dot = crate::version::Dot::new(dot.replica, dot.seq + step);
                std::hint::black_box(replica.state.time_of(dot));
            });
        }
    });
}
