//! The server program under test.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::children::Program;

const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(10);

/// Which demo a server has the site of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demo {
    /// Shared to-do lists.
    Todo,
    /// Shared documents.
    Editor,
}

/// The `synckit-server` program on a port of its own. Its database outlives it, its port stays the same.
#[derive(Debug)]
pub struct Server {
    program: PathBuf,
    site: PathBuf,
    data: PathBuf,
    port: u16,
    running: Option<Program>,
}

impl Server {
    /// Starts the server with the database in `folder` and waits until it is ready.
    ///
    /// # Errors
    /// When it has not been built or does not become ready.
    pub async fn start(folder: &Path, demo: Demo) -> Result<Self> {
        let program =
            built("SYNCKIT_SERVER", &format!("debug/synckit-server{}", std::env::consts::EXE_SUFFIX))?;
        let site = match demo {
            Demo::Todo => built("SYNCKIT_TODO_SITE", "demo/todo")?,
            Demo::Editor => built("SYNCKIT_EDITOR_SITE", "demo/editor")?,
        };
        // The port is free now and, being in nobody's use, most likely still is in a moment.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut server = Self { program, site, data: folder.join("synckit.sqlite"), port, running: None };
        server.restart().await?;
        Ok(server)
    }

    /// Starts the server again after [`Server::kill`] or [`Server::stop`] and waits until it is ready.
    ///
    /// # Errors
    /// When it is running already or does not become ready.
    pub async fn restart(&mut self) -> Result<()> {
        ensure!(self.running.is_none(), "the server is running already");
        let child = Command::new(&self.program)
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(&self.data)
            .arg("--static-dir")
            .arg(&self.site)
            .args(["--log", "warn"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let program = self.running.insert(Program::new(child));
        let start = Instant::now();
        while !answers(self.port).await {
            ensure!(program.is_running(), "the server ended before it was ready");
            ensure!(start.elapsed() < START, "the server was not ready after {} seconds", START.as_secs());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Ends the server as a power cut would (`kill -9`).
    pub fn kill(&mut self) {
        if let Some(mut program) = self.running.take() {
            program.kill();
        }
    }

    /// Asks the server to end and waits until it has.
    ///
    /// # Errors
    /// When it has to be killed or ends with an error.
    pub fn stop(&mut self) -> Result<()> {
        let mut program = self.running.take().context("the server is not running")?;
        if !program.stop(STOP) {
            bail!("the server did not end cleanly within {} seconds", STOP.as_secs());
        }
        Ok(())
    }

    /// The address of a path on this server.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

/// The desktop program of the editor.
///
/// # Errors
/// When it has not been built.
pub(crate) fn desktop_program() -> Result<PathBuf> {
    built("SYNCKIT_EDITOR_DESKTOP", &format!("debug/demo-editor{}", std::env::consts::EXE_SUFFIX))
}

/// Something that has been built: named by the environment, or where the build of the workspace puts it.
fn built(variable: &str, default: &str) -> Result<PathBuf> {
    let path = match std::env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(default),
    };
    ensure!(
        path.exists(),
        "{} has not been built; `cargo xtask test --only e2e` builds everything and runs all tests",
        path.display()
    );
    Ok(path)
}

async fn answers(port: u16) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await?;
        let mut start = [0; 12];
        stream.read_exact(&mut start).await?;
        std::io::Result::Ok(&start == b"HTTP/1.1 200")
    };
    tokio::time::timeout(Duration::from_secs(2), ask).await.is_ok_and(|answer| answer.unwrap_or(false))
}
