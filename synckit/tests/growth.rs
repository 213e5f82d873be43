//! No operation's cost grows faster than n log n: what is reserved in memory is counted, not time, at n and at 10 n.
//!
//! Beside that, a budget for each operation by itself: a cost that is too high from the start would grow as it should.
#![allow(clippy::unwrap_used)]

use std::alloc::System;
use std::hint::black_box;
use std::sync::Mutex;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use synckit::Expand;
use synckit::document::{DocumentState, Origin};
use synckit::prelude::*;
use synckit::version::VersionVector;
use synckit::wire::{Snapshot, Update};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test at a time: everybody's reservations are counted together.
static TURN: Mutex<()> = Mutex::new(());

/// What ten times as much may cost: n log n, and room for buffers that double.
const GROWTH: usize = 14;
/// Reservations at n below this are noise.
const NOISE: usize = 200;

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Page {
    body: Text,
    items: List<i64>,
    votes: Counter,
    tags: synckit::Set<i64>,
    scores: Map<i64>,
}

fn page(seed: u64) -> PageRef {
    SyncKit::in_memory(seed).document::<Page>("page")
}

/// Runs `work` on what `prepare` makes for n and for 10 n, and compares what each has reserved.
fn grows<T>(what: &str, n: usize, prepare: impl Fn(usize) -> T, work: impl Fn(usize, &mut T)) {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let measure = |n: usize| {
        let mut subject = prepare(n);
        let region = Region::new(ALLOCATOR);
        work(n, &mut subject);
        let used = region.change();
        black_box(subject);
        (used.allocations + used.reallocations, used.bytes_allocated)
    };
    measure(n / 10);
    let (small, large) = (measure(n), measure(10 * n));
    println!("{what}: {small:?} at {n}, {large:?} at {}", 10 * n);
    assert!(large.0 <= GROWTH * small.0.max(NOISE), "{what}: {} and {} reservations", small.0, large.0);
    assert!(large.1 <= GROWTH * small.1.max(64 * NOISE), "{what}: {} and {} bytes", small.1, large.1);
}

/// Places that are spread over a text.
fn place(step: usize, len: usize) -> usize {
    step.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (len + 1)
}

fn everything(page: &PageRef) -> Vec<u8> {
    page.export_since(&VersionVector::new())
}

#[test]
fn typing() {
    grows(
        "typing",
        1000,
        |_| page(1),
        |n, page| {
            (0..n).for_each(|at| page.body().insert(at, "x").unwrap());
        },
    );
}

#[test]
fn typing_in_one_transaction() {
    grows(
        "typing, one transaction",
        1000,
        |_| page(1),
        |n, page| {
            page.update(|page| (0..n).try_for_each(|at| page.body().insert(at, "é"))).unwrap();
        },
    );
}

#[test]
fn prepending() {
    grows(
        "prepending",
        1000,
        |_| page(1),
        |n, page| {
            (0..n).for_each(|_| page.body().insert(0, "x").unwrap());
        },
    );
}

#[test]
fn inserting_and_deleting_anywhere() {
    grows(
        "inserting anywhere",
        1000,
        |_| page(1),
        |n, page| {
            (0..n).for_each(|at| page.body().insert(place(at, at), "x").unwrap());
        },
    );
    let full = |n: usize| {
        let page = page(1);
        page.body().push(&"x".repeat(2 * n)).unwrap();
        page
    };
    grows("deleting anywhere", 1000, full, |n, page| {
        for step in 0..n {
            let at = place(step, 2 * n - step - 1);
            page.body().delete(at..at + 1).unwrap();
        }
    });
}

#[test]
fn a_long_insertion_and_its_deletion() {
    grows(
        "one long insertion",
        10_000,
        |n| (page(1), "é".repeat(n)),
        |_, (page, text)| {
            page.body().push(text).unwrap();
            page.body().delete(0..page.body().len()).unwrap();
            page.undo_manager().undo();
        },
    );
}

#[test]
fn marking() {
    let full = |n: usize| {
        let page = page(1);
        page.body().push(&"x".repeat(4 * n)).unwrap();
        page
    };
    grows("marks side by side", 100, full, |n, page| {
        page.update(|page| {
            (0..n).try_for_each(|at| page.body().mark(4 * at..4 * at + 2, "bold", true, Expand::After))
        })
        .unwrap();
        assert_eq!(black_box(page.body().spans()).len(), 2 * n);
    });
}

#[test]
fn taking_in_what_others_wrote() {
    let scattered = |n: usize| {
        let (from, to) = (page(1), page(2));
        from.update(|page| (0..n).try_for_each(|at| page.body().insert(place(at, at), "x"))).unwrap();
        (to, everything(&from))
    };
    grows("remote insertions", 1000, scattered, |n, (page, update)| {
        page.import(update).unwrap();
        assert_eq!(page.body().len(), n);
    });
    let one_by_one = |n: usize| {
        let (from, to) = (page(1), page(2));
        let updates: Vec<_> = (0..n)
            .map(|at| {
                let known = from.version();
                from.body().insert(at, "x").unwrap();
                from.export_since(&known)
            })
            .collect();
        (to, updates)
    };
    grows("remote keystrokes", 300, one_by_one, |n, (page, updates)| {
        updates.iter().for_each(|update| page.import(update).unwrap());
        assert_eq!(page.body().len(), n);
    });
}

#[test]
fn changes_in_the_wrong_order() {
    let backwards = |n: usize| {
        let from = [page(1), page(2)];
        let mut update = Update::default();
        let mut known = VersionVector::new();
        for at in 0..n {
            // Each one waits for the other's.
            let (writer, other) = (&from[at % 2], &from[(at + 1) % 2]);
            writer.body().insert(at, "x").unwrap();
            let news = writer.export_since(&known);
            known = writer.version();
            other.import(&news).unwrap();
            update.changes.extend(Update::decode(&news).unwrap().changes);
        }
        update.changes.reverse();
        (DocumentState::new(), update)
    };
    grows("changes in reverse order, in one update", 300, backwards, |_, (state, update)| {
        assert!(!state.apply(update, Origin::Remote).unwrap().gap);
    });
    grows("changes in reverse order, one by one", 300, backwards, |n, (state, update)| {
        for (at, change) in update.changes.iter().enumerate() {
            let update = Update { changes: vec![change.clone()] };
            assert_eq!(state.apply(&update, Origin::Remote).unwrap().gap, at + 1 < n);
        }
    });
}

#[test]
fn many_writers_at_one_place() {
    let crowd = |n: usize| {
        let updates: Vec<_> = (0..n)
            .map(|seed| {
                let page = page(seed as u64 + 1);
                page.body().insert(0, "ab").unwrap();
                page.items().push(seed as i64).unwrap();
                everything(&page)
            })
            .collect();
        (page(1_000_000), updates)
    };
    grows("writers at one place", 154, crowd, |n, (page, updates)| {
        updates.iter().for_each(|update| page.import(update).unwrap());
        assert_eq!((page.body().len(), page.items().len()), (2 * n, n));
        black_box(page.export());
    });
}

#[test]
fn lists() {
    grows(
        "list elements at the end",
        300,
        |_| page(1),
        |n, page| {
            page.update(|page| (0..n).try_for_each(|at| page.items().push(at as i64).map(drop))).unwrap();
        },
    );
    grows(
        "list elements at the front",
        300,
        |_| page(1),
        |n, page| {
            page.update(|page| (0..n).try_for_each(|at| page.items().insert(0, at as i64).map(drop)))
                .unwrap();
        },
    );
    grows(
        // From the first time on that positions have become long.
        "list elements at one place",
        3000,
        |_| page(1),
        |n, page| {
            page.update(|page| {
                (0..n).try_for_each(|at| page.items().insert(page.items().len() / 2, at as i64).map(drop))
            })
            .unwrap();
        },
    );
}

#[test]
fn a_counter_a_set_and_a_field_that_live_long() {
    grows(
        "increments",
        1000,
        |_| page(1),
        |n, page| {
            (0..n).for_each(|_| page.votes().increment(1).unwrap());
        },
    );
    let worn = |n: usize| {
        let page = page(1);
        (0..n).for_each(|_| page.votes().increment(1).unwrap());
        (0..n).for_each(|at| drop(page.scores().insert("one", at as i64).unwrap()));
        page
    };
    let sizes = [100, 1000].map(|n| {
        let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let page = worn(n);
        let state = page.export();
        let mut loaded = DocumentState::new();
        loaded.restore(&Snapshot::decode(&state).unwrap(), Origin::Load).unwrap();
        loaded.acknowledge(&loaded.version().clone());
        (loaded.snapshot().encode().len(), loaded.byte_size())
    });
    assert!(sizes[1].0 <= sizes[0].0 + 16 && sizes[1].1 <= sizes[0].1 + 64, "{sizes:?}");
    grows(
        "members of a set",
        300,
        |_| page(1),
        |n, page| {
            page.update(|page| (0..n).try_for_each(|at| page.tags().insert(at as i64).map(drop))).unwrap();
        },
    );
    grows(
        "keys of a map",
        300,
        |_| page(1),
        |n, page| {
            page.update(|page| (0..n).try_for_each(|at| page.scores().insert(&at.to_string(), 1).map(drop)))
                .unwrap();
        },
    );
}

#[test]
fn saving_and_loading() {
    let full = |n: usize| {
        let page = page(1);
        page.update(|page| {
            (0..n).try_for_each(|at| {
                page.body().insert(place(at, at), "é")?;
                page.items().push(at as i64).map(drop)
            })
        })
        .unwrap();
        page
    };
    grows("a snapshot", 300, full, |_, page| drop(black_box(page.export())));
    grows(
        "loading",
        300,
        |n| (page(2), full(n).export()),
        |n, (page, snapshot)| {
            page.import(snapshot).unwrap();
            assert_eq!(page.items().len(), n);
        },
    );
    grows(
        "an update",
        300,
        |n| everything(&full(n)),
        |_, bytes| {
            DocumentState::new().apply(&Update::decode(bytes).unwrap(), Origin::Remote).unwrap();
        },
    );
}

/// Being told of a change takes no more memory in a long list, a large map or a large set.
#[test]
fn followers_cost_the_same_whatever_the_size() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let cost = [1_000, 10_000].map(|n: usize| {
        let sync = SyncKit::in_memory(1);
        let (list, map, set) =
            (sync.list::<i64>("list"), sync.document::<Page>("page").scores(), sync.set::<i64>("set"));
        list.insert_all(0, 0..n as i64).unwrap();
        (0..n as i64).for_each(|at| drop((map.insert(&at.to_string(), at), set.insert(at))));
        let (mut lists, mut maps, mut sets) = (list.follower(), map.follower(), set.follower());
        let region = Region::new(ALLOCATOR);
        for at in 0..50 {
            list.at(n / 2 + at).unwrap().set(0).unwrap();
            list.move_to(list.at(n / 2 + at).unwrap().id(), at).unwrap();
            map.insert(&at.to_string(), -1).unwrap();
            set.remove(&(at as i64)).unwrap();
            black_box((lists.next(), lists.next(), maps.next(), sets.next()));
        }
        let used = region.change();
        (used.allocations + used.reallocations, used.bytes_allocated)
    });
    println!("50 changes followed: {cost:?}");
    assert!(cost[1].0 <= cost[0].0 + 50, "{cost:?}");
    assert!(cost[1].1 <= cost[0].1 + 64_000, "{cost:?}");
}

/// A keystroke in a long text is as cheap as in a short one, also for those who follow it.
#[test]
fn a_keystroke_costs_the_same_in_a_long_text() {
    let followed = |n: usize| {
        let page = page(1);
        page.body().push(&"x".repeat(n)).unwrap();
        page.body().insert(n / 2, "y").unwrap();
        let following = page.body().follow(|delta| drop(black_box(delta.clone())));
        (page, following)
    };
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let cost = [10_000, 1_000_000].map(|n| {
        let (page, _following) = followed(n);
        page.body().insert(n / 2 + 1, "z").unwrap();
        let region = Region::new(ALLOCATOR);
        for at in 0..100 {
            page.body().insert(n / 2 + 2 + at, "z").unwrap();
        }
        let used = region.change();
        (used.allocations + used.reallocations, used.bytes_allocated)
    });
    println!("100 keystrokes: {cost:?}");
    assert!(cost[1].0 <= cost[0].0 + 50, "{cost:?}");
    assert!(cost[1].1 <= cost[0].1 + 64_000, "{cost:?}");
}
