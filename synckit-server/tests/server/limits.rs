//! What is too much, too early, too late or makes no sense.

use std::time::{Duration, Instant};

use bytesize::ByteSize;
use futures_util::SinkExt;
use synckit::version::VersionVector;
use synckit::wire::{FailureCode, Message, NackCode, PeerId};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite;

use crate::client::{Client, End, hello, open};
use crate::running::Folder;
use crate::writer::{Writer, now_ms, update};

impl End {
    #[track_caller]
    fn expect_failure(&self, expected: FailureCode, close: u16) {
        match self.messages.as_slice() {
            [Message::Failure { code, message, .. }] => {
                assert_eq!(*code, expected);
                assert!(!message.is_empty());
            }
            other => panic!("instead of one failure: {other:?}"),
        }
        let code = self.close.as_ref().map(|frame| u16::from(frame.code));
        assert_eq!(code, Some(close));
    }
}

/// What the server says to these frames on a fresh socket.
async fn answer_to(server: std::net::SocketAddr, frames: Vec<tungstenite::Message>) -> End {
    let mut client = Client { socket: open(server).await, epoch: 0, heartbeat: 0 };
    for frame in frames {
        // The server may have closed before it got them all.
        let _ = client.socket.send(frame).await;
    }
    client.end().await
}

fn binary(message: &Message) -> tungstenite::Message {
    tungstenite::Message::Binary(message.encode().into())
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_make_no_sense_end_the_connection_with_a_reason() {
    let folder = Folder::new();
    let server = folder.start().await;
    let address = server.address;
    let ping = binary(&Message::Ping { nonce: 1 });
    answer_to(address, vec![ping]).await.expect_failure(FailureCode::Malformed, 1002);
    let text = tungstenite::Message::Text("hello".into());
    answer_to(address, vec![text.clone()]).await.expect_failure(FailureCode::Malformed, 1003);
    for bytes in [&b""[..], b"\xff\xff\xff\xff", b"\x0a\xff\xff\xff\x0f", b"\x0a\x02\x08\x01extra"] {
        let frame = tungstenite::Message::Binary(bytes.into());
        answer_to(address, vec![frame]).await.expect_failure(FailureCode::Malformed, 1002);
    }
    let version = Message::Hello { protocol: 99, peer: PeerId(1), token: String::new() };
    answer_to(address, vec![binary(&version)]).await.expect_failure(FailureCode::Protocol, 1002);

    // After a good beginning too.
    for frame in [text, tungstenite::Message::Binary(b"\x32\x05abc".as_slice().into()), binary(&hello(1))] {
        let mut client = Client::connect(address).await;
        client.socket.send(frame).await.unwrap();
        let end = client.end().await;
        assert!(matches!(end.messages.as_slice(), [Message::Failure { code: FailureCode::Malformed, .. }]));
    }
    assert!(Client::connect(address).await.subscribe("list").await.changes.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_websocket_frames_end_the_connection_alone() {
    let folder = Folder::new();
    let server = folder.start().await;
    let mut other = Client::connect(server.address).await;
    other.subscribe("list").await;
    // A reserved opcode, reserved bits, no mask, a length that cannot be, a control frame that is too long.
    let frames = [
        vec![0x83, 0x80, 0, 0, 0, 0],
        vec![0xf2, 0x80, 0, 0, 0, 0],
        vec![0x82, 0x01, 0x00],
        vec![0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
        [vec![0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0], vec![0; 256]].concat(),
    ];
    for bytes in frames {
        let mut client = Client::connect(server.address).await;
        client.socket.get_mut().write_all(&bytes).await.unwrap();
        client.end().await;
    }
    // Any bytes at all: a fixed sequence that looks like noise.
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..200 {
        let mut bytes = Vec::new();
        for _ in 0..16 {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            bytes.extend(noise.to_le_bytes());
        }
        let mut client = Client::connect(server.address).await;
        let _ = client.socket.send(tungstenite::Message::Binary(bytes.into())).await;
        let end = client.end().await;
        assert!(matches!(end.messages.as_slice(), [Message::Failure { .. }]), "{end:?}");
    }
    other.expect_nothing().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_first_message_little_is_taken() {
    let folder = Folder::new();
    let server =
        folder.start_with(|settings| settings.hello_deadline = Some(Duration::from_millis(300))).await;
    let token = |bytes| Message::Hello { protocol: 1, peer: PeerId(1), token: "t".repeat(bytes) };
    let end = answer_to(server.address, vec![binary(&token(100_000))]).await;
    end.expect_failure(FailureCode::Limit, 1009);
    let begun = Instant::now();
    answer_to(server.address, Vec::new()).await.expect_failure(FailureCode::Malformed, 1002);
    assert!(begun.elapsed() >= Duration::from_millis(250));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_is_refused_before_it_is_read() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.max_message = Some(ByteSize::kib(64))).await;
    let mut client = Client::connect(server.address).await;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    client.set("list", &mut writer, "title", &"x".repeat(60_000)).await;
    client.expect_ack("list").await;
    let change = writer.set("title", &"x".repeat(70_000));
    let update = std::sync::Arc::new(update([change]));
    let message = Message::Changes { document: "list".into(), update };
    let _ = client.socket.send(binary(&message)).await;
    client.end().await.expect_failure(FailureCode::Limit, 1009);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_does_not_grow_over_its_limit() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.max_document = Some(ByteSize::kib(100))).await;
    let mut client = Client::connect(server.address).await;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    let mut taken = 0;
    let code = loop {
        let key = format!("key{}", writer.seq());
        client.set("list", &mut writer, &key, &"x".repeat(10_000)).await;
        match client.receive().await {
            Message::Ack { .. } => taken += 1,
            Message::Nack { code, change, .. } => {
                assert_eq!(change, Some((writer.replica(), writer.seq())));
                break code;
            }
            other => panic!("neither taken nor refused: {other:?}"),
        }
        assert!(taken < 30, "the limit does not hold");
    };
    assert_eq!(code, NackCode::TooLarge);
    assert!(taken >= 3);
    // Others can go on.
    client.subscribe("other").await;
    let mut fresh = Writer::new(2);
    client.set("other", &mut fresh, "title", "small").await;
    client.expect_ack("other").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_from_the_future_or_after_a_gap_are_refused() {
    let folder = Folder::new();
    let server = folder.start().await;
    let mut client = Client::connect(server.address).await;
    client.subscribe("list").await;
    let mut ahead = Writer::new(1);
    let mut change = ahead.set("title", "later");
    change.time = synckit::version::Timestamp::from_millis(now_ms() + 3_600_000);
    client.send_changes("list", vec![change]).await;
    assert_eq!(client.expect_nack("list").await.0, NackCode::Clock);
    let mut gap = Writer::new(2);
    gap.set("title", "never sent");
    client.set("list", &mut gap, "title", "after").await;
    assert_eq!(client.expect_nack("list").await.0, NackCode::Gap);
    let mut broken = Writer::new(3);
    let mut change = broken.set("title", "broken");
    change.operations = vec![0xff; 40];
    client.send_changes("list", vec![change]).await;
    assert_eq!(client.expect_nack("list").await.0, NackCode::Invalid);
    let mut stranger = Writer::new(4);
    client.set("elsewhere", &mut stranger, "title", "not subscribed").await;
    assert_eq!(client.expect_nack("elsewhere").await.0, NackCode::Gap);
    assert!(Client::connect(server.address).await.subscribe("list").await.version.is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_counted() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.max_connections = Some(3)).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(Client::connect(server.address).await);
    }
    let end = answer_to(server.address, vec![binary(&hello(1))]).await;
    end.expect_failure(FailureCode::Limit, 1013);
    assert!(matches!(end.messages[0], Message::Failure { retry_after: 1.., .. }));
    drop(open.pop());
    tokio::time::timeout(crate::client::PATIENCE, async {
        while server.state.connections() > 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("a place is free again");
    Client::connect(server.address).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_are_counted() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.max_subscriptions = Some(2)).await;
    let mut client = Client::connect(server.address).await;
    client.subscribe("a").await;
    client.subscribe("b").await;
    client.ask_for("c", VersionVector::new()).await;
    assert_eq!(client.expect_nack("c").await.0, NackCode::TooLarge);
    // Again is not more.
    client.subscribe("b").await;
    client.send(&Message::Unsubscribe { document: "a".into() }).await;
    client.subscribe("c").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_asked_and_then_closed() {
    let folder = Folder::new();
    let server = folder.start_with(|settings| settings.heartbeat = Some(Duration::from_millis(600))).await;
    let client = Client::connect(server.address).await;
    assert_eq!(client.heartbeat, 600);
    let begun = Instant::now();
    let end = client.end().await;
    let elapsed = begun.elapsed();
    assert!(elapsed >= Duration::from_millis(1_100), "{elapsed:?}");
    assert!(matches!(end.messages.as_slice(), [Message::Ping { .. }, Message::Failure { .. }]), "{end:?}");

    // Whoever answers stays.
    let mut client = Client::connect(server.address).await;
    for _ in 0..4 {
        let asked = tokio::time::timeout(Duration::from_millis(500), client.try_receive()).await;
        assert!(asked.is_err(), "nothing but pings: {asked:?}");
    }
    client.expect_nothing().await;
    server.stop().await;
}
