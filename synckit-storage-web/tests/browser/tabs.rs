//! Several tabs with one store: nudges and leases.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_core::Stream;
use synckit::platform::Platform;
use synckit::storage::{Storage, StorageEvent};
use synckit_storage_contract::lease_of;
use synckit_storage_web::{Backend, Web, WebStorage};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::contract::Promised;
use crate::second::{Job, Kind, SecondTab};
use crate::{both_backends, faults, open, updates};

both_backends! {
    a_write_is_told_to_the_others_and_not_to_oneself
    a_write_of_another_tab_is_told_and_can_be_read
    a_lease_of_another_tab_is_not_given_and_comes_back_when_it_ends
}

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
        Web.sleep(100).await;
        poll_fn(|context| {
            while let Poll::Ready(Some(event)) = Pin::new(&mut *events).poll_next(context) {
                if event != StorageEvent::ModeChanged {
                    heard.push(event);
                }
            }
            Poll::Ready(())
        })
        .await;
    }
    heard
}

fn appended(document: &str) -> StorageEvent {
    StorageEvent::Appended { document: document.into() }
}

async fn a_write_is_told_to_the_others_and_not_to_oneself(backend: Backend) {
    let (one, two, stranger) =
        (open(backend, "nudge").await, open(backend, "nudge").await, open(backend, "nudge-2").await);
    let (mut to_one, mut to_two, mut to_stranger) = (one.events(), two.events(), stranger.events());
    let first = one.append("a", vec![1]).await.unwrap();
    one.append("a", vec![2]).await.unwrap();
    one.compact("b", &[], vec![3]).await.unwrap();
    one.set_record("r", vec![4]).await.unwrap();
    one.delete("b").await.unwrap();
    assert!(one.append("", vec![5]).await.is_err());
    let recorded = StorageEvent::Recorded { key: "r".into() };
    // Twice the same that nobody has read yet is told once.
    assert_eq!(drain(&mut to_two, 3).await, [appended("a"), appended("b"), recorded]);
    assert_eq!(drain(&mut to_one, 0).await, []);
    assert_eq!(drain(&mut to_stranger, 0).await, []);
    assert_eq!(two.load("a", Some(first)).await.unwrap()[0].update, [2]);
    two.append("a", vec![6]).await.unwrap();
    assert_eq!(drain(&mut to_one, 1).await, [appended("a")]);
}

async fn a_write_of_another_tab_is_told_and_can_be_read(backend: Backend) {
    for kind in [Kind::Frame, Kind::Worker] {
        let store = format!("other-tab-{kind:?}");
        let storage = open(backend, &store).await;
        let mut events = storage.events();
        let tab = SecondTab::open(kind, backend, &store, Job::Append { bytes: 10 });
        tab.reports(3).await;
        // More of the same may come while it goes on.
        let heard = drain(&mut events, 1).await;
        assert!(heard.iter().all(|event| *event == appended("d")), "{heard:?}");
        assert!(updates(&storage, "d").await.len() >= 3);
        storage.append("mine", vec![1]).await.unwrap();
        assert_eq!(updates(&storage, "mine").await, [[1]]);
    }
}

async fn a_lease_of_another_tab_is_not_given_and_comes_back_when_it_ends(backend: Backend) {
    for kind in [Kind::Frame, Kind::Worker] {
        let store = format!("lease-tab-{kind:?}");
        let tab = SecondTab::open(kind, backend, &store, Job::Lease);
        let theirs = tab.reports(1).await.remove(0);
        let storage = open(backend, &store).await;
        let mine = storage.lease().await.unwrap();
        assert_ne!(mine.replica.to_string(), theirs);
        tab.kill().await;
        assert!(lease_of(&Promised(backend), &storage, &theirs).await);
    }
}

#[wasm_bindgen_test]
async fn without_web_locks_or_a_store_there_is_no_lease() {
    let memory = WebStorage::builder("no-lease").backend(Backend::Memory).open().await;
    assert!(memory.lease().await.is_none());
    let storage = open(Backend::IndexedDb, "no-lease").await;
    faults::hide(&["navigator", "locks"]);
    let lease = storage.lease().await;
    let files = WebStorage::builder("no-lease").backend(Backend::Opfs).open_persistent().await;
    faults::restore();
    assert!(lease.is_none());
    assert!(files.is_err(), "files of several tabs need locks");
    assert!(storage.lease().await.is_some());
}
