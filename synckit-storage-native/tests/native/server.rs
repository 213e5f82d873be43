//! Whole clients and the real server: shared, offline, shared again.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use synckit::prelude::*;
use synckit::{Connection, Tier};
use synckit_server::Server;
use synckit_server::settings::Settings;
use synckit_storage_native::{Native, NativeStorage};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::child::{Board, BoardRef, loaded};
use crate::processes::{PATIENCE, until};

/// A server in this process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(data: &Path, address: Option<SocketAddr>) -> Self {
        let mut settings = Settings::default();
        settings.listen = Some(address.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0))));
        settings.data = Some(data.to_owned());
        let server = Server::bind(settings.resolve().unwrap()).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let address = server.address();
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { address, stop, task }
    }

    pub(crate) async fn stop(self) -> SocketAddr {
        let _ = self.stop.send(());
        tokio::time::timeout(PATIENCE, self.task).await.expect("the server does not stop").unwrap();
        self.address
    }
}

async fn client(address: SocketAddr, file: &Path) -> (SyncKit, BoardRef) {
    let storage = NativeStorage::open_at(file).await.unwrap();
    let sync = SyncKit::builder(Native::new().unwrap())
        .url(format!("ws://{address}/v1/sync"))
        .storage(storage)
        .connect()
        .await
        .unwrap();
    let board = sync.document::<Board>("board");
    loaded(&board).await;
    (sync, board)
}

fn is_offline(sync: &SyncKit) -> bool {
    matches!(sync.status().get().unwrap().connection, Connection::Offline { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_share_go_offline_come_back_and_everything_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server.sqlite");
    let (file_a, file_b) = (folder.path().join("a.sqlite"), folder.path().join("b.sqlite"));
    let server = Running::start(&data, None).await;
    let (sync_a, a) = client(server.address, &file_a).await;
    let (sync_b, b) = client(server.address, &file_b).await;

    // Shared.
    a.lines().push("from a".into()).unwrap();
    b.hits().increment(2).unwrap();
    tokio::time::timeout(PATIENCE, a.flush(Tier::Server)).await.unwrap().unwrap();
    tokio::time::timeout(PATIENCE, b.flush(Tier::Server)).await.unwrap().unwrap();
    until("b has the line", || b.lines().len() == 1).await;
    until("a has the hits", || a.hits().get().unwrap() == 2).await;

    // Offline, both write, and one of them ends meanwhile and begins again.
    let address = server.stop().await;
    until("both notice", || is_offline(&sync_a) && is_offline(&sync_b)).await;
    for number in 0..100 {
        a.lines().push(format!("a {number}")).unwrap();
        b.lines().push(format!("b {number}")).unwrap();
        a.hits().increment(1).unwrap();
        b.hits().increment(1).unwrap();
    }
    a.flush(Tier::Device).await.unwrap();
    b.flush(Tier::Device).await.unwrap();
    assert_eq!(b.status().get().unwrap().pending, 200);
    drop((sync_b, b));
    let (sync_b, b) = client(address, &file_b).await;
    assert_eq!(b.lines().len(), 101, "what was written offline is there again");
    assert_eq!(b.status().get().unwrap().pending, 200);

    // Back again.
    let server = Running::start(&data, Some(address)).await;
    until("all lines are everywhere", || a.lines().len() == 201 && b.lines().len() == 201).await;
    until("all hits are everywhere", || a.hits().get().unwrap() == 202 && b.hits().get().unwrap() == 202)
        .await;
    for board in [&a, &b] {
        tokio::time::timeout(PATIENCE, board.flush(Tier::Server)).await.unwrap().unwrap();
    }
    assert_eq!(a.get().unwrap(), b.get().unwrap());
    for sync in [&sync_a, &sync_b] {
        until("nothing waits", || sync.status().get().unwrap().pending == 0).await;
        assert_eq!(sync.status().get().unwrap().connection, Connection::Connected);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_worth_of_clients_share_one_file_and_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&folder.path().join("server.sqlite"), None).await;
    let file = folder.path().join("shared.sqlite");
    let (_sync_a, a) = client(server.address, &file).await;
    let (_sync_b, b) = client(server.address, &file).await;
    let (_sync_c, c) = client(server.address, &folder.path().join("other.sqlite")).await;
    for _ in 0..50 {
        a.hits().increment(1).unwrap();
        b.hits().increment(1).unwrap();
        c.hits().increment(1).unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for board in [&a, &b, &c] {
        until("all hits are here", || board.hits().get().unwrap() == 150).await;
    }
    server.stop().await;
}
