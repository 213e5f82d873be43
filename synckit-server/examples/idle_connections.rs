//! Measures what an idle connection costs the server in memory.
//!
//! ```sh
//! cargo run --release -p synckit-server --example idle_connections -- 4000
//! ```
//!
//! Starts a server in a process of its own, opens that many connections, each subscribed to one of a hundred documents
//! and each having sent and received a few kilobytes, waits until all is quiet and compares the server's resident memory
//! with what it was before.

use std::error::Error;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use synckit::version::{Timestamp, VersionVector};
use synckit::wire::{Limits, Message, PROTOCOL, PeerId, Update};
use synckit_server::Server;
use synckit_server::settings::Settings;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite};

#[allow(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/server/writer.rs"]
mod writer;
use writer::Writer;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Argument that makes this program the server.
const SERVE: &str = "serve";
const DOCUMENTS: usize = 100;
const CHANGE_BYTES: usize = 4_000;

#[tokio::main]
async fn main() -> Outcome<()> {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some(SERVE) {
        return serve().await;
    }
    let connections: usize = argument.as_deref().unwrap_or("4000").parse()?;
    let mut server = Command::new(std::env::current_exe()?)
        .arg(SERVE)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let pid = server.id().ok_or("the server ended at once")?;
    let output = server.stdout.take().ok_or("the server has no output")?;
    let address: SocketAddr =
        BufReader::new(output).lines().next_line().await?.ok_or("the server ended at once")?.parse()?;

    // Whatever the first connections allocate once is not counted.
    let warm = open(address, 0, 50).await?;
    let before = settled_memory(pid).await?;
    let sockets = open(address, 50, connections).await?;
    let after = settled_memory(pid).await?;
    println!("connections:          {connections}");
    println!("server before:        {:.1} MiB", mebibytes(before));
    println!("server after:         {:.1} MiB", mebibytes(after));
    println!("per idle connection:  {:.1} KiB", after.saturating_sub(before) as f64 / connections as f64);
    drop((sockets, warm));
    server.kill().await?;
    Ok(())
}

async fn serve() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let mut settings = Settings::default();
    settings.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    settings.data = Some(folder.path().join("documents.sqlite"));
    settings.max_connections = Some(1_000_000);
    settings.heartbeat = Some(Duration::from_secs(600));
    let server = Server::bind(settings.resolve()?).await?;
    println!("{}", server.address());
    server.run(std::future::pending()).await;
    Ok(())
}

async fn open(address: SocketAddr, first: usize, count: usize) -> Outcome<Vec<Socket>> {
    let mut sockets = Vec::with_capacity(count);
    for number in first..first + count {
        sockets.push(connect(address, number).await?);
    }
    // What the others of the same document sent.
    for socket in &mut sockets {
        while let Ok(Some(frame)) = tokio::time::timeout(Duration::from_millis(1), socket.next()).await {
            frame?;
        }
    }
    Ok(sockets)
}

/// Connects, subscribes, sends a change and waits for its acknowledgement.
async fn connect(address: SocketAddr, number: usize) -> Outcome<Socket> {
    let (mut socket, _) = connect_async(format!("ws://{address}/v1/sync")).await?;
    let document: Arc<str> = format!("document{}", number % DOCUMENTS).into();
    let id = number as u64 + 1;
    send(&mut socket, &Message::Hello { protocol: PROTOCOL, peer: PeerId(id), token: String::new() }).await?;
    let version = VersionVector::new();
    send(&mut socket, &Message::Subscribe { document: document.clone(), version }).await?;
    wait_for(&mut socket, |message| matches!(message, Message::CaughtUp { .. })).await?;
    // A few kilobytes through the buffers. It is the same change from all of them, so that the document does not grow: what
    // documents cost is another question.
    let mut writer = Writer::new(1);
    let mut change = writer.set("text", &"x".repeat(CHANGE_BYTES));
    change.time = Timestamp::from_millis(1);
    let update = Arc::new(Update { changes: vec![change] });
    send(&mut socket, &Message::Changes { document, update }).await?;
    wait_for(&mut socket, |message| matches!(message, Message::Ack { .. })).await?;
    Ok(socket)
}

async fn send(socket: &mut Socket, message: &Message) -> Outcome<()> {
    Ok(socket.send(tungstenite::Message::Binary(message.encode().into())).await?)
}

async fn wait_for(socket: &mut Socket, wanted: impl Fn(&Message) -> bool) -> Outcome<()> {
    loop {
        let frame = socket.next().await.ok_or("the server closed the connection")??;
        if let tungstenite::Message::Binary(bytes) = frame
            && wanted(&Message::decode(&bytes, &Limits::default())?)
        {
            return Ok(());
        }
    }
}

/// Resident memory in kibibytes, once it no longer changes.
async fn settled_memory(pid: u32) -> Outcome<u64> {
    let mut last = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = resident_memory(pid)?;
        if now == last {
            return Ok(now);
        }
        last = now;
    }
}

fn resident_memory(pid: u32) -> Outcome<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS: not Linux?")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}
