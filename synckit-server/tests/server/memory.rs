//! What connections cost that do nothing.
#![cfg(target_os = "linux")]

use crate::client::Client;
use crate::running::{Folder, Process};

const CONNECTIONS: u64 = 300;
/// Bytes for one connection. A buffer of the library's default size alone is four times as large.
const ENOUGH: u64 = 32 << 10;

#[tokio::test(flavor = "multi_thread")]
async fn row_23_idle_connections_keep_no_large_buffers() {
    let folder = Folder::new();
    let process = Process::start(&folder.data(), &[]).await;
    // What the first connections need once is not counted.
    let mut clients = Vec::new();
    for peer in 1..=20 {
        clients.push(Client::connect_as(process.address, peer).await);
    }
    let before = resident(process.pid());
    for peer in 0..CONNECTIONS {
        clients.push(Client::connect_as(process.address, 100 + peer).await);
    }
    let each = resident(process.pid()).saturating_sub(before) / CONNECTIONS;
    assert!(each < ENOUGH, "{each} bytes for a connection");
    process.kill().await;
}

/// Bytes of a process that are in memory.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
}
