//! A process that is killed in the middle of writing, again and again: what it reported as saved is there.

use std::collections::BTreeSet;
use std::time::Duration;

use synckit::prelude::*;
use synckit::storage::Storage;
use synckit_storage_native::{Native, NativeStorage};

use crate::child::{Board, Job, OtherProcess, loaded, numbers};

const KILLS: u64 = 200;
const KILLS_OF_CLIENTS: u64 = 40;

/// Another moment each time: after so many reports and then so many microseconds.
fn moment(round: u64) -> (usize, Duration) {
    let scattered = round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    ((scattered % 40) as usize + 1, Duration::from_micros(scattered / 40 % 4_000))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reported_as_stored_survives_kill_dash_nine() {
    let folder = tempfile::tempdir().unwrap();
    let mut all_reported = 0;
    for round in 0..KILLS {
        // A file sees four kills: it is recovered, written to and killed again.
        let file = folder.path().join(format!("{}.sqlite", round / 4));
        if round % 4 == 0 && round > 0 {
            let _ = std::fs::remove_file(folder.path().join(format!("{}.sqlite", round / 4 - 1)));
        }
        let mut process = OtherProcess::start(Job::Append, &file);
        let (reports, then) = moment(round);
        let mut reported: BTreeSet<u64> = (0..reports).map(|_| process.report().parse().unwrap()).collect();
        std::thread::sleep(then);
        reported.extend(process.kill().iter().map(|number| number.parse::<u64>().unwrap()));
        all_reported += reported.len();

        let storage = NativeStorage::open_at(&file).await.unwrap();
        let mut stored = BTreeSet::new();
        for document in storage.documents().await.unwrap() {
            let chunks = storage.load(&document, None).await.unwrap();
            stored.extend(chunks.iter().flat_map(|chunk| numbers(&chunk.update)));
        }
        let lost: Vec<_> = reported.difference(&stored).collect();
        assert!(lost.is_empty(), "kill {round}: {lost:?} of {} are lost", reported.len());
        // The store is as good as before.
        let next = storage.append("after", vec![]).await.unwrap();
        assert_eq!(storage.load("after", None).await.unwrap().last().unwrap().id, next);
        storage.delete("after").await.unwrap();
    }
    assert!(all_reported as u64 > KILLS * 10, "only {all_reported} reports in {KILLS} kills");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_reported_as_saved_survives_kill_dash_nine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("client.sqlite");
    let mut last = 0_i64;
    for round in 0..KILLS_OF_CLIENTS {
        let mut process = OtherProcess::start(Job::Count, &file);
        let begin: i64 = process.report().parse().unwrap();
        assert!(begin >= last, "kill {round}: {last} hits were saved, {begin} are there");
        last = begin;
        let (reports, then) = moment(round);
        for _ in 0..reports {
            last = process.report().parse().unwrap();
        }
        std::thread::sleep(then);
        for report in process.kill() {
            last = report.parse().unwrap();
        }
    }
    let storage = NativeStorage::open_at(&file).await.unwrap();
    let sync = SyncKit::builder(Native::new().unwrap()).storage(storage).connect().await.unwrap();
    let board = sync.document::<Board>("board");
    loaded(&board).await;
    let there = board.hits().get().unwrap();
    assert!(there >= last && last > 0, "{last} hits were saved, {there} are there");
    // At most one hit of each process was under way.
    assert!(there <= last + 1, "{last} hits were made, {there} are there");
}
