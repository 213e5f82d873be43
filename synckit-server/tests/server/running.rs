//! Servers to test: inside this process, or as a process of their own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use synckit_server::Server;
use synckit_server::settings::{Config, Settings};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::PATIENCE;

/// A folder with the store of one test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("documents.sqlite")
    }

    /// The store, as another program would open it.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.data()).unwrap()
    }

    pub(crate) fn config(&self, change: impl FnOnce(&mut Settings)) -> Config {
        let mut settings = Settings::default();
        settings.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        settings.data = Some(self.data());
        change(&mut settings);
        settings.resolve().unwrap()
    }

    pub(crate) async fn start(&self) -> Running {
        self.start_with(|_| {}).await
    }

    pub(crate) async fn start_with(&self, change: impl FnOnce(&mut Settings)) -> Running {
        Running::new(Server::bind(self.config(change)).await.unwrap())
    }
}

/// A server in this process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) state: synckit_server::ServerState,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    fn new(server: Server) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (address, state) = (server.address(), server.state().clone());
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { address, state, stop, task }
    }

    /// Tells the server to stop and waits until it has.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        tokio::time::timeout(PATIENCE, self.task).await.expect("the server does not stop").unwrap();
    }
}

/// The program itself.
pub(crate) struct Process {
    pub(crate) address: SocketAddr,
    pub(crate) child: Child,
}

impl Process {
    pub(crate) async fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::spawn(data, arguments, Stdio::null()).await
    }

    /// With its log in `child.stderr`.
    pub(crate) async fn start_logged(data: &Path, arguments: &[&str]) -> Self {
        Self::spawn(data, arguments, Stdio::piped()).await
    }

    async fn spawn(data: &Path, arguments: &[&str], log: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_synckit-server"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line =
            tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("the server does not start");
        let line = line.unwrap().expect("the server ended at once");
        let address = line.strip_prefix("listening on http://").unwrap().parse().unwrap();
        Self { address, child }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends it without a chance to do anything more.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// The answer to a request: status line and headers, body.
pub(crate) async fn request(address: SocketAddr, head: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{head}\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("no answer in time")
        .unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("no end of the headers");
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap().to_ascii_lowercase(), body)
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> (String, Vec<u8>) {
    request(address, &format!("GET {path} HTTP/1.1")).await
}

/// The status of a GET request.
pub(crate) async fn status(address: SocketAddr, path: &str) -> u16 {
    let (head, _) = get(address, path).await;
    head.split(' ').nth(1).unwrap().parse().unwrap()
}
