//! Going in good order: what was received is stored and acknowledged, everybody is told, and it does not take long.

use std::time::{Duration, Instant};

use synckit::wire::{FailureCode, Message};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, PATIENCE};
use crate::running::{Folder, Process};
use crate::writer::Writer;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_when_to_come_back() {
    let folder = Folder::new();
    let server = folder.start().await;
    let address = server.address;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(Client::connect(address).await);
    }
    let begun = Instant::now();
    let stopping = tokio::spawn(server.stop());
    let mut pauses = Vec::new();
    for client in clients {
        let end = client.end().await;
        assert_eq!(end.close.map(|frame| u16::from(frame.code)), Some(1001));
        match end.messages.as_slice() {
            [Message::Failure { code: FailureCode::Unavailable, retry_after, .. }] => {
                pauses.push(*retry_after)
            }
            other => panic!("instead of a farewell: {other:?}"),
        }
    }
    stopping.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(pauses.iter().all(|&pause| pause > 0));
    pauses.sort_unstable();
    pauses.dedup();
    assert!(pauses.len() > 5, "all at once: {pauses:?}");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_does_not_hold_it_up() {
    let folder = Folder::new();
    let server =
        folder.start_with(|settings| settings.shutdown_deadline = Some(Duration::from_secs(1))).await;
    let silent = Client::connect(server.address).await;
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_has_begun_is_finished() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("large.bin"), vec![7; 20 << 20]).unwrap();
    let files = folder.path().to_owned();
    let server = folder.start_with(|settings| settings.static_dir = Some(files)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 1 << 10];
    stream.read_exact(&mut answer).await.unwrap();
    let stopping = tokio::spawn(server.stop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.len() > 20 << 20, "cut off after {} bytes", answer.len());
    stopping.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_signal_the_process_stores_what_it_received_and_ends() {
    let folder = Folder::new();
    let mut process = Process::start(&folder.data(), &[]).await;
    let mut client = Client::connect(process.address).await;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    for round in 0..300 {
        client.set("list", &mut writer, "title", &round.to_string()).await;
    }
    let signal = tokio::process::Command::new("kill").arg("-TERM").arg(process.pid().to_string()).status();
    assert!(signal.await.unwrap().success());
    let end = client.end().await;
    let mut acknowledged = 0;
    for message in &end.messages {
        if let Message::Ack { version, .. } = message {
            acknowledged = version.get(writer.replica());
        }
    }
    assert!(matches!(
        end.messages.last(),
        Some(Message::Failure { code: FailureCode::Unavailable, retry_after: 1.., .. })
    ));
    let exit = tokio::time::timeout(PATIENCE, process.child.wait()).await.expect("it does not end").unwrap();
    assert!(exit.success(), "{exit}");

    let server = folder.start().await;
    let document = Client::connect(server.address).await.subscribe("list").await;
    // Exactly what was acknowledged: nothing lost, and nothing taken without saying so.
    assert_eq!(document.version.get(writer.replica()), acknowledged);
    server.stop().await;
}
