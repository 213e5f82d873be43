//! A document that keeps its history, through real stores and the real server: nothing of it is lost on any way.

use std::net::SocketAddr;
use std::path::Path;

use synckit::LoadState;
use synckit::prelude::*;
use synckit::version::VersionVector;
use synckit_storage_native::{Native, NativeStorage};

use crate::processes::{PATIENCE, until};
use crate::server::Running;

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Page {
    title: String,
    lines: List<String>,
    body: Text,
}

async fn client(address: SocketAddr, file: &Path) -> (SyncKit, PageRef) {
    let storage = NativeStorage::open_at(file).await.unwrap();
    let sync = SyncKit::builder(Native::new().unwrap())
        .url(format!("ws://{address}/v1/sync"))
        .storage(storage)
        .connect()
        .await
        .unwrap();
    let page = sync.document::<Page>("page");
    until("it is loaded", || page.status().get().unwrap().load == LoadState::Ready).await;
    (sync, page)
}

async fn sent(page: &PageRef) {
    tokio::time::timeout(PATIENCE, page.flush(Tier::Server)).await.unwrap().unwrap();
}

fn write(page: &PageRef, round: usize) {
    page.title().set(format!("title {round}")).unwrap();
    page.lines().insert(0, format!("line {round}")).unwrap();
    page.lines().move_to(page.lines().at(0).unwrap().id(), page.lines().len() - 1).unwrap();
    page.body().insert(0, &format!("{round} grüße ")).unwrap();
    page.body().delete(1..4).unwrap();
}

type Moments = Vec<(VersionVector, Page)>;

fn shows(page: &PageRef, moments: &Moments) {
    for (version, expected) in moments {
        assert_eq!(&page.at(version).unwrap().get().unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_survives_stores_servers_restarts_and_writers_who_were_offline() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server.sqlite");
    let file = |name: &str| folder.path().join(name);
    let server = Running::start(&data, None).await;
    let (sync_a, a) = client(server.address, &file("a.sqlite")).await;
    let (sync_b, b) = client(server.address, &file("b.sqlite")).await;
    write(&a, 0);
    sent(&a).await;
    until("b has the first", || b.get().unwrap() == a.get().unwrap()).await;

    // Both write while one begins to keep the history; then both are offline and go on.
    a.history().keep().unwrap();
    a.history().sign("Ada").unwrap();
    sent(&a).await;
    until("b keeps it too", || b.history().is_kept() && b.version() == a.version()).await;
    b.history().sign("Bob").unwrap();
    let mut moments: Moments = Vec::new();
    let address = server.stop().await;
    for round in 1..60 {
        for page in [&a, &b] {
            write(page, round);
            moments.push((page.version(), page.get().unwrap()));
        }
    }
    let early = a.history().checkpoint("offline").unwrap();
    for page in [&a, &b] {
        page.flush(Tier::Device).await.unwrap();
    }

    // One of them begins anew from the disk, which was compacted meanwhile.
    drop((sync_b, b));
    let (sync_b, b) = client(address, &file("b.sqlite")).await;
    shows(&b, &moments.iter().filter(|(version, _)| b.version().includes(version)).cloned().collect());

    let server = Running::start(&data, Some(address)).await;
    let same = || a.version() == b.version() && a.get().unwrap() == b.get().unwrap();
    until("both have everything", || a.version().includes(&b.version()) && same()).await;
    sent(&a).await;
    sent(&b).await;
    for page in [&a, &b] {
        shows(page, &moments);
    }

    // Whoever has nothing but the server, also after it was started again.
    let server = Running::start(&data, Some(server.stop().await)).await;
    let (_sync_c, c) = client(server.address, &file("c.sqlite")).await;
    until("c has everything", || c.version() == a.version()).await;
    shows(&c, &moments);
    assert_eq!(c.history().versions(), a.history().versions());
    assert_eq!(c.history().checkpoints(), a.history().checkpoints());
    assert_eq!(c.history().checkpoints()[0].id, early);
    assert_eq!(c.history().author(a.history().replica()).as_deref(), Some("Ada"));
    let spans = c.body().blame(0..c.body().len());
    assert!(spans.iter().any(|span| span.time.is_some_and(|time| time > 1_600_000_000_000)));

    // What is forgotten is forgotten there as well, and somebody who was offline meanwhile loses nothing.
    drop((sync_b, b));
    let floor = moments[40].0.clone();
    let floor: VersionVector = floor.iter().chain(moments[41].0.iter()).collect();
    let kept: Moments = moments.into_iter().filter(|(version, _)| version.includes(&floor)).collect();
    a.history().forget_before(&floor).unwrap();
    write(&a, 99);
    sent(&a).await;
    let (_sync_b, b) = client(server.address, &file("b.sqlite")).await;
    write(&b, 100);
    until("all have everything", || a.version() == b.version() && c.version() == a.version()).await;
    let now = a.get().unwrap();
    for page in [&a, &b, &c] {
        until("and show the same", || page.get().unwrap() == now).await;
        assert_eq!(page.history().floor(), a.history().floor());
        shows(page, &kept);
    }
    drop(sync_a);
    server.stop().await;
}
