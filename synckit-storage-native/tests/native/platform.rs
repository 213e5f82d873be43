//! Time, chance and tasks, with and without a runtime.

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use synckit::platform::Platform;
use synckit::prelude::*;
use synckit_storage_native::{Native, NativeStorage};

use crate::child::{Board, loaded};

#[tokio::test]
async fn time_goes_on_while_sleeping() {
    let platform = Native::new().unwrap();
    let clock = platform.clock();
    let begin = clock();
    assert!(begin > 1_600_000_000_000, "milliseconds since 1970");
    platform.sleep(0).await;
    tokio::join!(platform.sleep(60), platform.sleep(30));
    assert!((59..5_000).contains(&(clock() - begin)), "{} ms", clock() - begin);
}

#[test]
fn chance_does_not_repeat_itself() {
    let platform = Native::on_own_thread().unwrap();
    let drawn: BTreeSet<u64> = (0..1_000).map(|_| platform.random()).collect();
    assert_eq!(drawn.len(), 1_000);
    // All bits are drawn.
    assert_eq!(drawn.iter().fold(0, |all, one| all | one), u64::MAX);
}

#[test]
fn without_a_runtime_there_is_one_thread_for_all() {
    let (done, ran) = mpsc::channel();
    for _ in 0..3 {
        let platform = Native::new().unwrap();
        let done = done.clone();
        let pause = platform.sleep(5);
        platform.spawn(async move {
            pause.await;
            done.send((std::thread::current().name().map(str::to_owned), std::thread::current().id()))
                .unwrap();
        });
    }
    let threads: BTreeSet<String> = (0..3)
        .map(|_| {
            let (name, id) = ran.recv_timeout(Duration::from_secs(10)).unwrap();
            assert_eq!(name.as_deref(), Some("synckit"));
            format!("{id:?}")
        })
        .collect();
    assert_eq!(threads.len(), 1, "{threads:?}");
}

#[test]
fn a_program_without_a_runtime_keeps_documents() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plain.sqlite");
    pollster::block_on(async {
        let storage = NativeStorage::open_at(&file).await.unwrap();
        let sync = SyncKit::builder(Native::new().unwrap()).storage(storage).connect().await.unwrap();
        let board = sync.document::<Board>("board");
        board.hits().increment(7).unwrap();
        board.flush(Tier::Device).await.unwrap();
    });
    // Later, under a runtime.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let storage = NativeStorage::open_at(&file).await.unwrap();
        let sync = SyncKit::builder(Native::new().unwrap()).storage(storage).connect().await.unwrap();
        let board = sync.document::<Board>("board");
        loaded(&board).await;
        assert_eq!(board.hits().get().unwrap(), 7);
    });
}

#[test]
fn a_runtime_that_is_blocked_or_ends_does_not_stop_a_client_on_its_own_thread() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.sqlite");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let sync = runtime.block_on(async {
        let storage = NativeStorage::open_at(&file).await.unwrap();
        let platform = Native::on_own_thread().unwrap();
        SyncKit::builder(platform).storage(storage).connect().await.unwrap()
    });
    drop(runtime);
    let board = sync.document::<Board>("board");
    board.hits().increment(1).unwrap();
    pollster::block_on(board.flush(Tier::Device)).unwrap();
}

/// What the first write in a burst and each of many at once cost, for the documentation; the bounds are a hundred times
/// what is measured.
#[tokio::test(flavor = "multi_thread")]
async fn appends_do_not_take_for_ever() {
    use synckit::storage::Storage;
    use synckit_storage_native::Durability;
    let folder = tempfile::tempdir().unwrap();
    for durability in [Durability::Strict, Durability::Relaxed] {
        let file = folder.path().join(format!("{durability:?}.sqlite"));
        let storage = NativeStorage::builder_at(file).durability(durability).open().await.unwrap();
        let mut took = Vec::new();
        for number in 0..500_u32 {
            let begin = Instant::now();
            storage.append("d", number.to_le_bytes().repeat(25)).await.unwrap();
            took.push(begin.elapsed());
        }
        took.sort_unstable();
        let (median, late) = (took[took.len() / 2], took[took.len() * 95 / 100]);
        let begin = Instant::now();
        let many = (0..10_000_u32).map(|number| {
            let storage = storage.clone();
            async move { storage.append("d", number.to_le_bytes().repeat(25)).await.unwrap() }
        });
        synckit_storage_contract::join_all(many.collect()).await;
        let burst = begin.elapsed();
        println!("{durability:?}: one append p50 {median:?}, p95 {late:?}; 10,000 at once {burst:?}");
        assert!(median < Duration::from_secs(1) && burst < Duration::from_secs(60));
    }
}
