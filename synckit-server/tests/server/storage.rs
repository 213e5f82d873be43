//! A store that fails: refusals instead of acknowledgements, errors instead of blank documents, and recovery.

use std::time::Duration;

use bytesize::ByteSize;
use synckit::version::VersionVector;
use synckit::wire::{Message, NackCode};
use synckit_server::Server;

use crate::client::{Client, PATIENCE};
use crate::running::{Folder, status};
use crate::writer::Writer;

#[tokio::test(flavor = "multi_thread")]
async fn while_another_program_locks_the_store_changes_are_refused_and_then_taken() {
    let folder = Folder::new();
    let server = folder.start().await;
    let (mut a, mut b) = (Client::connect(server.address).await, Client::connect(server.address).await);
    a.subscribe("list").await;
    b.subscribe("list").await;
    let mut writer = Writer::new(1);
    a.set("list", &mut writer, "title", "before").await;
    a.expect_ack("list").await;
    b.expect_changes("list").await;
    assert_eq!(status(server.address, "/ready").await, 200);

    let other = folder.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let change = a.set("list", &mut writer, "title", "during").await;
    let refused = a.receive().await;
    let Message::Nack { change: first, code, retry_after, .. } = refused else {
        panic!("acknowledged without being stored: {refused:?}")
    };
    assert_eq!((first, code), (Some((writer.replica(), 2)), NackCode::Storage));
    assert!(retry_after > 0);
    assert_eq!(status(server.address, "/ready").await, 503);
    assert_eq!(status(server.address, "/health").await, 200);

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(status(server.address, "/ready").await, 200);
    // What was refused is nowhere, until it is sent again.
    let version: VersionVector = [(writer.replica(), 1)].into_iter().collect();
    assert_eq!(Client::connect(server.address).await.subscribe("list").await.version, version);
    assert_eq!(again(&mut a, version).await, [(writer.replica(), 1)].into_iter().collect());
    a.send_changes("list", vec![change.clone()]).await;
    assert_eq!(a.expect_ack("list").await, writer.version());
    assert_eq!(changes_until_quiet(&mut b).await, [change]);
    server.stop().await;
}

/// Subscribes again and returns what the server has; messages that were on their way are skipped.
async fn again(client: &mut Client, version: VersionVector) -> VersionVector {
    client.expect_quiet().await;
    client.ask_for("list", version).await;
    loop {
        if let Message::CaughtUp { version, .. } = client.receive().await {
            return version;
        }
    }
}

async fn changes_until_quiet(client: &mut Client) -> Vec<synckit::wire::Change> {
    let mut changes = Vec::new();
    for message in client.expect_quiet().await {
        if let Message::Changes { update, .. } = message {
            changes.extend(update.changes.iter().cloned());
        }
    }
    changes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_refuses_and_keeps_what_it_acknowledged() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.max_store = Some(ByteSize::kib(256))).await;
    let mut client = Client::connect(server.address).await;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    let text = "x".repeat(20_000);
    let refused = loop {
        let key = format!("key{}", writer.seq());
        let change = client.set("list", &mut writer, &key, &text).await;
        match client.receive().await {
            Message::Ack { version, .. } => assert_eq!(version, writer.version()),
            Message::Nack { code, .. } => {
                assert_eq!(code, NackCode::Storage);
                break change;
            }
            other => panic!("neither taken nor refused: {other:?}"),
        }
        assert!(writer.seq() < 100, "the limit does not hold");
    };
    assert!(refused.first_seq > 3);
    assert_eq!(status(server.address, "/ready").await, 503);
    drop(client);
    server.stop().await;

    let server = folder.start().await;
    assert_eq!(status(server.address, "/ready").await, 200);
    let mut client = Client::connect(server.address).await;
    let document = client.subscribe("list").await;
    assert_eq!(document.version.get(writer.replica()), refused.first_seq - 1);
    client.send_changes("list", vec![refused]).await;
    assert_eq!(client.expect_ack("list").await, writer.version());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_cannot_be_read_is_an_error_and_never_a_blank_one() {
    let folder = Folder::new();
    let server = folder.start().await;
    let mut client = Client::connect(server.address).await;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    let sent = client.set("list", &mut writer, "title", "precious").await;
    client.expect_ack("list").await;
    drop(client);
    wait_until_closed(&server).await;

    let other = folder.database();
    other.execute_batch("UPDATE chunk SET content = CAST(x'ff' || content AS BLOB)").unwrap();
    let mut client = Client::connect(server.address).await;
    for _ in 0..3 {
        client.ask_for("list", VersionVector::new()).await;
        let (code, retry_after) = client.expect_nack("list").await;
        assert_eq!(code, NackCode::Storage);
        assert!(retry_after > 0);
    }
    // Nothing can be written over it.
    let mut stranger = Writer::new(2);
    client.set("list", &mut stranger, "title", "blank").await;
    client.expect_nack("list").await;
    client.expect_nothing().await;
    let rows: i64 = other.query_row("SELECT count(*) FROM chunk", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1);

    other.execute_batch("UPDATE chunk SET content = substr(content, 2)").unwrap();
    wait_until_closed(&server).await;
    assert_eq!(client.subscribe("list").await.changes, [sent]);
    server.stop().await;
}

async fn wait_until_closed(server: &crate::running::Running) {
    tokio::time::timeout(PATIENCE, async {
        while server.state.documents() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the document stays open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_is_replaced_by_a_snapshot_and_nothing_is_lost() {
    let folder = Folder::new();
    let server = folder.start().await;
    let mut client = Client::connect(server.address).await;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    for round in 0..1_200 {
        client.set("list", &mut writer, &format!("key{}", round % 10), &round.to_string()).await;
        assert_eq!(client.expect_ack("list").await, writer.version());
    }
    drop(client);
    wait_until_closed(&server).await;
    let rows: usize = folder
        .database()
        .query_row("SELECT count(*) FROM chunk", [], |row| row.get::<_, i64>(0))
        .map(|rows| rows.try_into().unwrap())
        .unwrap();
    assert!(rows < 600, "{rows} chunks for 1,200 changes");
    server.stop().await;

    let server = folder.start().await;
    let document = Client::connect(server.address).await.subscribe("list").await;
    assert_eq!(document.version, writer.version());
    let covered: u64 = document.changes.iter().map(|change| change.len).sum();
    assert_eq!(covered, 1_200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_do_not_share_a_store() {
    let folder = Folder::new();
    let server = folder.start().await;
    let error = Server::bind(folder.config(|_| {})).await.unwrap_err();
    assert!(error.to_string().contains("another synckit-server"), "{error}");
    server.stop().await;
    folder.start().await.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_program_is_left_alone() {
    let folder = Folder::new();
    folder.database().execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)").unwrap();
    let error = Server::bind(folder.config(|_| {})).await.unwrap_err();
    assert!(error.to_string().contains("another program"), "{error}");
    let tables: i64 =
        folder.database().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}
