//! Several processes, and several stores of one process, on one file.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::path::Path;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_core::Stream;
use synckit::prelude::*;
use synckit::storage::{Storage, StorageEvent};
use synckit_storage_native::{Native, NativeStorage};

use crate::child::{Board, Job, OtherProcess, compact, loaded, numbers, open_among_writers, payload};

/// Longest time that anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The next events: at least as many as are waited for, and what else comes in the next moment.
pub(crate) async fn drain(
    events: &mut (impl Stream<Item = StorageEvent> + Unpin),
    least: usize,
) -> Vec<StorageEvent> {
    let mut heard = Vec::new();
    for turn in 0..100 {
        if heard.len() >= least && turn > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        poll_fn(|context| {
            while let Poll::Ready(Some(event)) = Pin::new(&mut *events).poll_next(context) {
                heard.push(event);
            }
            Poll::Ready(())
        })
        .await;
    }
    heard
}

/// Waits until it is so.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let begin = std::time::Instant::now();
    while !so() {
        assert!(begin.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn appended(document: &str) -> StorageEvent {
    StorageEvent::Appended { document: document.into() }
}

async fn client(file: &Path) -> SyncKit {
    let storage = NativeStorage::open_at(file).await.unwrap();
    SyncKit::builder(Native::new().unwrap()).storage(storage).connect().await.unwrap()
}

#[tokio::test]
async fn a_write_is_told_to_the_others_and_not_to_oneself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nudge.sqlite");
    let (one, two) =
        (NativeStorage::open_at(&file).await.unwrap(), NativeStorage::open_at(&file).await.unwrap());
    let clone = one.clone();
    let stranger = NativeStorage::open_at(folder.path().join("other.sqlite")).await.unwrap();
    let (mut to_one, mut to_two, mut to_stranger) = (clone.events(), two.events(), stranger.events());
    let first = one.append("a", vec![1]).await.unwrap();
    one.append("a", vec![2]).await.unwrap();
    one.compact("b", &[], vec![3]).await.unwrap();
    one.set_record("r", vec![4]).await.unwrap();
    assert!(one.append("", vec![5]).await.is_err());
    let recorded = StorageEvent::Recorded { key: "r".into() };
    // Told once, however often it was written before it was read.
    assert_eq!(drain(&mut to_two, 3).await, [appended("a"), appended("b"), recorded.clone()]);
    assert_eq!(drain(&mut to_one, 0).await, []);
    assert_eq!(drain(&mut to_stranger, 0).await, []);
    assert_eq!(two.load("a", Some(first)).await.unwrap()[0].update, [2]);
    two.append("a", vec![6]).await.unwrap();
    two.set_record("r", vec![7]).await.unwrap();
    assert_eq!(drain(&mut to_one, 2).await, [appended("a"), recorded]);
    assert_eq!(one.record("r").await.unwrap(), Some(vec![7]));
}

#[tokio::test]
async fn a_write_is_told_also_when_its_reader_writes_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("both.sqlite");
    let (one, two) =
        (NativeStorage::open_at(&file).await.unwrap(), NativeStorage::open_at(&file).await.unwrap());
    let mut to_one = one.events();
    for round in 0..20 {
        let document = format!("d{round}");
        two.append(&document, vec![1]).await.unwrap();
        two.set_record(&document, vec![1]).await.unwrap();
        // Its own commits must not hide those of others.
        one.append(&document, vec![2]).await.unwrap();
        one.append("mine", vec![2]).await.unwrap();
    }
    let heard: BTreeSet<String> = drain(&mut to_one, 40)
        .await
        .into_iter()
        .map(|event| match event {
            StorageEvent::Appended { document } => format!("appended {document}"),
            StorageEvent::Recorded { key } => format!("recorded {key}"),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected =
        (0..20).flat_map(|round| [format!("appended d{round}"), format!("recorded d{round}")]).collect();
    assert_eq!(heard, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_and_this_one_are_live_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.sqlite");
    let sync = client(&file).await;
    let board = sync.document::<Board>("board");
    let mut others = [Job::Add, Job::Add].map(|job| OtherProcess::start(job, &file));
    for number in 0..100 {
        board.lines().push(format!("here {number}")).unwrap();
        board.hits().increment(1).unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    until("all hits are here", || board.hits().get().unwrap() == 300).await;
    until("all lines are here", || board.lines().len() == 300).await;
    for other in &mut others {
        assert_eq!(other.report(), "added");
        assert_eq!(other.report(), "all there");
    }
    others.into_iter().for_each(|other| drop(other.kill()));
    // A client that comes later reads the same, each line once.
    let later = client(&file).await.document::<Board>("board");
    until("it is read", || later.lines().len() == 300).await;
    assert_eq!(later.get().unwrap(), board.get().unwrap());
    let lines: BTreeSet<String> = later.lines().elements().iter().map(|line| line.get().unwrap()).collect();
    assert_eq!(lines.len(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_of_two_processes_survive_each_others_compactions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chunks.sqlite");
    let mut others = [Job::Append, Job::Append].map(|job| OtherProcess::start(job, &file));
    let storage = open_among_writers(&file).await;
    let mut mine = BTreeSet::new();
    for number in 1_000_000..1_000_100_u64 {
        storage.append("d0", payload(&[number])).await.unwrap();
        mine.insert(number);
        if number % 16 == 0 {
            compact(&storage, "d0").await;
        }
    }
    // Both count alike, so that each number is there twice.
    let mut reported: Vec<BTreeSet<u64>> = Vec::new();
    for other in &mut others {
        reported.push((0..200).map(|_| other.report().parse().unwrap()).collect());
    }
    for (other, reported) in others.into_iter().zip(&mut reported) {
        reported.extend(other.kill().iter().map(|number| number.parse::<u64>().unwrap()));
    }
    let mut stored: Vec<u64> = Vec::new();
    for document in storage.documents().await.unwrap() {
        let chunks = storage.load(&document, None).await.unwrap();
        stored.extend(chunks.iter().flat_map(|chunk| numbers(&chunk.update)));
    }
    let times = |number: u64| stored.iter().filter(|stored| **stored == number).count();
    for number in &mine {
        assert!(times(*number) >= 1, "{number} of this process is lost");
    }
    for number in reported[0].intersection(&reported[1]) {
        assert!(times(*number) >= 2, "{number} of one of the processes is lost");
    }
    for number in reported[0].symmetric_difference(&reported[1]) {
        assert!(times(*number) >= 1, "{number} is lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_of_another_process_is_not_given_and_comes_back_when_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lease.sqlite");
    let mut others = [Job::Lease, Job::Lease].map(|job| OtherProcess::start(job, &file));
    let theirs = others.each_mut().map(OtherProcess::report);
    let storage = NativeStorage::open_at(&file).await.unwrap();
    let mine = storage.lease().await.unwrap();
    let held: BTreeSet<String> = theirs.iter().cloned().chain([mine.replica.to_string()]).collect();
    assert_eq!(held.len(), 3, "{held:?}");
    others.into_iter().for_each(|other| drop(other.kill()));
    // The operating system has let go of the locks of processes that could not.
    let again = [storage.lease().await.unwrap(), storage.lease().await.unwrap()];
    let again: BTreeSet<String> = again.iter().map(|lease| lease.replica.to_string()).collect();
    assert_eq!(again, theirs.into_iter().collect());
}

#[tokio::test]
async fn a_client_that_ends_gives_its_replica_id_to_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("again.sqlite");
    for round in 1..=5 {
        let sync = client(&file).await;
        let board = sync.document::<Board>("board");
        loaded(&board).await;
        board.hits().increment(1).unwrap();
        board.flush(Tier::Device).await.unwrap();
        assert_eq!(board.hits().get().unwrap(), round);
        drop(sync);
        let ids: Vec<_> = std::fs::read_dir(folder.path().join("again.sqlite.replicas")).unwrap().collect();
        assert_eq!(ids.len(), 1, "one id for all of them");
        let lock = std::fs::File::open(ids[0].as_ref().unwrap().path()).unwrap();
        until("the client has ended", || lock.try_lock().is_ok()).await;
    }
}
