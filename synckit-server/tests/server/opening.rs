//! When documents are read from the store, and when they are let go.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use synckit::version::{ReplicaId, VersionVector};
use synckit::wire::Message;
use synckit_server::log::sqlite::{SqliteLog, SqliteOptions};
use synckit_server::log::{ChunkId, Log, LogFuture, StoredChunk};
use synckit_server::{Limits, OriginPolicy, ServerState, router};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::client::{Client, PATIENCE};
use crate::running::Folder;
use crate::writer::Writer;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_closes_with_its_last_subscriber() {
    let folder = Folder::new();
    let server = folder.start().await;
    let (mut a, mut b) = (Client::connect(server.address).await, Client::connect(server.address).await);
    a.subscribe("list").await;
    b.subscribe("list").await;
    assert_eq!(server.state.documents(), 1);
    a.send(&Message::Unsubscribe { document: "list".into() }).await;
    let mut writer = Writer::new(2);
    b.set("list", &mut writer, "title", "not for a").await;
    b.expect_ack("list").await;
    a.expect_nothing().await;
    drop(b);
    tokio::time::timeout(PATIENCE, async {
        while server.state.documents() > 0 || server.state.connections() > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the document stays open");
    assert_eq!(a.subscribe("list").await.version, writer.version());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_opens_and_closes_all_the_time_loses_nothing() {
    let folder = Folder::new();
    let server = folder.start().await;
    let address = server.address;
    let visitors: Vec<_> = (1..=4)
        .map(|number| {
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                let mut writer = Writer::new(number);
                for round in 0..60 {
                    client.ask_for("list", VersionVector::new()).await;
                    let version = loop {
                        if let Message::CaughtUp { version, .. } = client.receive().await {
                            break version;
                        }
                    };
                    assert_eq!(version.get(writer.replica()), round, "what was acknowledged is there");
                    client.set("list", &mut writer, "title", "here").await;
                    while !matches!(client.receive().await, Message::Ack { .. }) {}
                    client.send(&Message::Unsubscribe { document: "list".into() }).await;
                }
                client.expect_quiet().await;
            })
        })
        .collect();
    for visitor in visitors {
        visitor.await.unwrap();
    }
    let document = Client::connect(address).await.subscribe("list").await;
    assert!((1..=4).all(|number| document.version.get(ReplicaId::new(number)) == 60));
    let covered: u64 = document.changes.iter().map(|change| change.len).sum();
    assert_eq!(covered, 240);
    server.stop().await;
}

/// Counts loads, and makes loads and appends slow; everything else is the real store.
struct SlowLog {
    log: Arc<SqliteLog>,
    loads: Arc<AtomicUsize>,
}

impl SlowLog {
    fn open(folder: &Folder) -> Self {
        let log = SqliteLog::open(&folder.data(), &SqliteOptions::default()).unwrap();
        Self { log: Arc::new(log), loads: Arc::default() }
    }
}

impl Log for SlowLog {
    fn epoch(&self) -> u64 {
        self.log.epoch()
    }

    fn load(&self, document: &str) -> LogFuture<Vec<StoredChunk>> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let loading = self.log.load(document);
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            loading.await
        })
    }

    fn append(&self, document: &str, update: Vec<u8>) -> LogFuture<ChunkId> {
        let (log, document) = (Arc::clone(&self.log), document.to_owned());
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            log.append(&document, update).await
        })
    }

    fn compact(
        &self,
        document: &str,
        covered: Vec<ChunkId>,
        snapshot: Vec<Vec<u8>>,
    ) -> LogFuture<Vec<ChunkId>> {
        self.log.compact(document, covered, snapshot)
    }

    fn probe(&self) -> LogFuture<()> {
        self.log.probe()
    }

    fn close(&self) -> LogFuture<()> {
        self.log.close()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_subscribers_cause_one_load() {
    let folder = Folder::new();
    let log = SlowLog::open(&folder);
    let loads = Arc::clone(&log.loads);
    let (address, state, server) = serve(log).await;
    let clients: Vec<_> = (0..10)
        .map(|_| {
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                client.subscribe("list").await;
                client
            })
        })
        .collect();
    let mut open = Vec::new();
    for client in clients {
        open.push(client.await.unwrap());
    }
    assert_eq!(loads.load(Ordering::SeqCst), 1);
    drop(open);
    state.shut_down(PATIENCE).await;
    server.abort();
}

async fn serve(log: impl Log) -> (SocketAddr, ServerState, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let state = ServerState::new(Arc::new(log), Limits::default(), OriginPolicy::new(Vec::new(), address));
    let server = tokio::spawn(axum::serve(listener, router(state.clone())).into_future());
    (address, state, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_stays_open_while_something_of_it_is_being_stored() {
    let folder = Folder::new();
    let (address, state, server) = serve(SlowLog::open(&folder)).await;
    let mut author = Client::connect(address).await;
    author.subscribe("list").await;
    let mut writer = Writer::new(1);
    let sent = author.set("list", &mut writer, "title", "last words").await;
    author.expect_quiet().await;
    drop(author);
    tokio::time::timeout(PATIENCE, async {
        while state.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await
    .expect("the connection stays");

    // The change is still on its way to the disk. Whoever comes now gets it when it is there.
    let mut reader = Client::connect(address).await;
    reader.ask_for("list", VersionVector::new()).await;
    loop {
        match reader.receive().await {
            Message::Changes { update, .. } => break assert_eq!(update.changes, [sent]),
            Message::CaughtUp { .. } => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    state.shut_down(PATIENCE).await;
    server.abort();
}
