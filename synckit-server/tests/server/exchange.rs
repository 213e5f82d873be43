//! Clients get each other's changes, once, and acknowledgements of their own.

use std::sync::Arc;

use synckit::version::VersionVector;
use synckit::wire::{Message, NackCode, PeerId};
use synckit_server::authorization::{Action, Denied, Principal};
use synckit_server::log::sqlite::{SqliteLog, SqliteOptions};
use synckit_server::{Limits, OriginPolicy, ServerState, router};
use tokio::net::TcpListener;

use crate::client::{Client, PATIENCE};
use crate::running::Folder;
use crate::writer::Writer;

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_exchange_changes() {
    let folder = Folder::new();
    let server = folder.start().await;
    let (mut a, mut b) = (Client::connect(server.address).await, Client::connect(server.address).await);
    assert_eq!(a.epoch, b.epoch);
    assert!(a.subscribe("list").await.changes.is_empty());
    assert!(b.subscribe("list").await.version.is_empty());
    let (mut from_a, mut from_b) = (Writer::new(1), Writer::new(2));
    for round in 0..20 {
        let sent = a.set("list", &mut from_a, "title", &format!("a{round}")).await;
        assert_eq!(b.expect_changes("list").await, [sent]);
        assert_eq!(a.expect_ack("list").await, from_a.version());
        let sent = b.set("list", &mut from_b, "title", &format!("b{round}")).await;
        assert_eq!(a.expect_changes("list").await, [sent]);
        assert_eq!(b.expect_ack("list").await, from_b.version());
    }
    a.expect_nothing().await;
    b.expect_nothing().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_is_there_after_a_restart() {
    let folder = Folder::new();
    let server = folder.start().await;
    let mut client = Client::connect(server.address).await;
    let epoch = client.epoch;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    let sent = client.set("list", &mut writer, "title", "kept").await;
    client.expect_ack("list").await;
    server.stop().await;

    let server = folder.start().await;
    let mut client = Client::connect(server.address).await;
    assert_eq!(client.epoch, epoch, "the store keeps its name");
    let document = client.subscribe("list").await;
    assert_eq!(document.changes, [sent]);
    assert_eq!(document.version, writer.version());
    // Only what is lacking comes.
    let nothing = client.subscribe_from("list", writer.version()).await;
    assert!(nothing.changes.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_is_acknowledged_and_not_applied_twice() {
    let folder = Folder::new();
    let server = folder.start().await;
    let (mut a, mut b) = (Client::connect(server.address).await, Client::connect(server.address).await);
    a.subscribe("list").await;
    b.subscribe("list").await;
    let mut writer = Writer::new(1);
    let sent = a.set("list", &mut writer, "title", "once").await;
    assert_eq!(a.expect_ack("list").await, writer.version());
    assert_eq!(b.expect_changes("list").await, std::slice::from_ref(&sent));

    a.send_changes("list", vec![sent.clone()]).await;
    assert_eq!(a.expect_ack("list").await, writer.version());
    b.expect_nothing().await;
    let rows: i64 = folder.database().query_row("SELECT count(*) FROM chunk", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1);
    assert_eq!(Client::connect(server.address).await.subscribe("list").await.changes, [sent]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_reaches_the_others_and_ends_with_the_connection() {
    let folder = Folder::new();
    let server = folder.start().await;
    let mut a = Client::connect_as(server.address, 11).await;
    let mut b = Client::connect_as(server.address, 22).await;
    a.subscribe("list").await;
    b.subscribe("list").await;
    // Whose it is says the server, not the message.
    let document: Arc<str> = "list".into();
    let state = b"caret".to_vec();
    a.send(&Message::Presence { document: document.clone(), peer: PeerId(22), state: state.clone() }).await;
    let expected = Message::Presence { document: document.clone(), peer: PeerId(11), state: state.clone() };
    assert_eq!(b.receive().await, expected);
    let mut late = Client::connect_as(server.address, 33).await;
    late.subscribe("list").await;
    assert_eq!(late.receive().await, expected);
    drop(a);
    let gone = Message::Presence { document, peer: PeerId(11), state: Vec::new() };
    assert_eq!(b.receive().await, gone);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_passes_the_gate() {
    let folder = Folder::new();
    let log = SqliteLog::open(&folder.data(), &SqliteOptions::default()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let gate = |_: &Principal, document: &str, action: Action| match (document, action) {
        ("secret", _) => Err(Denied { reason: "not yours".into() }),
        ("board", Action::Write | Action::Presence) => Err(Denied { reason: "read only".into() }),
        _ => Ok(()),
    };
    let state = ServerState::with_authorizer(
        Arc::new(log),
        Limits::default(),
        OriginPolicy::new(Vec::new(), address),
        Arc::new(gate),
    );
    let server = tokio::spawn(axum::serve(listener, router(state.clone())).into_future());
    let (mut client, mut other) = (Client::connect(address).await, Client::connect(address).await);
    client.ask_for("secret", VersionVector::new()).await;
    assert_eq!(client.expect_nack("secret").await.0, NackCode::Forbidden);
    client.subscribe("board").await;
    other.subscribe("board").await;
    let mut writer = Writer::new(5);
    let change = client.set("board", &mut writer, "title", "mine").await;
    let refused = client.receive().await;
    let Message::Nack { change: first, code: NackCode::Forbidden, .. } = refused else {
        panic!("instead of a refusal: {refused:?}")
    };
    assert_eq!(first, Some((change.replica, 1)));
    let presence = Message::Presence { document: "board".into(), peer: PeerId(0), state: vec![1] };
    client.send(&presence).await;
    client.expect_nothing().await;
    other.expect_nothing().await;
    client.subscribe("list").await;
    client.set("list", &mut writer, "title", "fine").await;
    assert_eq!(client.expect_nack("list").await.0, NackCode::Gap, "its first change was refused elsewhere");
    state.shut_down(PATIENCE).await;
    server.abort();
}
