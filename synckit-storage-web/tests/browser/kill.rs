//! A tab that ends in the middle of writing: what it has reported as stored is there, and nothing is half there.

use synckit::platform::Platform;
use synckit::storage::Storage;
use synckit_storage_web::{Backend, Web};

use crate::second::{Job, Kind, SecondTab, number};
use crate::{both_backends, open};

both_backends! {
    a_tab_killed_while_appending_loses_nothing_that_was_stored
    a_tab_killed_while_recording_leaves_a_whole_record
}

/// Size of an update and how many are waited for, so that the end falls into different moments.
const ROUNDS: [(Kind, usize, usize); 6] = [
    (Kind::Frame, 100, 5),
    (Kind::Worker, 100, 9),
    (Kind::Frame, 50_000, 3),
    (Kind::Worker, 300_000, 2),
    (Kind::Frame, 1_000_000, 2),
    (Kind::Worker, 7, 20),
];

async fn a_tab_killed_while_appending_loses_nothing_that_was_stored(backend: Backend) {
    for (round, (kind, bytes, least)) in ROUNDS.into_iter().enumerate() {
        let store = format!("killed-{round}");
        let tab = SecondTab::open(kind, backend, &store, Job::Append { bytes });
        tab.reports(least).await;
        Web.sleep(round as u64 * 3).await;
        let reported = tab.kill().await;
        let storage = open(backend, &store).await;
        let chunks = storage.load("d", None).await.unwrap();
        let numbers: Vec<u32> = chunks.iter().map(|chunk| number(&chunk.update)).collect();
        assert!(
            numbers.iter().copied().eq(0..numbers.len() as u32),
            "{kind:?}: stored in order without a gap: {numbers:?}"
        );
        assert!(
            numbers.len() >= reported.len(),
            "{kind:?}: {} reported, {} stored",
            reported.len(),
            numbers.len()
        );
        // The store is as good as before.
        let next = storage.append("d", vec![1]).await.unwrap();
        assert_eq!(storage.load("d", None).await.unwrap().last().unwrap().id, next);
    }
}

async fn a_tab_killed_while_recording_leaves_a_whole_record(backend: Backend) {
    for (round, (kind, bytes, least)) in ROUNDS.into_iter().enumerate() {
        let store = format!("killed-record-{round}");
        let tab = SecondTab::open(kind, backend, &store, Job::Record { bytes });
        tab.reports(least).await;
        Web.sleep(round as u64 * 3).await;
        let reported = tab.kill().await;
        let record = open(backend, &store).await.record("r").await.unwrap().unwrap();
        let last: u32 = reported.last().unwrap().parse().unwrap();
        assert!(number(&record) >= last, "{kind:?}: {last} was reported, {} is stored", number(&record));
    }
}
