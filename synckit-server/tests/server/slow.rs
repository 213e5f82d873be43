//! Clients that read slowly or want a lot at once.

use std::time::{Duration, Instant};

use bytesize::ByteSize;
use synckit::version::VersionVector;
use synckit::wire::{Message, NackCode};

use crate::client::{Client, PATIENCE, open_from};
use crate::running::Folder;
use crate::writer::Writer;

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_caught_up_from_its_version() {
    let folder = Folder::new();
    let server = folder
        .start_with(|settings| {
            settings.max_queue = Some(ByteSize::kib(64));
            // However long the disk takes, the slow one is not taken for gone.
            settings.heartbeat = Some(Duration::from_secs(120));
        })
        .await;
    let socket = open_from(server.address, None, Some(4096)).await.unwrap();
    let mut slow = Client::greet(socket, 1).await;
    slow.subscribe("list").await;
    let mut fast = Client::connect(server.address).await;
    fast.subscribe("list").await;
    let mut writer = Writer::new(9);
    // More than the kernel's buffers on the way and the queue can hold.
    for round in 0..1_000 {
        fast.set("list", &mut writer, &format!("key{round}"), &"x".repeat(10_000)).await;
        fast.expect_ack("list").await;
    }

    let mut version = VersionVector::new();
    let mut resyncs = 0;
    while version != writer.version() {
        match slow.receive().await {
            Message::Changes { update, .. } => {
                for change in &update.changes {
                    assert!(
                        change.first_seq <= version.get(change.replica) + 1,
                        "a hole before {}",
                        change.first_seq
                    );
                    version.advance(change.replica, change.last_seq());
                }
            }
            Message::Nack { code: NackCode::Gap, change: None, .. } => {
                resyncs += 1;
                slow.ask_for("list", version.clone()).await;
            }
            Message::CaughtUp { .. } => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert!(resyncs > 0, "the queue was never full");
    // And it is live again.
    slow.expect_quiet().await;
    let sent = fast.set("list", &mut writer, "title", "live").await;
    assert_eq!(slow.expect_changes("list").await, [sent]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_reading_is_given_up() {
    let folder = Folder::new();
    let server = folder
        .start_with(|settings| {
            settings.max_queue = Some(ByteSize::kib(64));
            settings.heartbeat = Some(Duration::from_secs(1));
        })
        .await;
    let socket = open_from(server.address, None, Some(4096)).await.unwrap();
    let mut stuck = Client::greet(socket, 1).await;
    stuck.subscribe("list").await;
    let mut fast = Client::connect(server.address).await;
    fast.subscribe("list").await;
    let mut writer = Writer::new(9);
    let begun = Instant::now();
    while server.state.connections() > 1 {
        assert!(begun.elapsed() < PATIENCE, "it is still there");
        fast.set("list", &mut writer, "title", &"x".repeat(20_000)).await;
        fast.expect_ack("list").await;
    }
    // Nobody else noticed.
    fast.set("list", &mut writer, "title", "on we go").await;
    fast.expect_ack("list").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_large_documents_are_caught_up_without_overflowing_the_queue() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.max_queue = Some(ByteSize::kib(64))).await;
    let mut writer = Client::connect(server.address).await;
    for document in 0..40 {
        let id = format!("document{document}");
        writer.subscribe(&id).await;
        let mut replica = Writer::new(document + 1);
        let changes = (0..20).map(|n| replica.set(&format!("key{n}"), &"x".repeat(8_000))).collect();
        writer.send_changes(&id, changes).await;
        assert_eq!(writer.expect_ack(&id).await, replica.version());
    }
    let mut reader = Client::connect(server.address).await;
    for document in 0..40 {
        reader.ask_for(&format!("document{document}"), VersionVector::new()).await;
    }
    let (mut caught_up, mut changes) = (0, 0);
    while caught_up < 40 {
        match reader.receive().await {
            Message::Changes { update, .. } => changes += update.changes.iter().map(|c| c.len).sum::<u64>(),
            Message::CaughtUp { .. } => caught_up += 1,
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!(changes, 40 * 20, "everything once");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_document_comes_whole() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.max_queue = Some(ByteSize::kib(64))).await;
    let mut writer = Client::connect(server.address).await;
    writer.subscribe("big").await;
    let mut replica = Writer::new(1);
    // The first one alone is larger than the queue.
    for size in [500_000, 100_000, 30_000, 30_000, 30_000] {
        let key = format!("key{}", replica.seq());
        writer.set("big", &mut replica, &key, &"x".repeat(size)).await;
        writer.expect_ack("big").await;
    }
    let document = Client::connect(server.address).await.subscribe("big").await;
    assert_eq!(document.changes.iter().map(|change| change.len).sum::<u64>(), 5);
    assert_eq!(document.version, replica.version());
    server.stop().await;
}
