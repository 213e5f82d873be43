//! The program: what it says, and where it takes its options from.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::client::{Client, PATIENCE};
use crate::running::{Folder, Process};
use crate::writer::Writer;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_content() {
    let folder = Folder::new();
    let mut process =
        Process::start_logged(&folder.data(), &["--log", "trace", "--log-format", "json"]).await;
    let mut client = Client::connect(process.address).await;
    client.subscribe("list").await;
    let mut writer = Writer::new(1);
    client.set("list", &mut writer, "Geheimfeld", "Geheimtext").await;
    client.expect_ack("list").await;
    // A refusal is logged, what was refused is not.
    writer.set("Geheimfeld", "never sent");
    client.set("list", &mut writer, "Geheimfeld", "Geheimtext").await;
    client.expect_nack("list").await;
    let mut log = process.child.stderr.take().unwrap();
    process.kill().await;
    let mut lines = String::new();
    tokio::time::timeout(PATIENCE, log.read_to_string(&mut lines)).await.unwrap().unwrap();
    assert!(lines.contains("\"document\":\"list\"") && lines.contains("\"code\":\"Gap\""), "{lines}");
    assert!(!lines.contains("Geheim"), "{lines}");
    assert!(lines.lines().all(|line| line.starts_with("{\"") && line.ends_with('}')), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_who_can_connect() {
    for (address, words) in [("127.0.0.1:0", "only programs on this machine"), ("0.0.0.0:0", "no accounts")] {
        let folder = Folder::new();
        let mut child = Command::new(env!("CARGO_BIN_EXE_synckit-server"))
            .args(["--listen", address, "--data"])
            .arg(folder.data())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = child.stderr.take().unwrap();
        let mut text = Vec::new();
        tokio::time::timeout(PATIENCE, async {
            while !String::from_utf8_lossy(&text).contains(words) {
                assert!(log.read_buf(&mut text).await.unwrap() > 0, "it ended without a word");
            }
        })
        .await
        .expect("it does not say so");
        child.kill().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_come_from_a_file_and_from_the_environment() {
    let folder = Folder::new();
    let file = folder.path().join("server.toml");
    std::fs::write(&file, "heartbeat = \"7s\"\nmax-message = \"1MiB\"\nlog = \"error\"\n").unwrap();
    let process = Process::start(&folder.data(), &["--config", file.to_str().unwrap()]).await;
    assert_eq!(Client::connect(process.address).await.heartbeat, 7_000);
    process.kill().await;

    std::fs::write(&file, "hartbeat = \"7s\"\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_synckit-server")).env("SYNCKIT_CONFIG", &file).output();
    let output = tokio::time::timeout(Duration::from_secs(20), output).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("hartbeat") && message.contains("server.toml"), "{message}");
}
